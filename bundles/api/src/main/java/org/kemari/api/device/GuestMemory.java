package org.kemari.api.device;

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

    void read(long address, byte[] target, int offset, int lengthBytes) throws GuestAddressException;

    void write(long address, byte[] source, int offset, int lengthBytes) throws GuestAddressException;
}
