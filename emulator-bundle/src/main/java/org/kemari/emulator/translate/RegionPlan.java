package org.kemari.emulator.translate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kemari.emulator.cpu.Op;

/**
 * The basic blocks of a region, in reverse postorder: what is reached from its entry without leaving the page, without a
 * call, and within a number of instructions. Nearest first, so that an inner loop is in whole.
 */
final class RegionPlan {
    private final Map<Integer, BasicBlock> byStart = new HashMap<>();
    private final List<BasicBlock> blocks = new ArrayList<>();
    private final PageCode code;

    private RegionPlan(PageCode code) {
        this.code = code;
    }

    /**
     * Plans a region.
     *
     * @return a plan without blocks if not even the first instruction can be translated
     */
    static RegionPlan of(PageCode code, int entry, int maxInstructions) {
        RegionPlan plan = new RegionPlan(code);
        BitSet leaders = new BitSet();
        BitSet included = plan.reach(entry, maxInstructions, leaders);
        if (included.isEmpty()) {
            return plan;
        }
        for (int start = leaders.nextSetBit(0); start >= 0; start = leaders.nextSetBit(start + 1)) {
            if (included.get(start)) {
                plan.byStart.put(start, plan.block(start, included, leaders));
            }
        }
        plan.order(plan.byStart.get(entry));
        plan.measure();
        return plan;
    }

    /** In reverse postorder: the entry first. */
    List<BasicBlock> blocks() {
        return blocks;
    }

    /** The block that begins at this page offset, or null if it is not in the region. */
    BasicBlock at(int offset) {
        return byStart.get(offset);
    }

    int instructionCount() {
        return blocks.stream().mapToInt(BasicBlock::count).sum();
    }

    /** The bytes that are translated, as pairs of from and to (exclusive), merged where they touch. */
    int[] ranges() {
        BasicBlock[] sorted = blocks.toArray(BasicBlock[]::new);
        Arrays.sort(sorted, (a, b) -> Integer.compare(a.start, b.start));
        int[] ranges = new int[2 * sorted.length];
        int count = 0;
        for (BasicBlock block : sorted) {
            if (count > 0 && ranges[count - 1] >= block.start) {
                ranges[count - 1] = Math.max(ranges[count - 1], block.next());
            } else {
                ranges[count++] = block.start;
                ranges[count++] = block.next();
            }
        }
        return Arrays.copyOf(ranges, count);
    }

    /** Marks the instructions that are in, and where blocks begin. */
    private BitSet reach(int entry, int maxInstructions, BitSet leaders) {
        BitSet included = new BitSet();
        Deque<Integer> waiting = new ArrayDeque<>();
        leaders.set(entry);
        waiting.add(entry);
        int count = 0;
        while (!waiting.isEmpty() && count < maxInstructions) {
            int at = waiting.poll();
            while (count < maxInstructions && !included.get(at) && code.translatable(at)) {
                included.set(at);
                count++;
                long word = code.word(at);
                int next = code.next(at);
                int op = Op.op(word);
                if (PageCode.isBranch(op)) {
                    lead((int) (word >> 32), leaders, waiting);
                    lead(next, leaders, waiting);
                    break;
                }
                if (op == Op.JAL) {
                    if (Op.rd(word) == Op.SINK) {
                        lead((int) (word >> 32), leaders, waiting);
                    }
                    break;
                }
                if (op == Op.JALR) {
                    break;
                }
                at = next;
            }
        }
        return included;
    }

    private static void lead(int offset, BitSet leaders, Deque<Integer> waiting) {
        if (offset >= 0 && offset < PageCode.PAGE_BYTES) {
            leaders.set(offset);
            waiting.add(offset);
        }
    }

    private BasicBlock block(int start, BitSet included, BitSet leaders) {
        List<Long> words = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int at = start;
        BasicBlock.End end = BasicBlock.End.FALL;
        int taken = -1;
        do {
            long word = code.word(at);
            words.add(word);
            offsets.add(at);
            at = code.next(at);
            int op = Op.op(word);
            if (PageCode.isBranch(op) || op == Op.JAL) {
                end = op == Op.JAL ? BasicBlock.End.JUMP : BasicBlock.End.BRANCH;
                taken = (int) (word >> 32);
            } else if (op == Op.JALR) {
                end = BasicBlock.End.INDIRECT;
            }
        } while (end == BasicBlock.End.FALL
                && included.get(at)
                && !leaders.get(at)
                && words.size() < PageCode.MAX_BLOCK);
        if (end == BasicBlock.End.FALL && included.get(at)) {
            // Too long for one: the next begins here.
            leaders.set(at);
        }
        offsets.add(at);
        return new BasicBlock(
                words.stream().mapToLong(Long::longValue).toArray(),
                offsets.stream().mapToInt(Integer::intValue).toArray(),
                end,
                taken);
    }

    /** The block to which an edge leads, or null if it leads out. A call leads out though its target be in. */
    BasicBlock successor(BasicBlock from, boolean taken) {
        if (taken) {
            boolean call = from.end == BasicBlock.End.JUMP && Op.rd(from.words[from.count() - 1]) != Op.SINK;
            return from.hasTaken() && !call ? byStart.get(from.taken) : null;
        }
        return from.fallsThrough() ? byStart.get(from.next()) : null;
    }

    /** Depth first, without recursion: a region may be a chain of as many blocks as it has instructions. */
    private void order(BasicBlock entry) {
        Deque<BasicBlock> path = new ArrayDeque<>();
        Map<BasicBlock, Integer> visits = new HashMap<>();
        path.push(entry);
        visits.put(entry, 0);
        while (!path.isEmpty()) {
            BasicBlock block = path.peek();
            int visit = visits.merge(block, 1, Integer::sum);
            if (visit > 2) {
                path.pop();
                blocks.add(0, block);
                continue;
            }
            // The way that is not taken last, so that it comes next in the order.
            BasicBlock next = successor(block, visit == 1);
            if (next != null && visits.putIfAbsent(next, 0) == null) {
                path.push(next);
            }
        }
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).order = i;
        }
    }

    /** The blocks that may be executed more than once without leaving the region. */
    List<BasicBlock> loops() {
        List<BasicBlock> loops = new ArrayList<>();
        for (BasicBlock block : blocks) {
            if (reaches(block, block)) {
                loops.add(block);
            }
        }
        return loops;
    }

    private boolean reaches(BasicBlock from, BasicBlock target) {
        Set<BasicBlock> seen = new HashSet<>();
        Deque<BasicBlock> waiting = new ArrayDeque<>();
        waiting.add(from);
        while (!waiting.isEmpty()) {
            BasicBlock block = waiting.poll();
            for (BasicBlock next : new BasicBlock[] {successor(block, true), successor(block, false)}) {
                if (next == target) {
                    return true;
                }
                if (next != null && seen.add(next)) {
                    waiting.add(next);
                }
            }
        }
        return false;
    }

    private void measure() {
        for (int i = blocks.size() - 1; i >= 0; i--) {
            BasicBlock block = blocks.get(i);
            block.need = block.count() + Math.max(needOf(block, true), needOf(block, false));
        }
    }

    private int needOf(BasicBlock from, boolean taken) {
        BasicBlock to = successor(from, taken);
        return to == null || retreats(from, to) ? 0 : to.need;
    }

    /** True of an edge that may close a loop: there, what is left is looked at. */
    static boolean retreats(BasicBlock from, BasicBlock to) {
        return to.order <= from.order;
    }
}
