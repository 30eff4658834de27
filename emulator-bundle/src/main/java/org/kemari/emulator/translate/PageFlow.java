package org.kemari.emulator.translate;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.kemari.emulator.cpu.Op;
import org.kemari.emulator.cpu.PageProfile;

/**
 * Where code of one page goes, as far as a region follows it: ways that were taken before; calls of short functions in
 * the page; and jumps through a register to where nothing else leads, as to the cases of a switch.
 */
final class PageFlow {
    /** Of a function whose calls are followed, with those that it calls. */
    private static final int MAX_FUNCTION_INSTRUCTIONS = 40;

    private static final int MAX_CALL_DEPTH = 2;

    /** Beyond that the code is no one switch, but a page of functions that are entered from elsewhere. */
    private static final int MAX_CASES = 16;

    private final PageCode code;
    private final PageProfile profile;
    private final Map<Integer, BitSet> bodies = new HashMap<>();
    private BitSet cases;

    PageFlow(PageCode code, PageProfile profile) {
        this.code = code;
        this.profile = profile;
    }

    /** True of an offset in the page to which a way led before, or may have. */
    boolean leadsTo(int offset) {
        return PageCode.contains(offset) && profile.met(offset);
    }

    /**
     * True of a call whose way through the function and back is followed: of a short one, or of the one in which
     * the region begins, which calls itself.
     */
    boolean follows(long word, int entry) {
        int function = PageCode.target(word);
        return PageCode.isCall(word)
                && PageCode.contains(function)
                && profile.warm(function)
                && (body(function).get(entry) || length(function, MAX_CALL_DEPTH) <= MAX_FUNCTION_INSTRUCTIONS);
    }

    /** True of a call that is not followed yet: of a function of the page that is not known to be executed often. */
    boolean mayFollowLater(long word) {
        int function = PageCode.target(word);
        return PageCode.contains(function) && !profile.warm(function);
    }

    /** Number of instructions of a function and of what it calls; too many if it does not come back on the ways known. */
    private int length(int function, int depth) {
        int tooMany = MAX_FUNCTION_INSTRUCTIONS + 1;
        BitSet body = body(function);
        int length = body.cardinality();
        for (int at = body.nextSetBit(0); at >= 0; at = body.nextSetBit(at + 1)) {
            if (!code.translatable(at) || length >= tooMany) {
                return tooMany;
            }
            long word = code.word(at);
            int op = Op.op(word);
            boolean inPage = PageCode.contains(PageCode.target(word));
            if (PageCode.isCall(word) && inPage && depth > 0) {
                length += length(PageCode.target(word), depth - 1);
            } else if (op == Op.JAL && !(PageCode.isJump(word) && inPage)
                    || op == Op.JALR && !PageCode.isReturn(word)) {
                return tooMany;
            }
        }
        return length;
    }

    /**
     * The instructions of a function itself, without what it calls, on the ways known; with the first of each way that
     * cannot be translated, or lies behind the page.
     */
    private BitSet body(int function) {
        return bodies.computeIfAbsent(function, this::findBody);
    }

    private BitSet findBody(int function) {
        BitSet body = new BitSet();
        Deque<Integer> waiting = new ArrayDeque<>();
        waiting.add(function);
        while (!waiting.isEmpty()) {
            int at = waiting.poll();
            boolean open = true;
            while (open && !body.get(at)) {
                body.set(at);
                if (!code.translatable(at)) {
                    break;
                }
                long word = code.word(at);
                int op = Op.op(word);
                int target = PageCode.target(word);
                at = code.next(at);
                if (Op.isBranch(op)) {
                    if (leadsTo(target)) {
                        waiting.add(target);
                    }
                    open = leadsTo(at);
                } else if (PageCode.isJump(word)) {
                    if (PageCode.contains(target)) {
                        waiting.add(target);
                    }
                    open = false;
                } else {
                    open = PageCode.isCall(word) || op != Op.JAL && op != Op.JALR;
                }
            }
        }
        return body;
    }

    /** Where computed jumps may lead in this page: warm, and reached in no other way that is known. */
    BitSet cases() {
        if (cases == null) {
            BitSet found = profile.warm();
            for (int at = 0; at < PageCode.PAGE_BYTES && !found.isEmpty(); at += 2) {
                if (profile.met(at)) {
                    clearSuccessors(at, found);
                }
            }
            cases = found.cardinality() <= MAX_CASES ? found : new BitSet();
        }
        return cases;
    }

    /** Takes away what the block that begins here passes or leads to by itself, or where a call at its end returns to. */
    private void clearSuccessors(int block, BitSet from) {
        int at = block;
        boolean open = true;
        while (open && code.translatable(at)) {
            long word = code.word(at);
            int op = Op.op(word);
            boolean jumps = op == Op.JAL || op == Op.JALR;
            if ((Op.isBranch(op) || op == Op.JAL) && PageCode.contains(PageCode.target(word))) {
                from.clear(PageCode.target(word));
            }
            at = code.next(at);
            if (!jumps || Op.rd(word) != Op.SINK) {
                from.clear(at);
            }
            // From where another block begins on, it is that one's turn.
            open = !jumps && !Op.isBranch(op) && !profile.met(at);
        }
    }
}
