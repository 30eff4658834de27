package org.kemari.emulator.cpu;

import java.util.BitSet;

/**
 * What the interpreter knows of how one page of code is executed, by byte offset in the page. A hint for whoever plans
 * translated code: what is not known is only slower. Immutable.
 */
public final class PageProfile {
    /** Of a page whose code was never executed here: all of it may be. */
    public static final PageProfile UNKNOWN = new PageProfile(null, new BitSet());

    private final BitSet met;
    private final BitSet warm;

    /** @param met null if that is not known */
    public PageProfile(BitSet met, BitSet warm) {
        this.met = met;
        this.warm = warm;
    }

    /**
     * False if no way led to this offset so far: from a branch, taken, or passed more than now and then; from a jump or
     * another page.
     */
    public boolean met(int offset) {
        return met == null || met.get(offset);
    }

    /** True if a block begins there that is executed about as often as what is translated. */
    public boolean warm(int offset) {
        return warm.get(offset);
    }

    /** The same, as if no way led to these offsets. */
    PageProfile without(BitSet offsets) {
        BitSet rest = (BitSet) met.clone();
        rest.andNot(offsets);
        return new PageProfile(rest, warm);
    }

    /** All such offsets; the caller's to change. */
    public BitSet warm() {
        return (BitSet) warm.clone();
    }
}
