package org.kemari.api.machine;

/**
 * Sees each input on the machine thread, in order, at the instruction count at which the guest gets it. Whoever keeps one
 * keeps {@link Input#kept}.
 */
@FunctionalInterface
public interface InputListener {
    void taken(long instructionCount, Input input);
}
