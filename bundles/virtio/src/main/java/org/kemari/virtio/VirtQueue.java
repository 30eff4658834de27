package org.kemari.virtio;

import java.util.Arrays;
import java.util.Optional;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * The device's side of a split virtqueue (virtio 1.1 §2.6).
 *
 * <pre>
 * descriptor table  16 * size      le64 address, le32 length, le16 flags, le16 next
 * available ring    6 + 2 * size   le16 flags, le16 idx, le16 ring[size], le16 used_event
 * used ring         6 + 8 * size   le16 flags, le16 idx, {le32 id, le32 len} ring[size], le16 avail_event
 * </pre>
 */
public final class VirtQueue {
    /** §2.6: the largest legal queue is 32768; ours stay small, since the size bounds what is in flight. */
    public static final int MAX_SIZE = 256;

    /** A chain may not be longer than the queue (§2.6.4.2), also by way of an indirect table (§2.6.5.3.1). */
    static final int MAX_CHAIN_PARTS = MAX_SIZE;

    /** Largest length that a descriptor can say. */
    static final long MAX_PART_BYTES = 0xFFFFFFFFL;

    private static final int DESCRIPTOR_BYTES = 16;
    private static final int DESCRIPTOR_LENGTH = 8;
    private static final int DESCRIPTOR_FLAGS = 12;
    private static final int DESCRIPTOR_NEXT = 14;
    private static final int FLAG_NEXT = 1;
    private static final int FLAG_WRITE = 2;
    private static final int FLAG_INDIRECT = 4;

    private static final int RING_INDEX = 2;
    private static final int RING_ENTRIES = 4;
    private static final int USED_ENTRY_BYTES = 8;
    private static final int AVAILABLE_NO_INTERRUPT = 1;

    private final GuestMemory memory;
    private final int maxSize;

    int size;
    boolean ready;
    long descriptors;
    long available;
    long used;

    private boolean indirect;
    private boolean eventIndex;

    /** Free-running 16-bit indexes (§2.6.6, §2.6.8): how far the device has taken, and has used. */
    private int nextAvailable;

    private int nextUsed;

    /** Index of the used ring when the driver was last told, or would have been. */
    private int signalledUsed;

    // One chain under construction; the arrays are copied at its end, so that a chain costs what it needs.
    private final long[] addresses = new long[MAX_CHAIN_PARTS];
    private final long[] lengths = new long[MAX_CHAIN_PARTS];
    private int parts;
    private int readableParts;

    public VirtQueue(GuestMemory memory, int maxSize) {
        assert maxSize <= MAX_SIZE && Integer.bitCount(maxSize) == 1;
        this.memory = memory;
        this.maxSize = maxSize;
        reset();
    }

    void reset() {
        size = maxSize;
        ready = false;
        descriptors = 0;
        available = 0;
        used = 0;
        indirect = false;
        eventIndex = false;
        nextAvailable = 0;
        nextUsed = 0;
        signalledUsed = 0;
    }

    public int maxSize() {
        return maxSize;
    }

    public boolean ready() {
        return ready;
    }

    /** Starts it as the driver described it; refused if that makes no sense (§2.6: sizes and alignments). */
    Optional<String> start(boolean withIndirect, boolean withEventIndex) {
        Optional<String> problem = problem();
        if (problem.isEmpty()) {
            indirect = withIndirect;
            eventIndex = withEventIndex;
            ready = true;
        }
        return problem;
    }

    private Optional<String> problem() {
        if (size < 1 || size > maxSize || Integer.bitCount(size) != 1) {
            return Optional.of("queue size " + size + " is no power of 2 up to " + maxSize);
        }
        if ((descriptors & 15) != 0 || (available & 1) != 0 || (used & 3) != 0) {
            return Optional.of("a ring is not aligned");
        }
        if (!memory.contains(descriptors, (long) DESCRIPTOR_BYTES * size)
                || !memory.contains(available, RING_ENTRIES + 2L * size + 2)
                || !memory.contains(used, RING_ENTRIES + (long) USED_ENTRY_BYTES * size + 2)) {
            return Optional.of("a ring is not in RAM");
        }
        return Optional.empty();
    }

