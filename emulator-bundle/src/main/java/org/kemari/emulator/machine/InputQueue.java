package org.kemari.emulator.machine;

import java.util.ArrayDeque;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;

/** The inbox: any thread puts, the machine thread takes. Its lock is held for one queue operation only. */
final class InputQueue implements Inbox {
    /** Frames and key bytes that wait at most: a network card's receive ring, four times over. */
    static final int MAX_DROPPABLE = 1024;

    private final ArrayDeque<Input> waiting = new ArrayDeque<>();
    private final Signal signal;
    private int droppable;
    private volatile boolean empty = true;
    private Runnable expectation = () -> {};

    InputQueue(Signal signal) {
        this.signal = signal;
    }

    /** Who is told of an answer that is expected; before anybody could tell. */
    void onAnswerExpected(Runnable told) {
        expectation = told;
    }

    @Override
    public void answerExpected() {
        expectation.run();
    }

    @Override
    public boolean offer(Input input) {
        if (input instanceof Input.Clock) {
            // Only the machine thread takes clock inputs, from the host's clock.
            return false;
        }
        synchronized (waiting) {
            if (droppable(input)) {
                if (droppable == MAX_DROPPABLE) {
                    return false;
                }
                droppable++;
            }
            waiting.add(input);
            empty = false;
        }
        signal.raise();
        return true;
    }

    boolean isEmpty() {
        return empty;
    }

    /** The next input, or null; machine thread. */
    Input poll() {
        if (empty) {
            return null;
        }
        synchronized (waiting) {
            Input input = waiting.poll();
            if (input != null && droppable(input)) {
                droppable--;
            }
            empty = waiting.isEmpty();
            return input;
        }
    }

    static boolean droppable(Input input) {
        return input instanceof Input.FrameReceived || input instanceof Input.BytesReceived;
    }
}
