package org.kemari.api.machine;

/**
 * Work done on the machine thread, between two blocks of guest code, or by the thread that {@link Machine#callStanding}
 * lets have the machine. Must be short.
 */
@FunctionalInterface
public interface MachineTask<T> {
    T run(MachineView view) throws Exception;
}
