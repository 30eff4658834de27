package org.kemari.cli.selftest;

import java.util.Optional;

/**
 * How one ELF ended.
 *
 * @param code one word behind the name, or nothing: a failure's
 * @param reason what a person wants to know beyond the code
 */
record SelftestResult(String name, Outcome outcome, String code, Optional<String> reason) {
    /** The outcomes; each name is the word printed. */
    enum Outcome {
        /** It told the finisher 0. */
        PASS,
        /** It told the finisher a code, or could not be run. */
        FAIL,
        /** It told nothing in time. */
        TIMEOUT
    }

    /** Code of an ELF that no VM came up with. */
    static final String UNLOADABLE = "unloadable";

    /** Code of an ELF whose machine ended without a word to the finisher. */
    static final String CRASHED = "crashed";

    static SelftestResult pass(String name) {
        return new SelftestResult(name, Outcome.PASS, "", Optional.empty());
    }

    static SelftestResult fail(String name, int code) {
        return new SelftestResult(name, Outcome.FAIL, Integer.toString(code), Optional.empty());
    }

    static SelftestResult unloadable(String name, String reason) {
        return new SelftestResult(name, Outcome.FAIL, UNLOADABLE, Optional.of(reason));
    }

    static SelftestResult crashed(String name, String reason) {
        return new SelftestResult(name, Outcome.FAIL, CRASHED, Optional.of(reason));
    }

    static SelftestResult timeout(String name) {
        return new SelftestResult(name, Outcome.TIMEOUT, "", Optional.empty());
    }

    boolean passed() {
        return outcome == Outcome.PASS;
    }

    /** {@code PASS name}, {@code FAIL name code} or {@code TIMEOUT name}. */
    String line() {
        return outcome + " " + name + (code.isEmpty() ? "" : " " + code);
    }
}
