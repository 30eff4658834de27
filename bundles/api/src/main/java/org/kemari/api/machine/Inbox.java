package org.kemari.api.machine;

/** The one door for inputs. Any thread may put; only the machine thread takes. */
public interface Inbox {
    /**
     * Puts an input. Frames and key bytes are refused when the inbox is full, as a network card drops; completions and
     * everything else are always taken, since requests in flight bound them.
     *
     * @return false if it was refused
     */
    boolean offer(Input input);

    /**
     * Tells that the answer to what the guest has just asked for may come within microseconds, as a read does that the host
     * has cached. The machine may let its guest stand for so long: what a guest executes to fall asleep and to wake again
     * takes longer. A hint, on which nothing depends. Machine thread.
     */
    default void answerExpected() {
        // An inbox without a machine has no guest that could stand.
    }
}
