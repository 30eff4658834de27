package org.kemari.api.device;

/** The guest named an address that is not RAM. Its own fault; a device answers as its specification says. */
public final class GuestAddressException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Address of the first byte of the access that failed. */
    private final long address;

    /** Length of that access. */
    private final long lengthBytes;

    public GuestAddressException(long address, long lengthBytes) {
        super("0x" + Long.toHexString(address) + " + " + lengthBytes + " bytes is not guest RAM", null, false, false);
        this.address = address;
        this.lengthBytes = lengthBytes;
    }

    public long address() {
        return address;
    }

    public long lengthBytes() {
        return lengthBytes;
    }
}
