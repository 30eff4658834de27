package org.kemari.emulator.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.kemari.emulator.mmu.Access;
import org.kemari.emulator.mmu.GuestTrap;
import org.kemari.emulator.mmu.Mmu;
import org.kemari.emulator.ram.Ram;

/**
 * Decoded blocks of one hart. They are kept by physical address; in front of that, one table per mode finds them by
 * virtual address and is emptied whenever a translation may have changed.
 */
final class BlockCache {
    static final int FRONT_ENTRIES = 8192;
    static final int FRONT_MASK = FRONT_ENTRIES - 1;

    /** An odd number is no instruction's address. */
    private static final long NO_PC = 1;

    /** Bounds what decoded code may take of the heap: about 60 bytes an instruction with its share of tables. */
    private static final int MAX_DECODED = 2_000_000;

    private static final int FETCH_ENTRIES = 256;
    private static final int PAGES_PER_CHUNK = 1024;
    private static final int MODES = 4;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final HartState state;
    private final Ram ram;
    private final Mmu mmu;

    /** Blocks by page, then by halfword in the page. */
    private final Block[][][] blocks;

    private final long[][] frontTag = new long[MODES][FRONT_ENTRIES];
    private final Block[][] front = new Block[MODES][FRONT_ENTRIES];

    /** Which virtual pages have entries in a front table: a set that may say yes falsely. */
    private final long[] frontPages = new long[16];

    private boolean frontEmpty;

    /** Fetch TLB: virtual page numbers and physical page addresses, by mode. */
    private final long[][] fetchTag = new long[MODES][FETCH_ENTRIES];

    private final long[][] fetchPage = new long[MODES][FETCH_ENTRIES];
    private boolean fetchEmpty;
    private long straddleEpoch;
    private int decoded;

    private HotCode hot;

    private final long[] scratchCode = new long[Block.MAX_COUNT];
    private final short[] scratchOffset = new short[Block.MAX_COUNT + 1];

    BlockCache(HartState state, Ram ram, Mmu mmu) {
        this.state = state;
        this.ram = ram;
        this.mmu = mmu;
        blocks = new Block[(int) ((ram.pageCount() + PAGES_PER_CHUNK - 1) / PAGES_PER_CHUNK)][][];
        flushTranslations();
    }

    /** Who is told when blocks go; once, before anything is decoded. */
    void attach(HotCode hotCode) {
        hot = hotCode;
    }

    long[] frontTags(int mode) {
        return frontTag[mode];
    }

    Block[] front(int mode) {
        return front[mode];
    }

    /** Translations may have changed: blocks stay, what finds them by virtual address goes. */
    void flushTranslations() {
        flushFront();
        if (!fetchEmpty) {
            for (long[] tags : fetchTag) {
                Arrays.fill(tags, -1);
            }
            fetchEmpty = true;
        }
    }

    private void flushFront() {
        if (!frontEmpty) {
            for (long[] tags : frontTag) {
                Arrays.fill(tags, NO_PC);
            }
            Arrays.fill(frontPages, 0);
            frontEmpty = true;
        }
    }

    /** The translation of one page may have changed. */
    void flushPage(long address) {
        long page = address >>> 12;
        if ((frontPages[(int) page >>> 6 & 15] & 1L << page) != 0) {
            flushFront();
        }
        int index = (int) page & FETCH_ENTRIES - 1;
        for (long[] tags : fetchTag) {
            if (tags[index] == page) {
                tags[index] = -1;
            }
        }
    }

    /** The block that begins there, or null if none does or it reaches into a second page. */
    Block at(int page, int offset) {
        Block[][] chunk = blocks[page / PAGES_PER_CHUNK];
        Block[] table = chunk == null ? null : chunk[page % PAGES_PER_CHUNK];
        Block block = table == null ? null : table[offset >>> 1];
        return block == null || block.straddles() ? null : block;
    }

    /** Code in this page was overwritten. */
    void dropPage(int page) {
        Block[][] chunk = blocks[page / PAGES_PER_CHUNK];
        Block[] table = chunk == null ? null : chunk[page % PAGES_PER_CHUNK];
        if (table != null) {
            hot.pageChanged(page, table);
            chunk[page % PAGES_PER_CHUNK] = null;
        }
        straddleEpoch++;
        flushFront();
    }

    /** Forgets everything, as after a restore. */
    void clear() {
        Arrays.fill(blocks, null);
        hot.clear();
        for (Block[] table : front) {
            Arrays.fill(table, null);
        }
        straddleEpoch++;
        decoded = 0;
        flushTranslations();
    }

    /** The block at {@code pc} in the current mode; throws what fetching there throws. */
    Block find(long pc) {
        long physical = fetch(pc);
        int page = ram.pageOf(physical);
        if (page < 0) {
            // Code runs from RAM only; devices have nothing to execute.
            throw state.trap.with(GuestTrap.FETCH_ACCESS, pc);
        }
        int half = (int) physical >>> 1 & 2047;
        Block block = table(page)[half];
        if (block == null || block.straddles() && !stillTrue(block, pc)) {
            if (decoded > MAX_DECODED) {
                clear();
            }
            block = decode(pc, physical, page);
            table(page)[half] = block;
            decoded += block.count;
        }
        enterFront(pc, physical, block);
        return block;
    }

    private Block[] table(int page) {
        Block[][] chunk = blocks[page / PAGES_PER_CHUNK];
        if (chunk == null) {
            chunk = new Block[PAGES_PER_CHUNK][];
            blocks[page / PAGES_PER_CHUNK] = chunk;
        }
        Block[] table = chunk[page % PAGES_PER_CHUNK];
        if (table == null) {
            table = new Block[2048];
            chunk[page % PAGES_PER_CHUNK] = table;
        }
        return table;
    }

    private boolean stillTrue(Block block, long pc) {
        return block.straddleEpoch == straddleEpoch && fetch(pc + 2) == block.secondPage;
    }

    private void enterFront(long pc, long physical, Block block) {
        if (!mmu.cacheable(physical, state.mode)) {
            return;
        }
        int index = (int) (pc >>> 1) & FRONT_MASK;
        frontTag[state.mode][index] = pc;
        front[state.mode][index] = block;
        notePage(pc >>> 12);
        if (block.straddles()) {
            notePage(pc + 2 >>> 12);
        }
        frontEmpty = false;
    }

    private void notePage(long page) {
        frontPages[(int) page >>> 6 & 15] |= 1L << page;
    }

    /** Physical address of an instruction halfword. */
    private long fetch(long address) {
        int index = (int) (address >>> 12) & FETCH_ENTRIES - 1;
        int mode = state.mode;
        if (fetchTag[mode][index] == address >>> 12) {
            return fetchPage[mode][index] | address & 4095;
        }
        long physical = mmu.translate(address, 2, Access.FETCH, mode, false);
        if (mmu.cacheable(physical, mode) && ram.pageOf(physical) >= 0) {
            fetchTag[mode][index] = address >>> 12;
            fetchPage[mode][index] = physical & -4096L;
            fetchEmpty = false;
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
        return new Block(Arrays.copyOf(scratchCode, count), Arrays.copyOf(scratchOffset, count + 1), count, -1, 0);
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
        return new Block(new long[] {word}, new short[] {0, 4}, 1, straddleEpoch, second);
    }
}
