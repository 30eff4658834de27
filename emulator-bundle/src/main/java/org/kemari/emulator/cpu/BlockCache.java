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

    /** Halfwords of a page. */
    static final int TABLE_ENTRIES = 2048;

    static final int TABLE_MASK = TABLE_ENTRIES - 1;

    /** Behind those, a table's place for the one instruction that may reach into the next page. */
    private static final int STRADDLING = TABLE_ENTRIES;

    /** Virtual page numbers are 52 bits, so -1 matches none. */
    private static final long NO_PAGE = -1;

    /** Bounds what decoded code may take of the heap: about 60 bytes an instruction. */
    private static final int MAX_DECODED = 2_000_000;

    /** What a page's table takes, in the same measure. */
    private static final int TABLE_COST = 140;

    private static final int PAGES_PER_CHUNK = 1024;
    private static final int MODES = 4;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final HartState state;
    private final Ram ram;
    private final Mmu mmu;

    /** Blocks by page, then by halfword in the page. */
    private final Block[][][] blocks;

    /** Virtual page numbers, tables and physical addresses of pages that hold code, by mode. */
    private final long[][] directoryTag = new long[MODES][DIRECTORY_ENTRIES];

    private final Block[][][] directory = new Block[MODES][DIRECTORY_ENTRIES][];
    private final long[][] directoryPhysical = new long[MODES][DIRECTORY_ENTRIES];
    private final LocalEntries[] directoryLocal = new LocalEntries[MODES];
    private boolean directoryEmpty;

    private long straddleEpoch;

    /** What all tables together cost. */
    private int decoded;

    private HotCode hot;

    private final long[] scratchCode = new long[Block.MAX_COUNT];
    private final short[] scratchOffset = new short[Block.MAX_COUNT + 1];

    BlockCache(HartState state, Ram ram, Mmu mmu) {
        this.state = state;
        this.ram = ram;
        this.mmu = mmu;
        blocks = new Block[(int) ((ram.pageCount() + PAGES_PER_CHUNK - 1) / PAGES_PER_CHUNK)][][];
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

    Block[][] directory(int mode) {
        return directory[mode];
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

    /** The block that begins there, or null if none does or it reaches into a second page. */
    Block at(int page, int offset) {
        Block[] table = tableOrNull(page);
        return table == null ? null : table[offset >>> 1];
    }

    /** Code in this page was overwritten. */
    void dropPage(int page) {
        Block[] table = tableOrNull(page);
        if (table != null) {
            hot.pageChanged(page, table);
            drop(page, table);
            for (int mode = 0; mode < MODES; mode++) {
                for (int i = 0; i < DIRECTORY_ENTRIES; i++) {
                    if (directory[mode][i] == table) {
                        directoryTag[mode][i] = NO_PAGE;
                        directory[mode][i] = null;
                    }
                }
            }
        }
        straddleEpoch++;
    }

    /** Forgets everything, as after a restore. */
    void clear() {
        Arrays.fill(blocks, null);
        hot.clear();
        straddleEpoch++;
        decoded = 0;
        forgetTables();
    }

    private void forgetTables() {
        for (Block[][] tables : directory) {
            Arrays.fill(tables, null);
        }
        directoryEmpty = false;
        flushTranslations();
    }

    /** Makes room for more: of the pages without translated code, all goes; if those are few, everything. */
    private void sweep() {
        BitSet translated = hot.pages();
        for (int page = 0; page < ram.pageCount(); page++) {
            Block[] table = tableOrNull(page);
            if (table != null && !translated.get(page)) {
                drop(page, table);
            }
        }
        if (decoded > MAX_DECODED / 2) {
            clear();
        } else {
            forgetTables();
        }
    }

    private void drop(int page, Block[] table) {
        decoded -= TABLE_COST;
        for (Block block : table) {
            if (block != null) {
                decoded -= block.count;
            }
        }
        blocks[page / PAGES_PER_CHUNK][page % PAGES_PER_CHUNK] = null;
    }

    /** The block at {@code pc} in the current mode; throws what fetching there throws. */
    Block find(long pc) {
        long physical = fetch(pc);
        int page = ram.pageOf(physical);
        if (page < 0) {
            // Code runs from RAM only; devices have nothing to execute.
            throw state.trap.with(GuestTrap.FETCH_ACCESS, pc);
        }
        Block[] table = table(page);
        int half = (int) physical >>> 1 & TABLE_MASK;
        if (table[half] != null) {
            return table[half];
        }
        Block straddling = half == TABLE_MASK ? table[STRADDLING] : null;
        if (straddling != null && stillTrue(straddling, pc)) {
            return straddling;
        }
        if (decoded > MAX_DECODED) {
            sweep();
            table = table(page);
            straddling = null;
        }
        Block block = decode(pc, physical, page);
        decoded += block.count - (straddling == null ? 0 : straddling.count);
        table[block.straddles() ? STRADDLING : half] = block;
        return block;
    }

    private Block[] tableOrNull(int page) {
        Block[][] chunk = blocks[page / PAGES_PER_CHUNK];
        return chunk == null ? null : chunk[page % PAGES_PER_CHUNK];
    }

    private Block[] table(int page) {
        Block[][] chunk = blocks[page / PAGES_PER_CHUNK];
        if (chunk == null) {
            chunk = new Block[PAGES_PER_CHUNK][];
            blocks[page / PAGES_PER_CHUNK] = chunk;
        }
        Block[] table = chunk[page % PAGES_PER_CHUNK];
        if (table == null) {
            table = new Block[TABLE_ENTRIES + 1];
            chunk[page % PAGES_PER_CHUNK] = table;
            decoded += TABLE_COST;
        }
        return table;
    }

    private boolean stillTrue(Block block, long pc) {
        return block.straddleEpoch == straddleEpoch && fetch(pc + 2) == block.secondPage;
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
            directory[mode][index] = table(page);
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

    private Block decode(long pc, long physical, int page) {
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
                    return decodeStraddling(pc, page, low);
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
            scratchCode[count] = word;
            scratchOffset[count++] = (short) (at - start);
            at += wide ? 4 : 2;
            open = !Op.endsBlock(Op.op(word));
        }
        scratchOffset[count] = (short) (at - start);
        ram.markCode(page, start, at);
        return new Block(
                Arrays.copyOf(scratchCode, count),
                Arrays.copyOf(scratchOffset, count + 1),
                count,
                state.executed,
                -1,
                0);
    }

    /** One instruction of 4 bytes that begins in the last 2 bytes of a page. */
    private Block decodeStraddling(long pc, int page, int low) {
        long second = fetch(pc + 2);
        int secondPage = ram.pageOf(second);
        if (secondPage < 0) {
            throw state.trap.with(GuestTrap.FETCH_ACCESS, pc + 2);
        }
        long word = Decoder.decode(low | halfAt(second) << 16, 0);
        ram.markCode(page, 4094, 4096);
        ram.markCode(secondPage, 0, 2);
        return new Block(new long[] {word}, new short[] {0, 4}, 1, state.executed, straddleEpoch, second);
    }
}
