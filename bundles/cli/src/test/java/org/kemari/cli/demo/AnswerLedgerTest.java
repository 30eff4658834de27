package org.kemari.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AnswerLedgerTest {
    private static final long MILLI = 1_000_000;

    private final AnswerLedger ledger = new AnswerLedger();

    private void answer(String key, long value, long millis) {
        ledger.sent(key);
        ledger.answered(key, value, millis * MILLI);
    }

    @Test
    void answersInOrderLoseAndDoubleNothing() {
        answer("a", 1, 1);
        answer("b", 1, 2);
        answer("a", 2, 3);
        ledger.lookedUp("a", 2);
        ledger.lookedUp("b", 1);
        assertEquals(3, ledger.acked());
        assertEquals(0, ledger.lost());
        assertEquals(0, ledger.duplicated());
    }

    @Test
    void acknowledgedIncrementsThatTheGuestForgotAreLostEvenIfLaterOnesHideThem() {
        answer("a", 1, 1);
        answer("a", 2, 2);
        answer("a", 3, 3);
        answer("a", 2, 4);
        answer("a", 3, 5);
        ledger.lookedUp("a", 3);
        assertEquals(2, ledger.lost());
    }

    @Test
    void lookUpFindsWhatWasLostAfterTheLastAnswer() {
        answer("a", 1, 1);
        ledger.lookedUp("a", 0);
        assertEquals(1, ledger.lost());
    }

    @Test
    void incrementThatWasDoneTwiceIsDuplicated() {
        answer("a", 1, 1);
        answer("a", 3, 2);
        ledger.lookedUp("a", 3);
        assertEquals(1, ledger.duplicated());
        assertEquals(0, ledger.lost());
    }

    @Test
    void requestWithoutAnAnswerMayOrMayNotBeDone() {
        answer("a", 1, 1);
        ledger.sent("a");
        ledger.lookedUp("a", 2);
        assertEquals(0, ledger.duplicated());
        assertEquals(0, ledger.lost());
    }

    @Test
    void gapCountsFromTheLastAnswerBeforeTheWatch() {
        answer("a", 1, 0);
        answer("a", 2, 500);
        answer("a", 3, 510);
        ledger.watchGap();
        assertTrue(ledger.gapMillis().isEmpty());
        answer("a", 4, 600);
        answer("a", 5, 605);
        assertEquals(90, ledger.gapMillis().getAsLong());
    }

    @Test
    void rateIsOfTheTimeBetweenFirstAndLastAnswer() {
        answer("a", 1, 1000);
        answer("a", 2, 1500);
        answer("a", 3, 2000);
        assertEquals(2.0, ledger.answersPerSecond(), 1e-9);
    }

    @Test
    void answerThatNobodyAskedForIsAnErrorOfOurs() {
        assertThrows(IllegalStateException.class, () -> ledger.answered("a", 1, 1));
    }
}
