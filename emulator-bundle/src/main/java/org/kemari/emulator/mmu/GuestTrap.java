package org.kemari.emulator.mmu;

/** A synchronous exception on its way to the guest's handler. One per hart, made once, without a stack trace. */
public final class GuestTrap extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // Codes of mcause (privileged 1.13, table 14).
    public static final int FETCH_MISALIGNED = 0;
    public static final int FETCH_ACCESS = 1;
    public static final int ILLEGAL_INSTRUCTION = 2;
    public static final int BREAKPOINT = 3;
    public static final int LOAD_MISALIGNED = 4;
    public static final int LOAD_ACCESS = 5;
    public static final int STORE_MISALIGNED = 6;
    public static final int STORE_ACCESS = 7;
    public static final int ECALL_FROM_USER = 8;
    public static final int FETCH_PAGE_FAULT = 12;
    public static final int LOAD_PAGE_FAULT = 13;
    public static final int STORE_PAGE_FAULT = 15;

    private int code;
    private long value;

    public GuestTrap() {
        super("guest trap", null, false, false);
    }

    /** Fills in cause and mtval; to be thrown by the caller. */
    public GuestTrap with(int code, long value) {
        this.code = code;
        this.value = value;
        return this;
    }

    public int code() {
        return code;
    }

    public long value() {
        return value;
    }
}