    /** Takes the next buffer that the driver made available; none if there is none. */
    public Optional<DescriptorChain> take() throws QueueFault {
        if (!ready) {
            return Optional.empty();
        }
        try {
            int index = memory.readShort(available + RING_INDEX) & 0xFFFF;
            int waiting = index - nextAvailable & 0xFFFF;
            if (waiting == 0) {
                return Optional.empty();
            }
            if (waiting > size) {
                throw new QueueFault("available index " + index + " is " + waiting + " ahead of " + nextAvailable
                        + " in a queue of " + size);
            }
            int head = memory.readShort(available + RING_ENTRIES + 2L * (nextAvailable & size - 1)) & 0xFFFF;
            DescriptorChain chain = chain(head);
            nextAvailable = nextAvailable + 1 & 0xFFFF;
            return Optional.of(chain);
        } catch (GuestAddressException e) {
            throw new QueueFault(e.getMessage());
        }
    }

    /** Gives the last {@code count} buffers back to the ring, as if they had not been taken. */
    public void untake(int count) {
        nextAvailable = nextAvailable - count & 0xFFFF;
    }

    private DescriptorChain chain(int head) throws QueueFault, GuestAddressException {
        parts = 0;
        readableParts = 0;
        walk(descriptors, size, head, indirect);
        return new DescriptorChain(head, Arrays.copyOf(addresses, parts), Arrays.copyOf(lengths, parts), readableParts);
    }

    private void walk(long table, int tableSize, int first, boolean mayBeIndirect)
            throws QueueFault, GuestAddressException {
        int index = first;
        // Each descriptor of a table at most once: a longer walk is a loop.
        for (int walked = 0; walked < tableSize; walked++) {
            if (index >= tableSize) {
                throw new QueueFault("descriptor " + index + " of a table of " + tableSize);
            }
            long descriptor = table + (long) DESCRIPTOR_BYTES * index;
            long address = memory.readLong(descriptor);
            long lengthBytes = memory.readInt(descriptor + DESCRIPTOR_LENGTH) & MAX_PART_BYTES;
            int flags = memory.readShort(descriptor + DESCRIPTOR_FLAGS) & 0xFFFF;
            if ((flags & FLAG_INDIRECT) != 0) {
                walkIndirect(address, lengthBytes, flags, mayBeIndirect);
                return;
            }
            addPart(address, lengthBytes, (flags & FLAG_WRITE) != 0);
            if ((flags & FLAG_NEXT) == 0) {
                return;
            }
            index = memory.readShort(descriptor + DESCRIPTOR_NEXT) & 0xFFFF;
        }
        throw new QueueFault("descriptor loop from " + first);
    }

    private void walkIndirect(long table, long lengthBytes, int flags, boolean mayBeIndirect)
            throws QueueFault, GuestAddressException {
        if (!mayBeIndirect) {
            throw new QueueFault("indirect descriptor within an indirect table, or not negotiated (§2.6.5.3.1)");
        }
        if ((flags & FLAG_NEXT) != 0) {
            throw new QueueFault("descriptor that is indirect and has a next one (§2.6.5.3.1)");
        }
        if (lengthBytes == 0
                || lengthBytes % DESCRIPTOR_BYTES != 0
                || lengthBytes > (long) DESCRIPTOR_BYTES * 0x10000
                || !memory.contains(table, lengthBytes)) {
            throw new QueueFault("indirect table of " + lengthBytes + " bytes at 0x" + Long.toHexString(table));
        }
        walk(table, (int) (lengthBytes / DESCRIPTOR_BYTES), 0, false);
    }

    private void addPart(long address, long lengthBytes, boolean writable) throws QueueFault {
        if (parts == MAX_CHAIN_PARTS) {
            throw new QueueFault("chain of more than " + MAX_CHAIN_PARTS + " descriptors (§2.6.4.2)");
        }
        if (lengthBytes == 0 || !memory.contains(address, lengthBytes)) {
            throw new QueueFault("buffer of " + lengthBytes + " bytes at 0x" + Long.toHexString(address));
        }
        if (!writable && readableParts != parts) {
            throw new QueueFault("readable descriptor behind a writable one (§2.6.4.2)");
        }
        addresses[parts] = address;
        lengths[parts] = lengthBytes;
        parts++;
        if (!writable) {
            readableParts = parts;
        }
    }

