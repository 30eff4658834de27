package org.kemari.ft.twin;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.GuestRam;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.machine.InputListener;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.machine.MachineListener;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;
import org.kemari.api.machine.MachineTask;
import org.kemari.api.machine.MachineView;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.tap.Output;

/**
 * A machine with real pages and a small deterministic program: at step n it changes pages that n decides, writes a block
 * to its disk, and now and then says the number of the step. Its whole state is RAM and the number, so the state of each
 * step can be computed again and compared.
 */
public final class CounterMachine implements Machine, AutoCloseable {
    static final int PAGES = 256;
    static final int DISK_BLOCKS = 64;
    static final int BLOCK = 512;

    private final MachineConfig config;
    private final Queue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Queue<Input> inbox = new LinkedBlockingQueue<>();
    private final ConcurrentSkipListSet<String> throttles = new ConcurrentSkipListSet<>();
    private final List<MachineListener> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private final Pages ram;
    private final FakePort net;
    private final FakeDisk disk;
    private volatile MachineState state = MachineState.CREATED;
    private volatile boolean ended;
    private volatile boolean powerOff;
    private volatile long instructions;
    private volatile long restoredAt = -1;

    /** What it says is hot; a list that begins with anything but 1 is none. */
    volatile byte[] hotCode = {1, 2, 3};

    /** What it was told last. */
    volatile byte[] foretold = {};

    private InputListener inputs;
    private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
    private final List<String> echoed = new CopyOnWriteArrayList<>();
    private final long nanosPerStep;
    private volatile Runnable closeDevices = () -> {};

    /** As devices go when the machine is over. */
    void onEnd(Runnable closing) {
        closeDevices = closing;
    }

    public CounterMachine(long memoryBytes, long nanosPerStep) {
        this.nanosPerStep = nanosPerStep;
        ram = new Pages((int) (memoryBytes / GuestRam.PAGE_BYTES));
        config = new MachineConfig(
                "web",
                MachineConfig.TYPE_RISCV64_VIRT,
                memoryBytes,
                1,
                Optional.empty(),
                Optional.empty(),
                MachineConfig.FIRMWARE_NONE,
                "",
                List.of(
                        new DeviceSpec("virtio-net", "net0", Map.of(DeviceSpec.MAC, "52:54:00:00:00:01")),
                        new DeviceSpec("virtio-blk", "disk0", Map.of())),
                Optional.empty());
        net = new FakePort("net0");
        disk = new FakeDisk("disk0", DISK_BLOCKS * BLOCK);
        thread = new Thread(this::run, "machine");
        thread.setDaemon(true);
        thread.start();
    }

    public FakePort net() {
        return net;
    }

    public FakeDisk disk() {
        return disk;
    }

    /** What the guest has taken in from its keyboard, here. */
    public byte[] typed() {
        return call(view -> typed.toByteArray()).join();
    }

    public List<String> echoed() {
        return echoed;
    }

    /** The guest switches itself off. */
    public void powerOff() {
        powerOff = true;
    }

    /** The guest changes so many pages beyond those of its program. */
    public void touch(int count) {
        call(view -> {
                    byte[] page = new byte[GuestRam.PAGE_BYTES];
                    for (int i = 0; i < count; i++) {
                        ByteBuffer.wrap(page).putLong(instructions);
                        ram.load(PAGES + i, page, 0);
                    }
                    return null;
                })
                .join();
    }

    /** True while something holds the guest back. */
    public boolean throttled() {
        return !throttles.isEmpty();
    }

    public void kill() {
        state = MachineState.FAILED;
        ended = true;
        synchronized (tasks) {
            tasks.notifyAll();
        }
    }

    private void run() {
        while (!ended) {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
                continue;
            }
            if (state == MachineState.RUNNING && powerOff) {
                state(MachineState.STOPPED, "power off");
                ended = true;
                closeDevices.run();
            } else if (state == MachineState.RUNNING && throttles.isEmpty()) {
                Input input = inbox.poll();
                if (input != null) {
                    take(input);
                }
                step();
                if (nanosPerStep > 0) {
                    idle(nanosPerStep);
                }
            } else {
                idle(1_000_000);
            }
        }
        // Like a machine that has stopped: what still comes fails.
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void idle(long nanos) {
        synchronized (tasks) {
            if (tasks.isEmpty() && !ended) {
                try {
                    tasks.wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
                } catch (InterruptedException e) {
                    ended = true;
                }
            }
        }
    }

