package org.kemari.cli.demo;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What a demo came to; the components are the keys of its JSON.
 *
 * @param guest {@code linux} or {@code tiny}
 * @param mode how it was protected
 * @param acked increments that the client had an answer to
 * @param lost acknowledged increments that the guest no longer knows
 * @param duplicated increments that were done more often than asked for
 * @param connectionResets connections that broke or had to be opened again
 * @param gapMillis longest time without an answer after the kill
 * @param detectMillis from the lost side's last sign of life to the decision
 * @param bootMillis from the primary's process start to GUEST-READY
 * @param syncMillis the first full copy
 * @param epochs transactions committed before the kill
 * @param pauseMicrosP50 median time that a checkpoint stopped the guest
 * @param pauseMicrosP99 99th percentile of it
 * @param dirtyPagesP50 median of pages in an epoch
 * @param bytesReplicated bytes from primary to backup
 * @param requestsPerSecondUnprotected before protection was switched on
 * @param requestsPerSecondProtected after it
 * @param outcome {@code survived}, or what went wrong
 */
record DemoReport(
        String guest,
        String mode,
        long acked,
        long lost,
        long duplicated,
        long connectionResets,
        long gapMillis,
        long detectMillis,
        long bootMillis,
        long syncMillis,
        long epochs,
        long pauseMicrosP50,
        long pauseMicrosP99,
        long dirtyPagesP50,
        long bytesReplicated,
        double requestsPerSecondUnprotected,
        double requestsPerSecondProtected,
        String outcome) {
    static final String SURVIVED = "survived";

    boolean survived() {
        return outcome.equals(SURVIVED);
    }

    /** What a person reads; {@code again} is the command that does the same once more. */
    void print(PrintStream out, Kill kill, String again) {
        out.println();
        out.println(survived() ? kill.story : "It did not hold: " + outcome);
        line(out, "answers", "%,d increments acknowledged; %d lost, %d done twice", acked, lost, duplicated);
        line(out, "connection", connectionResets == 0 ? "one, never reset" : connectionResets + " resets");
        if (kill != Kill.NONE) {
            line(out, "gap", "%d ms without an answer, of which %d ms to notice the loss", gapMillis, detectMillis);
        }
        line(
                out,
                "speed",
                "%.0f requests/s protected, %.0f unprotected",
                requestsPerSecondProtected,
                requestsPerSecondUnprotected);
        line(
                out,
                "checkpoints",
                "%,d; the guest stopped for %.2f ms each (99 of 100 under %.2f ms), %d pages, %.1f MB in all",
                epochs,
                pauseMicrosP50 / 1e3,
                pauseMicrosP99 / 1e3,
                dirtyPagesP50,
                bytesReplicated / 1e6);
        line(out, "times", "boot %.1f s, first copy %.1f s", bootMillis / 1e3, syncMillis / 1e3);
        line(out, "again", "%s", again);
    }

    private static void line(PrintStream out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "  %-12s " + format.replace("%n", "") + "%n", prepend(name, values));
    }

    private static Object[] prepend(String name, Object[] values) {
        Object[] all = new Object[values.length + 1];
        all[0] = name;
        System.arraycopy(values, 0, all, 1, values.length);
        return all;
    }
}
