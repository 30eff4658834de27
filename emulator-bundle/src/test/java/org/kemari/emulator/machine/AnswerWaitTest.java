package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.machine.Input;

@Timeout(30)
class AnswerWaitTest {
    private static final Input ANSWER = new Input.BytesReceived("device", new byte[] {1});
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final Signal signal = new Signal();
    private final InputQueue inbox = new InputQueue(signal);

    @BeforeEach
    void somebodyCanAnswer() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "with one processor nothing is waited for");
        signal.waiter(Thread.currentThread());
    }

    private static void meanwhile(AnswerWait wait, Runnable other) throws InterruptedException {
        Thread thread = new Thread(other);
        thread.start();
        wait.await();
        thread.join();
    }

    private static int notWaitedFor(AnswerWait wait) {
        int count = 0;
        while (!wait.expect()) {
            count++;
        }
        return count;
    }

    @Test
    void endsWithTheAnswer() throws Exception {
        AnswerWait wait = new AnswerWait(signal, inbox, HOUR);
        assertTrue(wait.expect());
        meanwhile(wait, () -> inbox.offer(ANSWER));
        assertFalse(inbox.isEmpty());
        assertTrue(wait.expect(), "it was worth it");
    }

    @Test
    void endsAtOnceWhereTheAnswerIsThere() {
        AnswerWait wait = new AnswerWait(signal, inbox, HOUR);
        inbox.offer(ANSWER);
        assertTrue(wait.expect());
        wait.await();
        assertFalse(inbox.isEmpty());
    }

    @Test
    void aSignalOfBeforeIsNoAnswer() throws Exception {
        AnswerWait wait = new AnswerWait(signal, inbox, HOUR);
        inbox.offer(ANSWER);
        inbox.poll();
        assertTrue(wait.expect());
        meanwhile(wait, () -> inbox.offer(ANSWER));
        assertFalse(inbox.isEmpty());
    }

    @Test
    void endsForAnythingElseThatIsToBeDoneWhichIsNotInVain() throws Exception {
        AnswerWait wait = new AnswerWait(signal, inbox, HOUR);
        assertTrue(wait.expect());
        // Again and again: what is raised before the wait begins is forgotten by it.
        Thread other = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                signal.raise();
            }
        });
        other.start();
        wait.await();
        other.interrupt();
        other.join();
        assertTrue(wait.expect());
    }

    @Test
    void givesUpWhereAnswersTakeLonger() {
        AnswerWait wait = new AnswerWait(signal, inbox, 1);
        assertTrue(wait.expect());
        for (int notWaitedFor = 2; notWaitedFor <= 256; notWaitedFor *= 2) {
            wait.await();
            assertEquals(notWaitedFor, notWaitedFor(wait));
        }
        wait.await();
        assertEquals(256, notWaitedFor(wait));
        inbox.offer(ANSWER);
        wait.await();
        assertTrue(wait.expect(), "answers are fast again");
    }

    @Test
    void waitsForNothingThatIsNotExpected() {
        AnswerWait wait = new AnswerWait(signal, inbox, HOUR);
        signal.raise();
        wait.await();
        assertTrue(signal.raised());
    }
}
