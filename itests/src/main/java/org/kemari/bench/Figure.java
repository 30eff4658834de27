package org.kemari.bench;

import com.grack.nanojson.JsonObject;

/**
 * One line of the result.
 *
 * @param name what was measured
 * @param value the figure that counts, a ratio wherever there is a peer
 * @param least smallest over the runs
 * @param most largest over the runs
 * @param limit what it has to reach
 * @param atLeast true if larger is better
 * @param note what it is made of: the medians on both sides
 */
record Figure(String name, double value, double least, double most, double limit, boolean atLeast, String note) {
    private static final String AT_LEAST = "atLeast";
    private static final String AT_MOST = "atMost";

    static Figure ofRatio(String name, Sample ratio, double limit, boolean atLeast, String note) {
        return new Figure(name, ratio.median(), ratio.least(), ratio.most(), limit, atLeast, note);
    }

    boolean reached() {
        return atLeast ? value >= limit : value <= limit;
    }

    /** How far it is: 1 is just what is to be reached, 2 is twice as good. */
    double shareOfTarget() {
        // A memory below what is granted is negative, and as good as none at all.
        return atLeast ? value / limit : limit / Math.max(value, Double.MIN_NORMAL);
    }

    JsonObject json() {
        JsonObject object = new JsonObject();
        object.put("value", value);
        object.put("least", least);
        object.put("most", most);
        object.put(atLeast ? AT_LEAST : AT_MOST, limit);
        object.put("reached", reached());
        object.put("note", note);
        return object;
    }

    static Figure of(String name, JsonObject object) {
        boolean atLeast = object.has(AT_LEAST);
        return new Figure(
                name,
                object.getDouble("value"),
                object.getDouble("least"),
                object.getDouble("most"),
                object.getDouble(atLeast ? AT_LEAST : AT_MOST),
                atLeast,
                object.getString("note", ""));
    }
}
