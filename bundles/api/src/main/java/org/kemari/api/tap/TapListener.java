package org.kemari.api.tap;

/** Told by an armed tap. */
public interface TapListener {
    /** The first output that is held in an epoch, or the bound is near. Machine thread; must not block. */
    void outputWaiting(long epoch);

    /** One more output is held in an epoch of which {@link #outputWaiting} told. Machine thread; must not block. */
    default void outputFollows() {
        // For those who want to know when a guest has said all that it says in one go.
    }

    /**
     * The tap's bundle stops. Must have called {@link EventTap#disarm} or {@link EventTap#fence}, or have paused the
     * machine, when it returns. The stopping thread.
     */
    void tapClosing();
}
