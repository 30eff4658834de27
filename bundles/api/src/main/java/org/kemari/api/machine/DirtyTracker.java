package org.kemari.api.machine;

/** One user's own record of the pages changed since it last claimed them. Machine thread only. */
public interface DirtyTracker extends AutoCloseable {
    long dirtyPages();

    /**
     * Hands up to {@code maxPages} dirty pages to {@code sink} and counts them as clean from here on.
     *
     * @return how many were handed over
     */
    int claim(PageSink sink, int maxPages);

    @Override
    void close();

    /** Takes one page. */
    @FunctionalInterface
    interface PageSink {
        /** {@code content} holds the page from {@code offset} on; it is valid only during the call. */
        void accept(long page, byte[] content, int offset);
    }
}
