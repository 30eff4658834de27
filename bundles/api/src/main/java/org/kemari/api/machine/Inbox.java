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
}
