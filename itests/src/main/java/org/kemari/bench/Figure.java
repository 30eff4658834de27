package org.kemari.bench;

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
    static Figure ofRatio(String name, Sample ratio, double limit, boolean atLeast, String note) {
        return new Figure(name, ratio.median(), ratio.least(), ratio.most(), limit, atLeast, note);
    }

    boolean reached() {
        return atLeast ? value >= limit : value <= limit;
    }
}
