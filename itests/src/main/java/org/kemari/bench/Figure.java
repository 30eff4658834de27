package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One line of the result.
 *
 * @param name what was measured
 * @param value the figure that counts, a ratio wherever there is a peer
 * @param least smallest over the runs
 * @param most largest over the runs
 * @param limit what it has to reach; none if nothing was set, then 1 is the peer's own
 * @param atLeast true if larger is better
 * @param note what it is made of: the medians on both sides
 */
record Figure(
        String name, double value, double least, double most, OptionalDouble limit, boolean atLeast, String note) {
    private static final String AT_LEAST = "atLeast";
    private static final String AT_MOST = "atMost";
    private static final String LARGER_IS_BETTER = "largerIsBetter";
    /** Against which a ratio without a limit is drawn. */
    private static final double PAR = 1;

    static Figure ofRatio(String name, Sample ratio, double limit, boolean atLeast, String note) {
        return new Figure(name, ratio.median(), ratio.least(), ratio.most(), OptionalDouble.of(limit), atLeast, note);
    }

    /** A ratio for which nothing was set as a target. */
    static Figure withoutTarget(String name, Sample ratio, boolean atLeast, String note) {
        return new Figure(name, ratio.median(), ratio.least(), ratio.most(), OptionalDouble.empty(), atLeast, note);
    }

    boolean reached() {
        return limit.isEmpty() || (atLeast ? value >= limit.getAsDouble() : value <= limit.getAsDouble());
    }

    /** How far it is: 1 is just what is to be reached, 2 is twice as good. */
    double shareOfTarget() {
        double target = limit.orElse(PAR);
        // A memory below what is granted is negative, and as good as none at all.
        return atLeast ? value / target : target / Math.max(value, Double.MIN_NORMAL);
    }

    /** What is to be reached, for people; empty if nothing was set. */
    String target() {
        return limit.isEmpty() ? "" : String.format(Locale.ROOT, "%s %.3g", atLeast ? "≥" : "≤", limit.getAsDouble());
    }

    JsonObject json() {
        JsonObject object = new JsonObject();
        object.put("value", value);
        object.put("least", least);
        object.put("most", most);
        if (limit.isPresent()) {
            object.put(atLeast ? AT_LEAST : AT_MOST, limit.getAsDouble());
            object.put("reached", reached());
        } else {
            object.put(LARGER_IS_BETTER, atLeast);
        }
        object.put("note", note);
        return object;
    }

    static Figure of(String name, JsonObject object) {
        boolean atLeast = object.has(AT_LEAST) || object.getBoolean(LARGER_IS_BETTER, false);
        String limit = atLeast ? AT_LEAST : AT_MOST;
        return new Figure(
                name,
                object.getDouble("value"),
                object.getDouble("least"),
                object.getDouble("most"),
                object.has(limit) ? OptionalDouble.of(object.getDouble(limit)) : OptionalDouble.empty(),
                atLeast,
                object.getString("note", ""));
    }
}
