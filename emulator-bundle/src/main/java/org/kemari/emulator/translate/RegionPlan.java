package org.kemari.emulator.translate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.PageProfile;

/**
 * The basic blocks of a region, in reverse postorder: what is reached from its entry on the ways that {@link PageFlow}
 * follows, within a number of instructions. Nearest first, so that an inner loop is in whole.
 */
final class RegionPlan {
    private final Map<Integer, BasicBlock> byStart = new HashMap<>();
    private final List<BasicBlock> blocks = new ArrayList<>();
    private final PageCode code;
    private final PageFlow flow;

    /** Behind the calls that are followed. */
    private final BitSet returns = new BitSet();

    private RegionPlan(PageCode code, PageProfile profile) {
        this.code = code;
        flow = new PageFlow(code, profile);
    }

    /**
     * Plans a region.
     *
     * @return a plan without blocks if not even the first instruction can be translated
     */
    static RegionPlan of(PageCode code, PageProfile profile, int entry, int maxInstructions) {
        RegionPlan plan = new RegionPlan(code, profile);
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
        plan.connect();
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

    /**
     * False where entering and leaving costs more than is gained: of one instruction, which is worth it only as a way
     * from region to region, and if no region will take it in.
     */
    boolean worthwhile() {
        if (instructionCount() != 1) {
            return !blocks.isEmpty();
        }
        long word = blocks.get(0).last();
        int op = Op.op(word);
        return op == Op.JALR || Op.isBranch(op) || op == Op.JAL && !flow.mayFollowLater(word);
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
                if (Op.isBranch(op)) {
                    lead(PageCode.target(word), leaders, waiting);
                    lead(next, leaders, waiting);
                    break;
                }
                if (op == Op.JAL) {
                    if (PageCode.isJump(word)) {
                        lead(PageCode.target(word), leaders, waiting);
                    } else if (flow.follows(word, entry)) {
                        returns.set(next);
                        lead(PageCode.target(word), leaders, waiting);
                        lead(next, leaders, waiting);
                    }
                    break;
                }
                if (op == Op.JALR) {
                    if (PageCode.isComputedJump(word)) {
                        flow.cases().stream().forEach(target -> lead(target, leaders, waiting));
                    }
                    break;
                }
                at = next;
            }
        }
        return included;
    }

    private void lead(int offset, BitSet leaders, Deque<Integer> waiting) {
        if (flow.leadsTo(offset)) {
            leaders.set(offset);
            waiting.add(offset);
        }
    }

    /** Tells the blocks that end with a jump through a register where that may lead. */
    private void connect() {
        for (BasicBlock block : byStart.values()) {
            if (block.end == BasicBlock.End.INDIRECT) {
                block.targets = foreseen(block.last()).stream()
                        .filter(byStart::containsKey)
                        .toArray();
            }
        }
    }

    private BitSet foreseen(long word) {
        if (PageCode.isReturn(word)) {
            return returns;
        }
        return PageCode.isComputedJump(word) ? flow.cases() : new BitSet();
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
            if (Op.isBranch(op) || op == Op.JAL) {
                end = op == Op.JAL ? BasicBlock.End.JUMP : BasicBlock.End.BRANCH;
                taken = PageCode.target(word);
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

    /** The block to which a branch or jump leads, or null if that leads out. */
    BasicBlock taken(BasicBlock from) {
        boolean followed =
                from.end == BasicBlock.End.BRANCH || PageCode.isJump(from.last()) || returns.get(from.next());
        return followed ? byStart.get(from.taken) : null;
    }

    /** The block behind one that may go on there, or null if that leads out. */
    BasicBlock behind(BasicBlock from) {
        return from.fallsThrough() ? byStart.get(from.next()) : null;
    }

    /** All blocks to which a block may lead; the one behind it last. */
    private List<BasicBlock> successors(BasicBlock from) {
        List<BasicBlock> successors = new ArrayList<>();
        switch (from.end) {
            case BRANCH, JUMP -> successors.add(taken(from));
            case INDIRECT -> Arrays.stream(from.targets).mapToObj(byStart::get).forEach(successors::add);
            case FALL -> {}
        }
        successors.add(behind(from));
        successors.removeIf(Objects::isNull);
        return successors;
    }

    /** Depth first, without recursion: a region may be a chain of as many blocks as it has instructions. */
    private void order(BasicBlock entry) {
        Deque<BasicBlock> path = new ArrayDeque<>();
        Map<BasicBlock, Iterator<BasicBlock>> ways = new HashMap<>();
        path.push(entry);
        // The block behind comes last here, so that it comes next in the order.
        ways.put(entry, successors(entry).iterator());
        while (!path.isEmpty()) {
            BasicBlock block = path.peek();
            Iterator<BasicBlock> left = ways.get(block);
            if (!left.hasNext()) {
                path.pop();
                blocks.add(0, block);
                continue;
            }
            BasicBlock next = left.next();
            if (!ways.containsKey(next)) {
                ways.put(next, successors(next).iterator());
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
            for (BasicBlock next : successors(waiting.poll())) {
                if (next == target) {
                    return true;
                }
                if (seen.add(next)) {
                    waiting.add(next);
                }
            }
        }
        return false;
    }

    private void measure() {
        for (int i = blocks.size() - 1; i >= 0; i--) {
            BasicBlock block = blocks.get(i);
            int longest = 0;
            for (BasicBlock next : successors(block)) {
                longest = Math.max(longest, retreats(block, next) ? 0 : next.need);
            }
            block.need = block.count() + longest;
        }
    }

    /** True of an edge that may close a loop: there, what is left is looked at. */
    static boolean retreats(BasicBlock from, BasicBlock to) {
        return to.order <= from.order;
    }
}
