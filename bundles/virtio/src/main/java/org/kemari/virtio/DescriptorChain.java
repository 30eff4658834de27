package org.kemari.virtio;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.state.StateFormatException;

/**
 * One buffer that the driver made available (virtio 1.1 §2.6.4.2): first the parts that the device reads, then those
 * that it writes. Addresses were checked when it was taken from the ring.
 */
public final class DescriptorChain {
    /** Saved form: head, number of readable parts, then address and length of each part. */
    private static final int SAVED_HEADER_LONGS = 2;

    private final int head;
    private final long[] addresses;
    private final long[] lengthsBytes;
    private final int readableParts;
    private final long readableBytes;
    private final long writableBytes;

    DescriptorChain(int head, long[] addresses, long[] lengthsBytes, int readableParts) {
        this.head = head;
        this.addresses = addresses;
        this.lengthsBytes = lengthsBytes;
        this.readableParts = readableParts;
        long readable = 0;
        long writable = 0;
        for (int part = 0; part < addresses.length; part++) {
            if (part < readableParts) {
                readable += lengthsBytes[part];
            } else {
                writable += lengthsBytes[part];
            }
        }
        this.readableBytes = readable;
        this.writableBytes = writable;
    }

    /** Index of its first descriptor, by which the driver knows it. */
    public int head() {
        return head;
    }

    public long readableBytes() {
        return readableBytes;
    }

    public long writableBytes() {
        return writableBytes;
    }

    /** Copies out of the readable parts, from {@code position} on; stays within {@link #readableBytes}. */
    public void read(GuestMemory memory, long position, ByteBuffer target, int index, int lengthBytes)
            throws QueueFault {
        copy(memory, 0, readableParts, position, target, index, lengthBytes, false);
    }

    /** As above. */
    public void read(GuestMemory memory, long position, byte[] target, int offset, int lengthBytes) throws QueueFault {
        read(memory, position, ByteBuffer.wrap(target), offset, lengthBytes);
    }

    /** Copies into the writable parts, from {@code position} on; stays within {@link #writableBytes}. */
    public void write(GuestMemory memory, long position, ByteBuffer source, int index, int lengthBytes)
            throws QueueFault {
        copy(memory, readableParts, addresses.length, position, source, index, lengthBytes, true);
    }

    /** As above. */
    public void write(GuestMemory memory, long position, byte[] source, int offset, int lengthBytes) throws QueueFault {
        write(memory, position, ByteBuffer.wrap(source), offset, lengthBytes);
    }

    private void copy(
            GuestMemory memory,
            int fromPart,
            int toPart,
            long position,
            ByteBuffer bytes,
            int index,
            int lengthBytes,
            boolean toGuest)
            throws QueueFault {
        long skip = position;
        int done = 0;
        try {
            for (int part = fromPart; part < toPart && done < lengthBytes; part++) {
                if (skip >= lengthsBytes[part]) {
                    skip -= lengthsBytes[part];
                    continue;
                }
                int count = (int) Math.min(lengthBytes - done, lengthsBytes[part] - skip);
                long address = addresses[part] + skip;
                if (toGuest) {
                    memory.write(address, bytes, index + done, count);
                } else {
                    memory.read(address, bytes, index + done, count);
                }
                skip = 0;
                done += count;
            }
        } catch (GuestAddressException e) {
            throw new QueueFault("buffer " + head + ": " + e.getMessage());
        }
        assert done == lengthBytes : "a device stays within the buffer";
    }

    /** For the saved state of a request in flight. */
    public long[] toLongs() {
        long[] saved = new long[SAVED_HEADER_LONGS + 2 * addresses.length];
        saved[0] = head;
        saved[1] = readableParts;
        for (int part = 0; part < addresses.length; part++) {
            saved[SAVED_HEADER_LONGS + 2 * part] = addresses[part];
            saved[SAVED_HEADER_LONGS + 2 * part + 1] = lengthsBytes[part];
        }
        return saved;
    }

    /** Reads what {@link #toLongs} gave, checked for its form; addresses are checked at each access. */
    public static DescriptorChain fromLongs(long[] saved) throws StateFormatException {
        int parts = (saved.length - SAVED_HEADER_LONGS) / 2;
        if (saved.length < SAVED_HEADER_LONGS
                || saved.length % 2 != 0
                || parts > VirtQueue.MAX_CHAIN_PARTS
                || saved[0] < 0
                || saved[0] >= VirtQueue.MAX_SIZE
                || saved[1] < 0
                || saved[1] > parts) {
            throw new StateFormatException("a saved descriptor chain of " + saved.length + " values makes no sense");
        }
        long[] addresses = new long[parts];
        long[] lengths = new long[parts];
        for (int part = 0; part < parts; part++) {
            addresses[part] = saved[SAVED_HEADER_LONGS + 2 * part];
            lengths[part] = saved[SAVED_HEADER_LONGS + 2 * part + 1];
            if (lengths[part] <= 0 || lengths[part] > VirtQueue.MAX_PART_BYTES) {
                throw new StateFormatException("a saved descriptor of " + lengths[part] + " bytes makes no sense");
            }
        }
        return new DescriptorChain((int) saved[0], addresses, lengths, (int) saved[1]);
    }

    @Override
    public String toString() {
        return "buffer " + head + " " + Arrays.toString(addresses);
    }
}
