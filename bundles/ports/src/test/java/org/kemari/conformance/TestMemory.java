package org.kemari.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.device.GuestMemory;

/** Guest RAM in one array. */
public final class TestMemory implements GuestMemory {
    public static final long BASE = 0x8000_0000L;

    private final ByteBuffer ram;

    public TestMemory(int sizeBytes) {
        this(new byte[sizeBytes]);
    }

    public TestMemory(byte[] content) {
        ram = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    public byte[] content() {
        return ram.array();
    }

    public int sizeBytes() {
        return ram.capacity();
    }

    @Override
    public boolean contains(long address, long lengthBytes) {
        long offset = address - BASE;
        return lengthBytes >= 0 && offset >= 0 && offset <= ram.capacity() && lengthBytes <= ram.capacity() - offset;
    }

    private int at(long address, int lengthBytes) throws GuestAddressException {
        if (!contains(address, lengthBytes)) {
            throw new GuestAddressException(address, lengthBytes);
        }
        return (int) (address - BASE);
    }

    @Override
    public int readByte(long address) throws GuestAddressException {
        return ram.get(at(address, 1));
    }

    @Override
    public int readShort(long address) throws GuestAddressException {
        return ram.getShort(at(address, 2));
    }

    @Override
    public int readInt(long address) throws GuestAddressException {
        return ram.getInt(at(address, 4));
    }

    @Override
    public long readLong(long address) throws GuestAddressException {
        return ram.getLong(at(address, 8));
    }

    @Override
    public void writeByte(long address, int value) throws GuestAddressException {
        ram.put(at(address, 1), (byte) value);
    }

    @Override
    public void writeShort(long address, int value) throws GuestAddressException {
        ram.putShort(at(address, 2), (short) value);
    }

    @Override
    public void writeInt(long address, int value) throws GuestAddressException {
        ram.putInt(at(address, 4), value);
    }

    @Override
    public void writeLong(long address, long value) throws GuestAddressException {
        ram.putLong(at(address, 8), value);
    }

    @Override
    public void read(long address, ByteBuffer target, int index, int lengthBytes) throws GuestAddressException {
        target.put(index, ram, at(address, lengthBytes), lengthBytes);
    }

    @Override
    public void write(long address, ByteBuffer source, int index, int lengthBytes) throws GuestAddressException {
        ram.put(at(address, lengthBytes), source, index, lengthBytes);
    }
}
