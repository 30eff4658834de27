package org.kemari.emulator.ram;

/** One that keeps copies of what RAM says: a hart with its TLBs and decoded blocks. Machine thread only. */
public interface RamObserver {
    /** A page must be seen again when it is next stored to: forget which pages may be stored to directly. */
    void storesWatched();

    /** A page's array was given back: forget every array. */
    void pageReplaced();

    /** Decoded code of this page is no longer what memory holds. */
    void codeChanged(int page);
}
