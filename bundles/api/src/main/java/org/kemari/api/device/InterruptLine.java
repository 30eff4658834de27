package org.kemari.api.device;

/** A level-triggered interrupt. Machine thread only. */
@FunctionalInterface
public interface InterruptLine {
    void set(boolean asserted);
}
