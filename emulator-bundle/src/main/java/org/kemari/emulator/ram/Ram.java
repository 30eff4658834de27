package org.kemari.emulator.ram;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.GuestRam;

/**
 * RAM at bus address {@link #BASE}: one array per page, allocated when the page is first touched by a hart or written
 * by a device; a page without an array is zeros. A hart may keep a page's array in its store TLB only while the page
 * is dirty in every tracker and holds no decoded code: whatever ends that tells the observers.
 */
public final class Ram implements GuestRam, GuestMemory {
    /** Where RAM begins on the bus, as on QEMU's {@code virt}. */
    public static final long BASE = 0x8000_0000L;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** What an absent page reads as; never written. */
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    /** Nobody holds a reservation. */
    private static final int NO_HART = -1;

    private final long sizeBytes;
    private final byte[][] pages;
    private final CodeLines code;
    private RamObserver[] observers = {};
    private PageTracker[] trackers = {};
    private int reservationHart = NO_HART;
    private long reservationAddress;

    public Ram(long sizeBytes) {
        if (sizeBytes <= 0 || sizeBytes % PAGE_BYTES != 0 || sizeBytes > (64L << 30)) {
            throw new IllegalArgumentException(
                    "memory=" + sizeBytes + " is no RAM size; use a multiple of 4096, at most 64G");
        }
        this.sizeBytes = sizeBytes;
        pages = new byte[(int) (sizeBytes / PAGE_BYTES)][];
        code = new CodeLines(pages.length);
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public void addObserver(RamObserver observer) {
        observers = Arrays.copyOf(observers, observers.length + 1);
        observers[observers.length - 1] = observer;
    }

    // ---- for harts: pages by index, addresses already checked ----

    /** Index of the page that holds this bus address, or a negative number if that is not RAM. */
    public int pageOf(long address) {
        long offset = address - BASE;
        return Long.compareUnsigned(offset, sizeBytes) < 0 ? (int) (offset >>> 12) : -1;
    }

    /** The page's array, made if there is none. */
    public byte[] page(int page) {
        byte[] content = pages[page];
        if (content == null) {
            content = new byte[PAGE_BYTES];
            pages[page] = content;
        }
        return content;
    }

    /** The page's array for stores by a hart: from here on it counts as changed. */
    public byte[] pageForStore(int page) {
        for (PageTracker tracker : trackers) {
            tracker.mark(page);
        }
        return page(page);
    }

    public boolean holdsCode(int page) {
        return code.any(page);
    }

    /** Says that bytes {@code from} to {@code to} (exclusive) of a page were decoded; true if it held none before. */
    public boolean markCode(int page, int from, int to) {
        boolean first = !code.any(page);
        code.mark(page, from, to);
        if (first) {
            for (RamObserver observer : observers) {
                observer.storesWatched();
            }
        }
        return first;
    }

    /** To be called after bytes of a page changed; true if decoded code was among them and was dropped. */
    public boolean changed(int page, int from, int to) {
        if (!code.hit(page, from, to)) {
            return false;
        }
        code.clear(page);
        for (RamObserver observer : observers) {
            observer.codeChanged(page);
        }
        return true;
    }

    /**
     * Takes the one reservation there can be: harts run one at a time, and a hart that runs drops the reservation of
     * any other ({@link #dropForeignReservation}), so that no store of another hart comes between LR and SC.
     */
    public void reserve(int hart, long address) {
        reservationHart = hart;
        reservationAddress = address;
    }

    public boolean reserved(int hart, long address) {
        return reservationHart == hart && reservationAddress == address;
    }

    public boolean holdsReservation(int hart) {
        return reservationHart == hart;
    }

    public long reservationAddress() {
        return reservationAddress;
    }

    public void dropReservation(int hart) {
        if (reservationHart == hart) {
            reservationHart = NO_HART;
        }
    }

    public void dropForeignReservation(int hart) {
        if (reservationHart != hart) {
            reservationHart = NO_HART;
        }
    }

    // ---- GuestRam ----

    @Override
    public long pageCount() {
        return pages.length;
    }

    @Override
    public DirtyTracker track() {
        PageTracker tracker = new PageTracker(this, pages.length);
        for (int page = 0; page < pages.length; page++) {
            if (pages[page] != null) {
                tracker.mark(page);
            }
        }
        trackers = Arrays.copyOf(trackers, trackers.length + 1);
        trackers[trackers.length - 1] = tracker;
        watchStores();
        return tracker;
    }

    void untrack(PageTracker tracker) {
        trackers = Arrays.stream(trackers).filter(each -> each != tracker).toArray(PageTracker[]::new);
    }

    void watchStores() {
        for (RamObserver observer : observers) {
            observer.storesWatched();
        }
    }

    byte[] contentOf(int page) {
        byte[] content = pages[page];
        return content == null ? ZEROS : content;
    }

    @Override
    public void load(long page, byte[] source, int offset) {
        int index = Math.toIntExact(page);
        System.arraycopy(source, offset, pageForStore(index), 0, PAGE_BYTES);
        written(index, 0, PAGE_BYTES);
    }

    @Override
    public void read(long page, byte[] target, int offset) {
        System.arraycopy(contentOf(Math.toIntExact(page)), 0, target, offset, PAGE_BYTES);
    }

    @Override
    public void clear(long page) {
        int index = Math.toIntExact(page);
        if (pages[index] == null) {
            return;
        }
        pageForStore(index);
        pages[index] = null;
        written(index, 0, PAGE_BYTES);
        for (RamObserver observer : observers) {
            observer.pageReplaced();
        }
    }

    /** What a write from outside the harts brings with it. */
    private void written(int page, int from, int to) {
        if (reservationHart != NO_HART) {
            long start = BASE + ((long) page << 12) + from;
            if (reservationAddress + 8 > start && reservationAddress < start + (to - from)) {
                reservationHart = NO_HART;
            }
        }
        changed(page, from, to);
    }

    // ---- GuestMemory ----

    @Override
    public boolean contains(long address, long lengthBytes) {
        long offset = address - BASE;
        return lengthBytes >= 0
                && Long.compareUnsigned(offset, sizeBytes) <= 0
                && Long.compareUnsigned(lengthBytes, sizeBytes - offset) <= 0;
    }

    private void check(long address, long lengthBytes) throws GuestAddressException {
        if (!contains(address, lengthBytes)) {
            throw new GuestAddressException(address, lengthBytes);
        }
    }

    private static boolean within(long address, int lengthBytes) {
        return ((int) address & 4095) <= PAGE_BYTES - lengthBytes;
    }

    @Override
    public int readByte(long address) throws GuestAddressException {
        check(address, 1);
        return contentOf(pageOf(address))[(int) address & 4095] & 0xff;
    }

    @Override
    public int readShort(long address) throws GuestAddressException {
        check(address, 2);
        if (!within(address, 2)) {
            return readByte(address) | readByte(address + 1) << 8;
        }
        return (short) SHORT.get(contentOf(pageOf(address)), (int) address & 4095) & 0xffff;
    }

    @Override
    public int readInt(long address) throws GuestAddressException {
        check(address, 4);
        if (!within(address, 4)) {
            return readShort(address) | readShort(address + 2) << 16;
        }
        return (int) INT.get(contentOf(pageOf(address)), (int) address & 4095);
    }

    @Override
    public long readLong(long address) throws GuestAddressException {
        check(address, 8);
        if (!within(address, 8)) {
            return readInt(address) & 0xffff_ffffL | (long) readInt(address + 4) << 32;
        }
        return (long) LONG.get(contentOf(pageOf(address)), (int) address & 4095);
    }

    @Override
    public void writeByte(long address, int value) throws GuestAddressException {
        check(address, 1);
        int page = pageOf(address);
        int at = (int) address & 4095;
        pageForStore(page)[at] = (byte) value;
        written(page, at, at + 1);
    }

    @Override
    public void writeShort(long address, int value) throws GuestAddressException {
        check(address, 2);
        if (!within(address, 2)) {
            writeByte(address, value);
            writeByte(address + 1, value >> 8);
            return;
        }
        int page = pageOf(address);
        int at = (int) address & 4095;
        SHORT.set(pageForStore(page), at, (short) value);
        written(page, at, at + 2);
    }

    @Override
    public void writeInt(long address, int value) throws GuestAddressException {
        check(address, 4);
        if (!within(address, 4)) {
            writeShort(address, value);
            writeShort(address + 2, value >> 16);
            return;
        }
        int page = pageOf(address);
        int at = (int) address & 4095;
        INT.set(pageForStore(page), at, value);
        written(page, at, at + 4);
    }

    @Override
    public void writeLong(long address, long value) throws GuestAddressException {
        check(address, 8);
        if (!within(address, 8)) {
            writeInt(address, (int) value);
            writeInt(address + 4, (int) (value >> 32));
            return;
        }
        int page = pageOf(address);
        int at = (int) address & 4095;
        LONG.set(pageForStore(page), at, value);
        written(page, at, at + 8);
    }

    @Override
    public void read(long address, ByteBuffer target, int index, int lengthBytes) throws GuestAddressException {
        check(address, lengthBytes);
        int done = 0;
        while (done < lengthBytes) {
            int at = (int) (address + done) & 4095;
            int part = Math.min(lengthBytes - done, PAGE_BYTES - at);
            target.put(index + done, contentOf(pageOf(address + done)), at, part);
            done += part;
        }
    }

    @Override
    public void write(long address, ByteBuffer source, int index, int lengthBytes) throws GuestAddressException {
        check(address, lengthBytes);
        int done = 0;
        while (done < lengthBytes) {
            int page = pageOf(address + done);
            int at = (int) (address + done) & 4095;
            int part = Math.min(lengthBytes - done, PAGE_BYTES - at);
            source.get(index + done, pageForStore(page), at, part);
            written(page, at, at + part);
            done += part;
        }
    }
}
