package org.kemari.api.device;

import java.nio.ByteBuffer;

/**
 * Guest RAM by guest-physical address, little-endian, for DMA. Every access is checked; writes mark pages dirty.
 * Addresses and lengths are the guest's: treat them as lies. Machine thread only.
 */
public interface GuestMemory {
    /** True if all of {@code [address, address + lengthBytes)} is RAM, without wrapping. */
    boolean contains(long address, long lengthBytes);

    int readByte(long address) throws GuestAddressException;

    int readShort(long address) throws GuestAddressException;

    int readInt(long address) throws GuestAddressException;

    long readLong(long address) throws GuestAddressException;

    void writeByte(long address, int value) throws GuestAddressException;

    void writeShort(long address, int value) throws GuestAddressException;

    void writeInt(long address, int value) throws GuestAddressException;

    void writeLong(long address, long value) throws GuestAddressException;

    /** Copies into {@code target} from {@code index} on; its position and limit stay. */
    void read(long address, ByteBuffer target, int index, int lengthBytes) throws GuestAddressException;

    /** Copies out of {@code source} from {@code index} on; its position and limit stay. */
    void write(long address, ByteBuffer source, int index, int lengthBytes) throws GuestAddressException;

    default void read(long address, byte[] target, int offset, int lengthBytes) throws GuestAddressException {
        read(address, ByteBuffer.wrap(target), offset, lengthBytes);
    }

    default void write(long address, byte[] source, int offset, int lengthBytes) throws GuestAddressException {
        write(address, ByteBuffer.wrap(source), offset, lengthBytes);
    }
}
