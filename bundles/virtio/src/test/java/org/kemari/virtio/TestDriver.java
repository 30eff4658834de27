package org.kemari.virtio;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.kemari.conformance.Rig;
import org.kemari.conformance.TestMemory;

/** A guest's virtio driver: brings a device up, makes buffers available, takes used ones back. Or lies. */
public final class TestDriver {
    public static final int QUEUE_SIZE = 16;
    private static final int QUEUE_BYTES = 0x1000;
    private static final int DESCRIPTORS = 0;
    private static final int AVAILABLE = 0x400;
    private static final int USED = 0x600;
    private static final int INDIRECT_TABLES = 0x800;
    private static final int INDIRECT_PARTS = 8;

    /** Part of a buffer. */
    public record Part(long address, int lengthBytes, boolean writable) {}

    /** A buffer that the device gave back. */
    public record Used(int head, int lengthBytes) {}

    private final Rig rig;
    private final int queues;
    private final boolean eventIndex;
    private final List<ArrayDeque<Integer>> free = new ArrayList<>();
    private final List<Map<Integer, List<Integer>>> chains = new ArrayList<>();
    private final int[] available;
    private final int[] used;

    public TestDriver(Rig rig, int queues, boolean eventIndex) {
        this.rig = rig;
        this.queues = queues;
        this.eventIndex = eventIndex;
        available = new int[queues];
        used = new int[queues];
    }

    private static long queueAddress(int queue) {
        return TestMemory.BASE + (long) queue * QUEUE_BYTES;
    }

    /** First address that no queue uses. */
    public long firstFree() {
        return queueAddress(queues);
    }

    public Rig rig() {
        return rig;
    }

    /** Virtio 1.1 §3.1.1, §4.2.3.2. */
    public void start(long features) {
        long accepted = features | 1L << 32 | 1L << 28 | (eventIndex ? 1L << 29 : 0);
        write(0x70, 0);
        write(0x70, 1);
        write(0x70, 3);
        for (int half = 0; half < 2; half++) {
            write(0x24, half);
            write(0x20, (int) (accepted >>> 32 * half));
        }
        write(0x70, 11);
        free.clear();
        chains.clear();
        for (int queue = 0; queue < queues; queue++) {
            ArrayDeque<Integer> all = new ArrayDeque<>();
            for (int index = 0; index < QUEUE_SIZE; index++) {
                all.add(index);
            }
            free.add(all);
            chains.add(new HashMap<>());
            available[queue] = 0;
            used[queue] = 0;
            long base = queueAddress(queue);
            rig.poke(base, new byte[INDIRECT_TABLES]);
            write(0x30, queue);
            write(0x38, QUEUE_SIZE);
            address(0x80, base + DESCRIPTORS);
            address(0x90, base + AVAILABLE);
            address(0xA0, base + USED);
            write(0x44, 1);
        }
        write(0x70, 15);
    }

    private void address(int register, long address) {
        write(register, (int) address);
        write(register + 4, (int) (address >>> 32));
    }

    public void write(int register, int value) {
        rig.write(register, 4, value & 0xFFFFFFFFL);
    }

    public int read(int register) {
        return (int) rig.read(register, 4);
    }

    public boolean needsReset() {
        return (read(0x70) & 64) != 0;
    }

    public int freeDescriptors(int queue) {
        return free.get(queue).size();
    }

    /** The head that {@link #add} will take. */
    public int nextHead(int queue) {
        return free.get(queue).element();
    }

    /** Makes a buffer available; {@code indirect} puts its parts in a table of its own. Gives its head. */
    public int add(int queue, List<Part> parts, boolean indirect) {
        long base = queueAddress(queue);
        List<Integer> taken = new ArrayList<>();
        int needed = indirect ? 1 : parts.size();
        for (int index = 0; index < needed; index++) {
            taken.add(free.get(queue).remove());
        }
        int head = taken.get(0);
        if (indirect) {
            long table = base + INDIRECT_TABLES + (long) (head % INDIRECT_PARTS) * INDIRECT_PARTS * 16;
            for (int index = 0; index < parts.size(); index++) {
                descriptor(table, index, parts.get(index), index + 1 < parts.size() ? index + 1 : -1);
            }
            rig.poke64(base + 16L * head, table);
            rig.poke32(base + 16L * head + 8, parts.size() * 16);
            rig.poke16(base + 16L * head + 12, 4);
        } else {
            for (int index = 0; index < parts.size(); index++) {
                descriptor(base, taken.get(index), parts.get(index), index + 1 < needed ? taken.get(index + 1) : -1);
            }
        }
        chains.get(queue).put(head, taken);
        publish(queue, head);
        return head;
    }

