package org.kemari.emulator.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import org.kemari.emulator.mmu.Access;
import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.mmu.LocalEntries;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.ram.Ram;

/**
 * Decoded blocks of one hart. They are kept by physical page, in a table with a place for each halfword; in front of
 * that, one directory per mode finds a page's table by its virtual page number, and forgets it when the translation
 * may have changed.
 */
final class BlockCache {
    static final int DIRECTORY_ENTRIES = 512;
    static final int DIRECTORY_MASK = DIRECTORY_ENTRIES - 1;

    /** Virtual page numbers are 52 bits, so -1 matches none. */
    private static final long NO_PAGE = -1;

    /** Bounds what decoded code may take of the heap. */
    private static final int MAX_DECODED_BYTES = 64 << 20;

    /** Of an array. */
    private static final int ARRAY_HEADER_BYTES = 16;

    private static final int PAGES_PER_CHUNK = 1024;
    private static final int MODES = 4;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final HartState state;
    private final Ram ram;
    private final Mmu mmu;

    /** By page. */
    private final DecodedPage[][] pages;

    /** Virtual page numbers, tables and physical addresses of pages that hold code, by mode. */
    private final long[][] directoryTag = new long[MODES][DIRECTORY_ENTRIES];

    private final long[][][][] directory = new long[MODES][DIRECTORY_ENTRIES][][];
    private final HotBlock[][][] hotDirectory = new HotBlock[MODES][DIRECTORY_ENTRIES][];
    private final long[][] directoryPhysical = new long[MODES][DIRECTORY_ENTRIES];
    private final LocalEntries[] directoryLocal = new LocalEntries[MODES];
    private boolean directoryEmpty;

    private long straddleEpoch;

    private int decodedBytes;

    private HotCode hot;

    private final long[] scratchCode = new long[Block.MAX_COUNT];

    BlockCache(HartState state, Ram ram, Mmu mmu) {
        this.state = state;
        this.ram = ram;
        this.mmu = mmu;
        pages = new DecodedPage[(int) ((ram.pageCount() + PAGES_PER_CHUNK - 1) / PAGES_PER_CHUNK)][];
        for (int mode = 0; mode < MODES; mode++) {
            directoryLocal[mode] = new LocalEntries(DIRECTORY_ENTRIES);
        }
        flushTranslations();
    }

    /** Who is told when blocks go; once, before anything is decoded. */
    void attach(HotCode hotCode) {
        hot = hotCode;
    }

    long[] directoryTags(int mode) {
        return directoryTag[mode];
    }

    long[][][] directory(int mode) {
        return directory[mode];
    }

    /** What of a page in the directory is hot; null where nothing is. */
    HotBlock[][] hotDirectory(int mode) {
        return hotDirectory[mode];
    }

    /** Translations may have changed: blocks stay, what finds them by virtual address goes. */
    void flushTranslations() {
        if (!directoryEmpty) {
            for (int mode = 0; mode < MODES; mode++) {
                Arrays.fill(directoryTag[mode], NO_PAGE);
                directoryLocal[mode].clear();
            }
            directoryEmpty = true;
        }
    }

    /** As {@link #flushTranslations}, for what is not mapped globally. */
    void flushLocal() {
        for (int mode = 0; mode < MODES; mode++) {
            directoryLocal[mode].drain(directoryTag[mode], NO_PAGE);
        }
    }

    /** The translation of one page may have changed. */
    void flushPage(long address) {
        long page = address >>> 12;
        int index = (int) page & DIRECTORY_MASK;
        for (long[] tags : directoryTag) {
            if (tags[index] == page) {
                tags[index] = NO_PAGE;
            }
        }
    }

    /** What is known of the block that begins there; null if none does or it reaches into a second page. */
    HotBlock hotBlock(int page, int offset) {
        DecodedPage decoded = pageOrNull(page);
        int half = offset >>> 1;
        if (decoded == null || decoded.blocks[half] == null) {
            return null;
        }
        if (decoded.hot == null) {
            decoded.heat();
            decodedBytes += DecodedPage.TABLE_BYTES;
            forEachPlace(decoded, (mode, i) -> hotDirectory[mode][i] = decoded.hot);
        }
        if (decoded.hot[half] == null) {
            decoded.hot[half] = new HotBlock(decoded.blocks[half], decoded.hot);
        }
        return decoded.hot[half];
    }

