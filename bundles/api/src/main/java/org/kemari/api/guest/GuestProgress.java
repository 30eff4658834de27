package org.kemari.api.guest;

/** Is told how far the fetch of a guest is. Called on the fetching threads, several at once: be quick. */
@FunctionalInterface
public interface GuestProgress {
    /** Nobody looks. */
    GuestProgress SILENT = (step, done, total) -> {};

    /**
     * @param step what is being done: a package's file name, or a few words
     * @param doneBytes how much of it is done
     * @param totalBytes how much there is; 0 if the step has no size: it has just begun
     */
    void report(String step, long doneBytes, long totalBytes);
}
