package org.kemari.api.protection;

import java.util.Optional;

/**
 * Says who may go live. A VM's terms are numbered; exactly one claimant wins a term, for ever. Calls may block for a
 * short, bounded time; never on the machine thread.
 */
public interface Arbiter {
    /** Service property: the kind of arbiter, for example {@code file}. */
    String ARBITER = "kemari.arbiter";

    /**
     * Claims {@code term} of {@code vm} for {@code claimant}, atomically. Claiming again what one has won succeeds.
     *
     * @param location where this arbiter keeps its terms, as configured
     * @return who holds the term now: the claimant if it has won
     * @throws ArbiterException if it cannot be reached: then nobody knows, and the claimant may not go live
     */
    Term claim(String location, String vm, long term, String claimant) throws ArbiterException;

    /** The highest term that anyone has won. */
    Optional<Term> current(String location, String vm) throws ArbiterException;

    /** A won term. */
    record Term(String vm, long number, String holder) {}
}
