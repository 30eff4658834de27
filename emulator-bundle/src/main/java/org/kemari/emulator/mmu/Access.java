package org.kemari.emulator.mmu;

/** The three kinds of access, as small numbers: they index tables on the guest's path. */
public final class Access {
    public static final int FETCH = 0;
    public static final int LOAD = 1;
    public static final int STORE = 2;

    private static final int[] PAGE_FAULT = {
        GuestTrap.FETCH_PAGE_FAULT, GuestTrap.LOAD_PAGE_FAULT, GuestTrap.STORE_PAGE_FAULT
    };
    private static final int[] ACCESS_FAULT = {GuestTrap.FETCH_ACCESS, GuestTrap.LOAD_ACCESS, GuestTrap.STORE_ACCESS};

    private Access() {}

    public static int pageFault(int access) {
        return PAGE_FAULT[access];
    }

    public static int accessFault(int access) {
        return ACCESS_FAULT[access];
    }
}
