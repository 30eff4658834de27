package org.kemari.emulator.machine;

import java.util.List;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;

/** Executes a board along a journal of inputs. */
final class Journal {
    private Journal() {}

    record Entry(long count, Input input) {}

    /** Runs {@code board} to {@code end}, cutting every {@code cut} instructions. */
    static void replay(VirtBoard board, List<Entry> journal, long end, long cut) {
        for (Entry entry : journal) {
            advanceTo(board, entry.count, cut);
            board.apply(entry.input);
        }
        advanceTo(board, end, cut);
    }

    private static void advanceTo(VirtBoard board, long count, long cut) {
        while (board.count() < count) {
            long done = board.advance(Math.min(cut, count - board.count()));
            if (done == 0 && board.idle()) {
                throw new AssertionError("idle at " + board.count() + ", the journal goes on at " + count);
            }
        }
    }

    static DeviceHost host(VirtBoard board, DeviceSlot slot) {
        return new DeviceHost() {
            @Override
            public String vm() {
                return "replay";
            }

            @Override
            public GuestMemory memory() {
                return board.ram();
            }

            @Override
            public InterruptLine interrupt() {
                return slot.line();
            }

            @Override
            public Inbox inbox() {
                return input -> false;
            }
        };
    }
}