    /** How this page, which has blocks, is executed: warm is what was as often as this, or hot once. */
    PageProfile profile(int page, int warmHeat) {
        DecodedPage decoded = pageOrNull(page);
        BitSet met = new BitSet();
        BitSet warm = new BitSet();
        for (int half = 0; half < DecodedPage.HALFWORDS; half++) {
            long[] block = decoded.blocks[half];
            if (block != null) {
                met.set(half << 1);
                Block.markPassed(block, half << 1, met);
                boolean hot = decoded.hot != null && decoded.hot[half] != null;
                warm.set(half << 1, hot || Block.heat(block[Block.HEADER]) >= warmHeat);
            }
        }
        return new PageProfile(met, warm);
    }

    @FunctionalInterface
    private interface Place {
        void take(int mode, int index);
    }

    /** Does something wherever the directory knows this page. */
    private void forEachPlace(DecodedPage page, Place place) {
        for (int mode = 0; mode < MODES; mode++) {
            for (int i = 0; i < DIRECTORY_ENTRIES; i++) {
                if (directory[mode][i] == page.blocks) {
                    place.take(mode, i);
                }
            }
        }
    }

    /** Code in this page was overwritten. */
    void dropPage(int page) {
        DecodedPage decoded = pageOrNull(page);
        if (decoded != null) {
            hot.pageChanged(page, decoded);
            drop(page, decoded);
            forEachPlace(decoded, (mode, i) -> {
                directoryTag[mode][i] = NO_PAGE;
                directory[mode][i] = null;
                hotDirectory[mode][i] = null;
            });
        }
        straddleEpoch++;
    }

    /** Forgets everything, as after a restore. */
    void clear() {
        hot.clear();
        straddleEpoch++;
        if (decodedBytes > 0) { // Nothing is decoded where states are only tried.
            Arrays.fill(pages, null);
            decodedBytes = 0;
            forgetTables();
        }
    }

    private void forgetTables() {
        for (int mode = 0; mode < MODES; mode++) {
            Arrays.fill(directory[mode], null);
            Arrays.fill(hotDirectory[mode], null);
        }
        directoryEmpty = false;
        flushTranslations();
    }

    /** Makes room for more: of the pages without translated code, all goes; if those are few, everything. */
    private void sweep() {
        BitSet translated = hot.pages();
        for (int page = 0; page < ram.pageCount(); page++) {
            DecodedPage decoded = pageOrNull(page);
            if (decoded != null && !translated.get(page)) {
                drop(page, decoded);
            }
        }
        if (decodedBytes > MAX_DECODED_BYTES / 2) {
            clear();
        } else {
            forgetTables();
        }
    }

    private void drop(int page, DecodedPage decoded) {
        decodedBytes -= bytes(decoded);
        for (long[] block : decoded.blocks) {
            if (block != null) {
                decodedBytes -= bytes(block);
            }
        }
        pages[page / PAGES_PER_CHUNK][page % PAGES_PER_CHUNK] = null;
    }

    private static int bytes(DecodedPage page) {
        return DecodedPage.TABLE_BYTES * (page.hot == null ? 1 : 2);
    }

    private static int bytes(long[] block) {
        return ARRAY_HEADER_BYTES + Long.BYTES * block.length;
    }

    /** The block at {@code pc} in the current mode; throws what fetching there throws. */
    long[] find(long pc) {
        long physical = fetch(pc);
        int page = ram.pageOf(physical);
        if (page < 0) {
            // Code runs from RAM only; devices have nothing to execute.
            throw state.trap.with(GuestTrap.FETCH_ACCESS, pc);
        }
        DecodedPage decoded = page(page);
        int half = (int) physical >>> 1 & DecodedPage.MASK;
        if (decoded.blocks[half] != null) {
            return decoded.blocks[half];
        }
        long[] straddling = half == DecodedPage.MASK ? decoded.straddling() : null;
        if (straddling != null && decoded.straddleEpoch == straddleEpoch && decoded.secondPage == fetch(pc + 2)) {
            return straddling;
        }
        if (decodedBytes > MAX_DECODED_BYTES) {
            sweep();
            return decode(pc, physical, page(page));
        }
        return decode(pc, physical, decoded);
    }

    private DecodedPage pageOrNull(int page) {
        DecodedPage[] chunk = pages[page / PAGES_PER_CHUNK];
        return chunk == null ? null : chunk[page % PAGES_PER_CHUNK];
    }