    /** Gives a buffer back to the driver, with {@code writtenBytes} written at its front (§2.6.8). */
    public void put(int head, long writtenBytes) throws QueueFault {
        try {
            long entry = used + RING_ENTRIES + (long) USED_ENTRY_BYTES * (nextUsed & size - 1);
            memory.writeInt(entry, head);
            memory.writeInt(entry + 4, (int) writtenBytes);
            nextUsed = nextUsed + 1 & 0xFFFF;
            memory.writeShort(used + RING_INDEX, nextUsed);
        } catch (GuestAddressException e) {
            throw new QueueFault(e.getMessage());
        }
    }

    /** True if the driver wants an interrupt for what was put since it was last asked (§2.6.7.2). */
    boolean wantsInterrupt() throws QueueFault {
        if (!ready || nextUsed == signalledUsed) {
            return false;
        }
        try {
            int before = signalledUsed;
            signalledUsed = nextUsed;
            if (!eventIndex) {
                return (memory.readShort(available) & AVAILABLE_NO_INTERRUPT) == 0;
            }
            int usedEvent = memory.readShort(available + RING_ENTRIES + 2L * size) & 0xFFFF;
            return crossed(usedEvent, nextUsed, before);
        } catch (GuestAddressException e) {
            throw new QueueFault(e.getMessage());
        }
    }

    /** True if the index went from {@code before} past {@code event} to {@code now}, all modulo 2^16. */
    static boolean crossed(int event, int now, int before) {
        return (now - event - 1 & 0xFFFF) < (now - before & 0xFFFF);
    }

    /** Asks the driver to tell of the next buffer (§2.6.7.2); without the event index it always does. */
    void askForNotification() throws QueueFault {
        if (!ready || !eventIndex) {
            return;
        }
        try {
            memory.writeShort(used + RING_ENTRIES + (long) USED_ENTRY_BYTES * size, nextAvailable);
        } catch (GuestAddressException e) {
            throw new QueueFault(e.getMessage());
        }
    }

    void save(StateWriter out) {
        out.putInt("size", size);
        out.putBoolean("ready", ready);
        out.putLong("descriptors", descriptors);
        out.putLong("available", available);
        out.putLong("used", used);
        out.putBoolean("indirect", indirect);
        out.putBoolean("eventIndex", eventIndex);
        out.putInt("nextAvailable", nextAvailable);
        out.putInt("nextUsed", nextUsed);
        out.putInt("signalledUsed", signalledUsed);
    }

    /** Checks what {@link #save} wrote; running what it gives puts it in place. */
    Runnable restore(StateReader in) throws StateFormatException {
        int savedSize = in.getInt("size");
        boolean savedReady = in.getBoolean("ready");
        long savedDescriptors = in.getLong("descriptors");
        long savedAvailable = in.getLong("available");
        long savedUsed = in.getLong("used");
        boolean savedIndirect = in.getBoolean("indirect");
        boolean savedEventIndex = in.getBoolean("eventIndex");
        int savedNextAvailable = in.getInt("nextAvailable") & 0xFFFF;
        int savedNextUsed = in.getInt("nextUsed") & 0xFFFF;
        int savedSignalled = in.getInt("signalledUsed") & 0xFFFF;
        if (savedReady && (savedSize < 1 || savedSize > maxSize || Integer.bitCount(savedSize) != 1)) {
            throw new StateFormatException("saved queue size " + savedSize + "; this device has " + maxSize);
        }
        return () -> {
            size = savedSize;
            ready = savedReady;
            descriptors = savedDescriptors;
            available = savedAvailable;
            used = savedUsed;
            indirect = savedIndirect;
            eventIndex = savedEventIndex;
            nextAvailable = savedNextAvailable;
            nextUsed = savedNextUsed;
            signalledUsed = savedSignalled;
        };
    }
}