    private void take(Input input) {
        if (inputs != null) {
            inputs.taken(instructions, input);
        }
        if (input instanceof Input.FrameReceived frame) {
            echoed.add(new String(frame.frame().array(), java.nio.charset.StandardCharsets.UTF_8));
        } else if (input instanceof Input.BytesReceived keys) {
            typed.write(keys.bytes(), 0, keys.bytes().length);
        }
    }

    private void step() {
        long n = ++instructions;
        write(ram, n);
        disk.say(new Output.Block(n, blockOf(n)));
        if (n % 3 == 0) {
            net.say(new Output.Frame(frame(n)));
        }
    }

    static BlockRequest blockOf(long n) {
        byte[] data = new byte[BLOCK];
        ByteBuffer.wrap(data).putLong(n);
        return BlockRequest.write(n % DISK_BLOCKS * BLOCK, ByteBuffer.wrap(data));
    }

    static byte[] frame(long n) {
        return ByteBuffer.allocate(60)
                .put(new byte[] {2, 0, 0, 0, 0, 9, 0x52, 0x54, 0, 0, 0, 1, 0x08, 0x00})
                .position(26)
                .put(new byte[] {10, 0, 0, 2})
                .putLong(40, n)
                .array();
    }

    static long numberOf(byte[] frame) {
        return ByteBuffer.wrap(frame).getLong(40);
    }

    private static void write(Pages pages, long n) {
        byte[] page = new byte[GuestRam.PAGE_BYTES];
        int number = (int) (n * 7 % PAGES);
        pages.read(number, page, 0);
        ByteBuffer.wrap(page).putLong((int) (n % 500) * 8, n);
        pages.load(number, page, 0);
        if (n % 11 == 0) {
            pages.clear((number + 13) % PAGES);
        }
    }

    /** RAM as it is after step n, from reset. */
    static String digestAfter(long n) {
        Pages pages = new Pages(PAGES);
        for (long i = 1; i <= n; i++) {
            write(pages, i);
        }
        return pages.digest();
    }

    /** All but RAM, as it is after step n. */
    static byte[] stateAt(long n) {
        return ByteBuffer.allocate(16).putLong(0x4b4d).putLong(n).array();
    }

    /** The step at which a state was restored last, -1 if none was. */
    public long restoredAt() {
        return restoredAt;
    }

    /** Step and RAM at one moment. */
    public record Moment(long step, String digest, byte[] image) {}

    public Moment moment() {
        return call(view -> new Moment(instructions, ram.digest(), disk.image()))
                .join();
    }

    static byte[] imageAfter(long n) {
        byte[] image = new byte[DISK_BLOCKS * BLOCK];
        for (long i = Math.max(1, n - DISK_BLOCKS + 1); i <= n; i++) {
            blockOf(i).data().get(image, (int) blockOf(i).offset(), BLOCK);
        }
        return image;
    }

    public String ramDigest() {
        return call(view -> ram.digest()).join();
    }

    @Override
    public MachineConfig config() {
        return config;
    }

    @Override
    public MachineStatus status() {
        return new MachineStatus(state, "", instructions, 0, OptionalInt.empty(), 0, 0);
    }

    private void state(MachineState to, String reason) {
        MachineState from = state;
        state = to;
        listeners.forEach(listener -> listener.stateChanged(this, from, to, reason));
    }