    private DecodedPage page(int page) {
        DecodedPage[] chunk = pages[page / PAGES_PER_CHUNK];
        if (chunk == null) {
            chunk = new DecodedPage[PAGES_PER_CHUNK];
            pages[page / PAGES_PER_CHUNK] = chunk;
        }
        DecodedPage decoded = chunk[page % PAGES_PER_CHUNK];
        if (decoded == null) {
            decoded = new DecodedPage();
            chunk[page % PAGES_PER_CHUNK] = decoded;
            decodedBytes += DecodedPage.TABLE_BYTES;
        }
        return decoded;
    }

    /** Physical address of an instruction halfword. */
    private long fetch(long address) {
        long number = address >>> 12;
        int index = (int) number & DIRECTORY_MASK;
        int mode = state.mode;
        if (directoryTag[mode][index] == number) {
            return directoryPhysical[mode][index] | address & 4095;
        }
        long physical = mmu.translate(address, 2, Access.FETCH, mode, false);
        int page = ram.pageOf(physical);
        if (page >= 0 && mmu.cacheable(physical, mode)) {
            directoryTag[mode][index] = number;
            DecodedPage decoded = page(page);
            directory[mode][index] = decoded.blocks;
            hotDirectory[mode][index] = decoded.hot;
            directoryPhysical[mode][index] = physical & -4096L;
            directoryLocal[mode].note(index, mmu.global());
            directoryEmpty = false;
        }
        return physical;
    }

    /** Index of the RAM page that holds this instruction, which was fetched before. */
    int pageAt(long pc) {
        return ram.pageOf(fetch(pc));
    }

    /** The instruction at {@code pc} as it stands in memory, for mtval; it was fetched just now. */
    int rawAt(long pc) {
        int low = halfAt(fetch(pc));
        return (low & 3) == 3 ? low | halfAt(fetch(pc + 2)) << 16 : low;
    }

    private int halfAt(long physical) {
        return (short) SHORT.get(ram.page(ram.pageOf(physical)), (int) physical & 4095) & 0xffff;
    }

    private long[] decode(long pc, long physical, DecodedPage into) {
        int page = ram.pageOf(physical);
        byte[] content = ram.page(page);
        int start = (int) physical & 4095;
        int at = start;
        int count = 0;
        boolean open = true;
        while (open && count < Block.MAX_COUNT && at < 4096) {
            int low = (short) SHORT.get(content, at) & 0xffff;
            boolean wide = (low & 3) == 3;
            if (wide && at == 4094) {
                if (count == 0) {
                    return decodeStraddling(pc, page, low, into);
                }
                break;
            }
            int raw = wide ? low | ((short) SHORT.get(content, at + 2) & 0xffff) << 16 : low;
            long word = Decoder.decodeAny(raw, wide, at - start);
            if (!mmu.cacheable(physical, state.mode)
                    && !mmu.pmp.permits(
                            physical + (at - start), wide ? 4 : 2, Access.FETCH, state.mode == HartState.MACHINE)) {
                if (count == 0) {
                    throw state.trap.with(GuestTrap.FETCH_ACCESS, pc);
                }
                break;
            }
            scratchCode[count++] = word;
            at += wide ? 4 : 2;
            open = !Op.endsBlock(Op.op(word));
        }
        ram.markCode(page, start, at);
        long[] block = Block.of(scratchCode, count, at - start, state.executed);
        into.blocks[start >>> 1] = block;
        decodedBytes += bytes(block);
        return block;
    }

    /** One instruction of 4 bytes that begins in the last 2 bytes of a page. */
    private long[] decodeStraddling(long pc, int page, int low, DecodedPage into) {
        long second = fetch(pc + 2);
        int secondPage = ram.pageOf(second);
        if (secondPage < 0) {
            throw state.trap.with(GuestTrap.FETCH_ACCESS, pc + 2);
        }
        scratchCode[0] = Decoder.decodeAny(low | halfAt(second) << 16, true, 0);
        ram.markCode(page, 4094, 4096);
        ram.markCode(secondPage, 0, 2);
        long[] block = Block.of(scratchCode, 1, 4, state.executed);
        if (into.straddling() == null) {
            decodedBytes += bytes(block);
        }
        into.straddling(block, straddleEpoch, second);
        return block;
    }
}
