package org.kemari.ports;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Buffers between guest RAM and a disk or a network, outside of the heap and used again: the machine thread's copy is then the only one,
 * since Java hands such memory to the host as it is. Only a buffer that somebody gives back is lent again, so that who
 * cannot tell whether another still has it just keeps it. Any thread.
 */
final class HostBuffers {
    private static final Logger LOG = LoggerFactory.getLogger(HostBuffers.class);

    /** Sizes are powers of two, from here on. */
    private static final int LEAST_BYTES = 2 << 10;

    /** What is kept, lent or not; what a guest has under way beyond that lies in the heap. */
    private final long maxBytes;

    /** By the logarithm of their size. */
    private final List<Deque<ByteBuffer>> resting;

    private final Set<ByteBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());
    private long bytes;
    private boolean exhausted;

    HostBuffers(long maxBytes) {
        this.maxBytes = maxBytes;
        resting = Stream.<Deque<ByteBuffer>>generate(ArrayDeque::new)
                .limit(Integer.SIZE)
                .toList();
    }

    private static int logOf(int lengthBytes) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(lengthBytes, LEAST_BYTES) - 1);
    }

    /** A buffer of this length at position 0, with anything in it. */
    synchronized ByteBuffer lend(int lengthBytes) {
        int log = logOf(lengthBytes);
        ByteBuffer buffer = resting.get(log).poll();
        if (buffer == null) {
            buffer = allocate(1L << log);
        }
        if (buffer == null) {
            return ByteBuffer.allocate(lengthBytes);
        }
        lent.add(buffer);
        return buffer.clear().limit(lengthBytes);
    }

    private ByteBuffer allocate(long sizeBytes) {
        if (exhausted || bytes + sizeBytes > maxBytes) {
            return null;
        }
        try {
            ByteBuffer made = ByteBuffer.allocateDirect((int) sizeBytes);
            bytes += sizeBytes;
            return made;
        } catch (OutOfMemoryError e) {
            // Asking again would collect all garbage each time, and stop every machine for it.
            exhausted = true;
            LOG.info(
                    "no memory outside of the heap for buffers of disks and networks; they use the heap, and are a little slower",
                    e);
            return null;
        }
    }

    /** Nobody uses it any more; whatever was not lent here, or is kept, is left alone. */
    synchronized void giveBack(ByteBuffer buffer) {
        if (lent.remove(buffer)) {
            resting.get(logOf(buffer.capacity())).push(buffer);
        }
    }

    /** Somebody may go on using it: it is not lent again. */
    synchronized void keep(ByteBuffer buffer) {
        if (lent.remove(buffer)) {
            bytes -= buffer.capacity();
        }
    }
}