    public void descriptor(long table, int index, Part part, int next) {
        long at = table + 16L * index;
        rig.poke64(at, part.address());
        rig.poke32(at + 8, part.lengthBytes());
        rig.poke16(at + 12, (part.writable() ? 2 : 0) | (next >= 0 ? 1 : 0));
        rig.poke16(at + 14, Math.max(next, 0));
    }

    /** Puts a head into the available ring as it is. */
    public void publish(int queue, int head) {
        long ring = queueAddress(queue) + AVAILABLE;
        rig.poke16(ring + 4 + 2L * (available[queue] % QUEUE_SIZE), head);
        available[queue] = available[queue] + 1 & 0xFFFF;
        rig.poke16(ring + 2, available[queue]);
    }

    public long descriptorTable(int queue) {
        return queueAddress(queue) + DESCRIPTORS;
    }

    public long availableRing(int queue) {
        return queueAddress(queue) + AVAILABLE;
    }

    public long usedRing(int queue) {
        return queueAddress(queue) + USED;
    }

    public void kick(int queue) {
        write(0x50, queue);
    }

    public void acknowledge() {
        write(0x64, read(0x60));
    }

    /** §2.6.7: asks for an interrupt at the next used buffer. */
    public void askForInterrupt(int queue, int after) {
        rig.poke16(queueAddress(queue) + AVAILABLE + 4 + 2L * QUEUE_SIZE, used[queue] + after);
    }

    public int usedSeen(int queue) {
        return used[queue];
    }

    /** Takes back what the device has used. */
    public List<Used> reap(int queue) {
        List<Used> reaped = new ArrayList<>();
        long ring = queueAddress(queue) + USED;
        // Bounded: after a lie the ring may hold anything.
        for (int index = rig.peek16(ring + 2);
                used[queue] != index && reaped.size() < QUEUE_SIZE;
                used[queue] = used[queue] + 1 & 0xFFFF) {
            long entry = ring + 4 + 8L * (used[queue] % QUEUE_SIZE);
            int head = rig.peek32(entry);
            List<Integer> back = chains.get(queue).remove(head);
            if (back != null) {
                free.get(queue).addAll(back);
            }
            reaped.add(new Used(head, rig.peek32(entry + 4)));
        }
        return reaped;
    }

    /** One lie: a random value at a random place of a queue, or in a random register. */
    public void lie(Random random) {
        long base = queueAddress(random.nextInt(queues));
        int[] lengths = {0, 1, 16, 4096, -1, Integer.MIN_VALUE, random.nextInt()};
        switch (random.nextInt(7)) {
            case 0 -> rig.poke16(base + 16L * random.nextInt(QUEUE_SIZE) + 12, random.nextInt(8));
            case 1 -> rig.poke16(base + 16L * random.nextInt(QUEUE_SIZE) + 14, random.nextInt(QUEUE_SIZE + 2));
            case 2 -> rig.poke32(base + 16L * random.nextInt(QUEUE_SIZE) + 8, lengths[random.nextInt(lengths.length)]);
            case 3 -> rig.poke64(base + 16L * random.nextInt(QUEUE_SIZE), random.nextLong());
            case 4 -> rig.poke16(base + AVAILABLE + 2L * random.nextInt(QUEUE_SIZE + 3), random.nextInt(1 << 16));
            case 5 -> rig.poke32(base + INDIRECT_TABLES + 4L * random.nextInt(256), random.nextInt(QUEUE_BYTES));
            default ->
                rig.write(
                        4 * random.nextInt(0x44), random.nextInt(8) == 0 ? 8 : 4, random.nextInt(4) - 1 & 0xFFFFFFFFL);
        }
        if (random.nextBoolean()) {
            kick(random.nextInt(queues));
        }
    }
}
