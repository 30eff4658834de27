package org.kemari.cli.demo;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Every answer of the counter service, and what it proves. A key is incremented by this client alone, so each answer must
 * be the one before plus one: a smaller one means that acknowledged increments were forgotten, a larger one that some
 * were done twice.
 */
final class AnswerLedger {
    private final Map<String, Account> accounts = new TreeMap<>();
    private long acked;
    private long lost;
    private long duplicated;
    private long firstNanos;
    private long lastNanos;
    private boolean watching;
    private long longestGapNanos;

    /** An increment is on its way: it may or may not be done if no answer comes. */
    synchronized void sent(String key) {
        accounts.computeIfAbsent(key, absent -> new Account()).inFlight++;
    }

    /** Its answer came, read at {@code nanos} of {@link System#nanoTime}. */
    synchronized void answered(String key, long value, long nanos) {
        Account account = accounts.get(key);
        if (account == null || account.inFlight == 0) {
            throw new IllegalStateException("answer " + value + " for key " + key + ", which nobody asked for");
        }
        account.inFlight--;
        compare(account.value + 1, value, 0);
        account.value = value;
        if (acked == 0) {
            firstNanos = nanos;
        } else if (watching) {
            longestGapNanos = Math.max(longestGapNanos, nanos - lastNanos);
        }
        lastNanos = nanos;
        acked++;
    }

    /** From here on the longest time between two answers counts, beginning with the time since the last one. */
    synchronized void watchGap() {
        watching = true;
    }

    /** The key's value as the guest tells it at the end. */
    synchronized void lookedUp(String key, long value) {
        Account account = accounts.get(key);
        compare(account.value, value, account.inFlight);
    }

    /** {@code maybe} further increments may have been done without our knowing. */
    private void compare(long expected, long value, long maybe) {
        lost += Math.max(0, expected - value);
        duplicated += Math.max(0, value - expected - maybe);
    }

    synchronized Iterable<String> keys() {
        return accounts.keySet().stream().toList();
    }

    synchronized long acked() {
        return acked;
    }

    synchronized long lost() {
        return lost;
    }

    synchronized long duplicated() {
        return duplicated;
    }

    /** The longest time between two answers since {@link #watchGap}; empty before any. */
    synchronized OptionalLong gapMillis() {
        return longestGapNanos == 0
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(longestGapNanos));
    }

    /** Answers per second, from the first to the last. */
    synchronized double answersPerSecond() {
        return acked < 2 ? 0 : (acked - 1) * 1e9 / Math.max(1, lastNanos - firstNanos);
    }

    private static final class Account {
        /** Of the last answer; a key begins at 0. */
        private long value;

        private long inFlight;
    }
}