    @Override
    public void start() {
        if (state == MachineState.STOPPED || state == MachineState.FAILED) {
            throw new IllegalStateException("the machine is " + state);
        }
        call(view -> {
            state(MachineState.RUNNING, "");
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> pause(String reason) {
        return call(view -> {
            state(MachineState.PAUSED, reason);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> stop(String reason) {
        return call(view -> {
            state(MachineState.STOPPED, reason);
            ended = true;
            return null;
        });
    }

    @Override
    public Inbox inbox() {
        return input -> inbox.offer(input);
    }

    @Override
    public <T> CompletableFuture<T> call(MachineTask<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable run = () -> {
            if (ended) {
                result.completeExceptionally(new IllegalStateException("the machine is " + state));
                return;
            }
            try {
                result.complete(task.run(new View()));
            } catch (Exception | AssertionError e) {
                result.completeExceptionally(e);
            }
        };
        if (ended) {
            run.run();
        } else {
            tasks.add(run);
            synchronized (tasks) {
                tasks.notifyAll();
            }
            if (!thread.isAlive()) {
                run.run();
            }
        }
        return result;
    }

    @Override
    public void throttle(String cause, boolean on) {
        if (on) {
            throttles.add(cause);
        } else {
            throttles.remove(cause);
        }
    }

    @Override
    public CompletableFuture<Void> snapshot(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addListener(MachineListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(MachineListener listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {
        kill();
    }

    private final class View implements MachineView {
        @Override
        public long instructionCount() {
            return instructions;
        }

        @Override
        public long guestNanos() {
            return 0;
        }

        @Override
        public GuestRam ram() {
            return ram;
        }

        @Override
        public byte[] saveState() {
            return stateAt(instructions);
        }

        @Override
        public void restoreState(byte[] saved) throws StateFormatException {
            if (saved.length != 16 || ByteBuffer.wrap(saved).getLong() != 0x4b4d) {
                throw new StateFormatException("not this machine's state");
            }
            instructions = ByteBuffer.wrap(saved).getLong(8);
            restoredAt = instructions;
        }

        @Override
        public byte[] hotCode() {
            return hotCode.clone();
        }

        @Override
        public void foretell(byte[] list) throws StateFormatException {
            foretold = list;
            if (list[0] != 1) {
                throw new StateFormatException("not this machine's hot code");
            }
        }

        @Override
        public byte[] digest() {
            return ram.digest().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public void listenInputs(Optional<InputListener> listener) {
            inputs = listener.orElse(null);
        }
    }

    /** RAM with any number of trackers. */
    private static final class Pages implements GuestRam {
        private final byte[][] pages;
        private final List<BitSet> trackers = new CopyOnWriteArrayList<>();

        Pages(int pageCount) {
            pages = new byte[pageCount][];
        }

        private void touched(long page) {
            trackers.forEach(tracker -> tracker.set((int) page));
        }

        @Override
        public long pageCount() {
            return pages.length;
        }

        @Override
        public DirtyTracker track() {
            BitSet dirty = new BitSet();
            for (int i = 0; i < pages.length; i++) {
                dirty.set(i, pages[i] != null);
            }
            trackers.add(dirty);
            return new DirtyTracker() {
                @Override
                public long dirtyPages() {
                    return dirty.cardinality();
                }

                @Override
                public int claim(PageSink sink, int maxPages) {
                    int claimed = 0;
                    for (int page = dirty.nextSetBit(0);
                            page >= 0 && claimed < maxPages;
                            page = dirty.nextSetBit(page + 1)) {
                        sink.accept(page, pages[page] == null ? new byte[PAGE_BYTES] : pages[page], 0);
                        dirty.clear(page);
                        claimed++;
                    }
                    return claimed;
                }

                @Override
                public void close() {
                    trackers.removeIf(other -> other == dirty);
                }
            };
        }

        @Override
        public void load(long page, byte[] source, int offset) {
            pages[(int) page] = Arrays.copyOfRange(source, offset, offset + PAGE_BYTES);
            touched(page);
        }

        @Override
        public void read(long page, byte[] target, int offset) {
            byte[] from = pages[(int) page];
            if (from == null) {
                Arrays.fill(target, offset, offset + PAGE_BYTES, (byte) 0);
            } else {
                System.arraycopy(from, 0, target, offset, PAGE_BYTES);
            }
        }

        @Override
        public void clear(long page) {
            pages[(int) page] = null;
            touched(page);
        }

        String digest() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                byte[] page = new byte[PAGE_BYTES];
                for (int i = 0; i < PAGES; i++) {
                    read(i, page, 0);
                    digest.update(page);
                }
                return java.util.HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
