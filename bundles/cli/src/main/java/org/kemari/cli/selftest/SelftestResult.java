package org.kemari.cli.selftest;

/** How one ELF ended. */
record SelftestResult(String name, Outcome outcome, String detail) {
    /** The outcomes; each name is the word printed. */
    enum Outcome {
        /** It told the finisher 0. */
        PASS,
        /** It told the finisher a code, or could not be run. */
        FAIL,
        /** It told nothing in time. */
        TIMEOUT
    }

    static SelftestResult pass(String name) {
        return new SelftestResult(name, Outcome.PASS, "");
    }

    static SelftestResult fail(String name, String detail) {
        return new SelftestResult(name, Outcome.FAIL, detail);
    }

    static SelftestResult timeout(String name) {
        return new SelftestResult(name, Outcome.TIMEOUT, "");
    }

    boolean passed() {
        return outcome == Outcome.PASS;
    }

    String line() {
        return outcome + " " + name + (detail.isEmpty() ? "" : " " + detail);
    }
}
