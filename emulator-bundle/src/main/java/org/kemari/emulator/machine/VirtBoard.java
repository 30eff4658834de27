package org.kemari.emulator.machine;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.GuestRam;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.board.Clint;
import org.kemari.emulator.board.GoldfishRtc;
import org.kemari.emulator.board.GuestTime;
import org.kemari.emulator.board.HartInterrupts;
import org.kemari.emulator.board.MemoryMap;
import org.kemari.emulator.board.Plic;
import org.kemari.emulator.cpu.CodeTranslator;
import org.kemari.emulator.cpu.Hart;
import org.kemari.emulator.cpu.HartEnvironment;
import org.kemari.emulator.cpu.HotPlace;
import org.kemari.emulator.cpu.TierCounters;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.sbi.SbiPlatform;
import org.kemari.emulator.sbi.SupervisorBinaryInterface;
import org.kemari.emulator.state.EncodedStateReader;
import org.kemari.emulator.state.EncodedStateWriter;

/**
 * The deterministic state machine: harts in round-robin quanta, interrupt controllers, clock and device slots. It is
 * driven by {@link #advance} and {@link #apply} alone; the same sequence of inputs at the same instruction counts gives
 * the same states, wherever {@code advance} is cut in between. Two rules make that so: the hart that is next is chosen
 * when it first executes, not when the one before ends, so that all inputs of one count are in; and timers are driven
 * exactly at the count where guest time reaches them.
 */
public final class VirtBoard implements HartEnvironment, SbiPlatform {
    /** Instructions a hart executes before the next has its turn. */
    static final long QUANTUM = 20_000;

    /** Exit code of a guest that asked for a reset ({@code MachineStatus.exitCode}). */
    static final int EXIT_RESET = 2;

    private static final int STATE_VERSION = 1;

    private final Ram ram;
    private final Hart[] harts;
    private final boolean[] stopped;
    private final Plic plic;
    private final Clint clint;
    private final GoldfishRtc rtc;
    private final GuestTime time = new GuestTime();
    private final DeviceSlot[] slots;
    private final Optional<SupervisorBinaryInterface> sbi;

    private int current;
    private long quantumLeft;
    /** Instructions of all harts but the current. */
    private long othersCount;
    /** The count at which timers are to be driven next. */
    private long timerCount = Long.MAX_VALUE;
    /** The count at which the run under way ends, if nothing cuts it. */
    private long plannedEnd;

    private boolean running;
    private boolean cutRequested;
    private Optional<Ending> ending = Optional.empty();

    /** Why the guest executes no more: it ended itself, or, with a cause, an error of ours. */
    record Ending(int exitCode, String reason, Optional<Throwable> failure) {}

    /**
     * @param builtinSbi true if the emulator answers the SBI calls itself, so that harts other than 0 wait to be started
     */
    public VirtBoard(String vm, Ram ram, int hartCount, List<DeviceSpec> devices, boolean builtinSbi) {
        this.ram = ram;
        this.harts = new Hart[hartCount];
        this.stopped = new boolean[hartCount];
        HartInterrupts lines = (hart, bit, level) -> harts[hart].setInterrupt(bit, level);
        this.plic = new Plic(hartCount, lines);
        this.clint = new Clint(hartCount, lines);
        this.rtc = new GoldfishRtc(plic.line(MemoryMap.RTC_IRQ));
        this.slots = slots(vm, devices);
        this.sbi = builtinSbi ? Optional.of(new SupervisorBinaryInterface(this)) : Optional.empty();
        SystemBus bus = new SystemBus(this);
        for (int id = 0; id < hartCount; id++) {
            harts[id] = new Hart(id, hartCount, ram, bus, this);
            stopped[id] = builtinSbi && id != 0;
        }
    }

    private DeviceSlot[] slots(String vm, List<DeviceSpec> devices) {
        List<DeviceSlot> made = new ArrayList<>();
        int virtio = 0;
        for (DeviceSpec spec : devices) {
            if (spec.type().equals(DevicePlaces.UART_TYPE)) {
                made.add(new DeviceSlot(
                        vm, spec, MemoryMap.UART, (int) MemoryMap.UART_BYTES, plic.line(MemoryMap.UART_IRQ)));
            } else {
                long base = MemoryMap.VIRTIO + virtio * MemoryMap.VIRTIO_BYTES;
                made.add(new DeviceSlot(
                        vm, spec, base, (int) MemoryMap.VIRTIO_BYTES, plic.line(MemoryMap.VIRTIO_FIRST_IRQ + virtio)));
                virtio++;
            }
        }
        return made.toArray(DeviceSlot[]::new);
    }

    /** Has hot code translated from now on; the guest cannot tell. */
    public void translateWith(CodeTranslator translator) {
        for (Hart hart : harts) {
            hart.translateWith(translator);
        }
    }

    /** Of all harts. */
    TierCounters tierCounters() {
        TierCounters sum = TierCounters.NONE;
        for (Hart hart : harts) {
            sum = sum.plus(hart.tierCounters());
        }
        return sum;
    }

    /** What is hot in each hart, for {@link #foretell} on another host. Between runs. */
    byte[] hotCode() {
        return HotCodeList.encode(Arrays.stream(harts)
                .map(hart -> hart.hottest(HotCodeList.MAX_PLACES))
                .toList());
    }

    /**
     * Has translated what a board elsewhere, which executes the same guest, says is hot. Before the first run.
     *
     * @throws StateFormatException if that is no such list
     */
    void foretell(byte[] hotCode) throws StateFormatException {
        List<List<HotPlace>> places = HotCodeList.decode(hotCode, harts.length);
        try {
            for (int i = 0; i < harts.length; i++) {
                harts[i].foretell(places.get(i));
            }
        } catch (IllegalArgumentException e) {
            throw new StateFormatException("hot code list: " + e.getMessage(), e);
        }
    }

    /**
     * Executes some of that dry, for about this long; returns for how long then to rest, 0 if there is nothing for now.
     * Before the first run.
     */
    long rehearse(long nanos) {
        for (Hart hart : harts) {
            long rest = hart.rehearse(nanos);
            if (rest > 0) {
                return rest;
            }
        }
        return 0;
    }

    // What drives it

    /** Instructions executed by all harts since reset; exact in callbacks too. */
    public long count() {
        return othersCount + harts[current].instructions();
    }

    /**
     * Executes up to {@code maxInstructions} and returns how many were; 0 if no hart can go on before an input, or if
     * the guest has ended.
     */
    public long advance(long maxInstructions) {
        return advance(maxInstructions, 0);
    }

    /**
     * The same, but may end up to {@code slack} instructions early: a region that does not fit into what is left would
     * have to be interpreted, and so would the way to the next one. Where hart turns and timers fall stays exact.
     */
    long advance(long maxInstructions, int slack) {
        long left = maxInstructions;
        cutRequested = false;
        while (left > slack && ending.isEmpty() && !cutRequested && chooseHart()) {
            long before = count();
            // Cuts cost a little; one hart needs no turns.
            long turn = harts.length > 1 ? quantumLeft : left;
            long length = Math.min(Math.min(left, turn), Math.max(1, timerCount - before));
            plannedEnd = before + length;
            running = true;
            long done = harts[current].run(length, length == left ? slack : 0);
            running = false;
            if (harts.length > 1) {
                quantumLeft -= done;
            }
            left -= done;
            if (count() >= timerCount) {
                driveTimers();
            }
        }
        return maxInstructions - left;
    }

    private boolean chooseHart() {
        if (quantumLeft > 0 && runnable(current)) {
            return true;
        }
        for (int i = 1; i <= harts.length; i++) {
            int next = (current + i) % harts.length;
            if (runnable(next)) {
                long total = count();
                current = next;
                othersCount = total - harts[next].instructions();
                quantumLeft = QUANTUM;
                return true;
            }
        }
        return false;
    }

    private boolean runnable(int hart) {
        return !stopped[hart] && !harts[hart].waiting();
    }

    /** True if every hart waits for an interrupt or to be started. */
    public boolean idle() {
        return !runnable(current) && othersIdle();
    }

    /** True if only the hart whose turn it is has something to do. */
    boolean othersIdle() {
        for (int i = 0; i < harts.length; i++) {
            if (i != current && runnable(i)) {
                return false;
            }
        }
        return true;
    }

    /** Takes an input, now. Attaching and detaching devices is done by who has the devices. */
    public void apply(Input input) {
        if (input instanceof Input.Clock) {
            time.take((Input.Clock) input, count());
            rtc.update(realtimeNanos());
            driveTimers();
        } else if (input instanceof Input.ForDevice) {
            Input.ForDevice forDevice = (Input.ForDevice) input;
            DeviceSlot slot = slot(forDevice.device());
            if (slot != null) {
                try {
                    slot.accept(forDevice);
                } catch (RuntimeException e) {
                    fail("device " + slot.name() + " failed on an input", e);
                }
            }
        } else if (input instanceof Input.DeviceDetached) {
            DeviceSlot slot = slot(((Input.DeviceDetached) input).device());
            if (slot != null) {
                try {
                    slot.detach();
                } catch (RuntimeException e) {
                    fail("device " + slot.name() + " failed while it was detached", e);
                }
            }
        }
    }

    /** The model of a silent slot is back. */
    void attach(DeviceSlot slot, Device model) throws StateFormatException {
        try {
            slot.attach(model);
        } catch (RuntimeException e) {
            fail("device " + slot.name() + " failed while it was attached", e);
        }
    }

    /** Guest nanoseconds until the next timer, if time alone can wake a hart. */
    long nanosToTimer() {
        long now = ticks();
        long next = nextCompare(now);
        long nanos = next == -1 || next < 0 ? Long.MAX_VALUE : (next - now) * GuestTime.TICK_NANOS;
        return Math.min(nanos < 0 ? Long.MAX_VALUE : nanos, rtc.nanosToAlarm(realtimeNanos()));
    }

    // Time

    long ticks() {
        return time.ticks(count());
    }

    public long guestNanos() {
        return time.nanos(count());
    }

    long realtimeNanos() {
        return time.realtimeNanos(count());
    }

    @Override
    public long time(Hart hart) {
        return time.ticks(count());
    }

    @Override
    public void timerCompareWritten(Hart hart) {
        sbi.ifPresent(interfaceOfOurs -> interfaceOfOurs.timerCompareWritten(hart.id()));
        driveTimers();
    }

    @Override
    public void timersChanged() {
        driveTimers();
    }

    private void driveTimers() {
        long now = ticks();
        clint.update(now);
        for (Hart hart : harts) {
            if (hart.sstcEnabled()) {
                boolean due = Long.compareUnsigned(now, hart.stimecmp()) >= 0;
                if (!due && sbi.isPresent()) {
                    due = Long.compareUnsigned(now, sbi.get().timer(hart.id())) >= 0;
                }
                hart.setInterrupt(HartInterrupts.STIP, due);
            }
        }
        planTimers();
    }

    /** Computes when timers are to be driven next, and cuts a run that would go past that. */
    void planTimers() {
        long next = nextCompare(ticks());
        timerCount = next == -1 ? Long.MAX_VALUE : time.countAt(next);
        if (running && timerCount < plannedEnd) {
            harts[current].requestStop();
        }
    }

    /** The earliest compare value that time has not reached; all ones if there is none. */
    private long nextCompare(long now) {
        long next = clint.nextCompare(now);
        for (Hart hart : harts) {
            if (hart.sstcEnabled()) {
                next = earlier(next, hart.stimecmp(), now);
                if (sbi.isPresent()) {
                    next = earlier(next, sbi.get().timer(hart.id()), now);
                }
            }
        }
        return next;
    }

    private static long earlier(long next, long compare, long now) {
        return Long.compareUnsigned(compare, now) > 0 && Long.compareUnsigned(compare, next) < 0 ? compare : next;
    }

    // What the harts and the built-in SBI ask for

    @Override
    public boolean supervisorCall(Hart hart) {
        return sbi.isPresent() && sbi.get().call(hart);
    }

    @Override
    public int hartCount() {
        return harts.length;
    }

    @Override
    public Hart hart(int id) {
        return harts[id];
    }

    @Override
    public boolean hartStopped(int id) {
        return stopped[id];
    }

    @Override
    public void stopHart(int id, boolean stop) {
        stopped[id] = stop;
        if (running) {
            harts[current].requestStop();
        }
    }

    @Override
    public Ram ram() {
        return ram;
    }

    @Override
    public void console(byte[] bytes) {
        for (DeviceSlot slot : slots) {
            if (slot.spec().type().equals(DevicePlaces.UART_TYPE)) {
                try {
                    UartConsole.write(slot, bytes);
                } catch (RuntimeException e) {
                    fail("device " + slot.name() + " failed in a console write", e);
                }
            }
        }
    }

    @Override
    public void end(int exitCode, String reason) {
        finish(new Ending(exitCode, reason, Optional.empty()));
    }

    void fail(String reason, Throwable cause) {
        finish(new Ending(-1, reason + ": " + cause, Optional.of(cause)));
    }

    /** Ends the slice under way after the current instruction, so that what waits for the machine thread has its turn. */
    void cut() {
        if (running) {
            cutRequested = true;
            harts[current].requestStop();
        }
    }

    private void finish(Ending how) {
        if (ending.isEmpty()) {
            ending = Optional.of(how);
        }
        if (running) {
            harts[current].requestStop();
        }
    }

    Optional<Ending> ending() {
        return ending;
    }

    // Parts

    DeviceSlot slotAt(long address) {
        for (DeviceSlot slot : slots) {
            if (slot.covers(address)) {
                return slot;
            }
        }
        return null;
    }

    DeviceSlot slot(String name) {
        for (DeviceSlot slot : slots) {
            if (slot.name().equals(name)) {
                return slot;
            }
        }
        return null;
    }

    DeviceSlot[] slots() {
        return slots;
    }

    Plic plic() {
        return plic;
    }

    Clint clint() {
        return clint;
    }

    GoldfishRtc rtc() {
        return rtc;
    }

    // State

    public byte[] saveState() {
        EncodedStateWriter out = new EncodedStateWriter(STATE_VERSION);
        StateWriter board = out.section("board", 1);
        board.putInt("harts", harts.length);
        board.putLong("memoryBytes", ram.sizeBytes());
        board.putInt("current", current);
        board.putLong("quantumLeft", quantumLeft);
        board.putLong("othersCount", othersCount);
        long[] stoppedBits = new long[harts.length];
        for (int i = 0; i < harts.length; i++) {
            stoppedBits[i] = stopped[i] ? 1 : 0;
            harts[i].save(out.section("hart" + i, 1));
        }
        board.putLongs("stopped", stoppedBits);
        time.save(out.section("time", 1));
        clint.save(out.section("clint", 1));
        plic.save(out.section("plic", 1));
        rtc.save(out.section("rtc", 1));
        sbi.ifPresent(builtin -> builtin.save(out.section("sbi", 1)));
        StateWriter devices = out.section("devices", 1);
        for (DeviceSlot slot : slots) {
            slot.save(devices.section(slot.name(), 1));
        }
        return out.encode();
    }

    /** Puts state back; nothing changes if it throws. */
    public void restoreState(byte[] state) throws StateFormatException {
        EncodedStateReader in = EncodedStateReader.decode(state);
        check(in);
        byte[] before = saveState();
        try {
            restore(in);
        } catch (StateFormatException e) {
            restore(EncodedStateReader.decode(before));
            throw e;
        }
    }

    private void check(StateReader in) throws StateFormatException {
        if (in.version() != STATE_VERSION) {
            throw new StateFormatException(
                    "saved machine has version " + in.version() + "; this one reads " + STATE_VERSION);
        }
        StateReader board = in.section("board");
        if (board.getInt("harts") != harts.length) {
            throw new StateFormatException(
                    "saved machine has harts=" + board.getInt("harts") + "; here harts=" + harts.length);
        }
        if (board.getLong("memoryBytes") != ram.sizeBytes()) {
            throw new StateFormatException(
                    "saved machine has memory=" + board.getLong("memoryBytes") + "; here memory=" + ram.sizeBytes());
        }
        for (DeviceSlot slot : slots) {
            if (!in.section("devices").has(slot.name())) {
                throw new StateFormatException("saved machine has no device " + slot.name());
            }
        }
        if (sbi.isPresent() != in.has("sbi")) {
            throw new StateFormatException("saved machine has another firmware: built-in SBI "
                    + (in.has("sbi") ? "there, none here" : "here, none there"));
        }
    }

    private void restore(StateReader in) throws StateFormatException {
        StateReader board = in.section("board");
        long[] stoppedBits = board.getLongs("stopped");
        time.restore(in.section("time"));
        current = board.getInt("current");
        quantumLeft = board.getLong("quantumLeft");
        for (int i = 0; i < harts.length; i++) {
            stopped[i] = stoppedBits[i] != 0;
            harts[i].restore(in.section("hart" + i));
        }
        othersCount = board.getLong("othersCount");
        clint.restore(in.section("clint"), ticks());
        StateReader devices = in.section("devices");
        for (DeviceSlot slot : slots) {
            slot.restore(devices.section(slot.name()));
        }
        rtc.restore(in.section("rtc"));
        // Last, so that what devices and clock did to their lines cannot differ from what was saved.
        plic.restore(in.section("plic"));
        if (sbi.isPresent()) {
            sbi.get().restore(in.section("sbi"));
        }
        ending = Optional.empty();
        driveTimers();
    }

    /** SHA-256 over RAM (pages of zeros left out) and saved state. */
    public byte[] digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] page = new byte[GuestRam.PAGE_BYTES];
            byte[] zeros = new byte[GuestRam.PAGE_BYTES];
            byte[] index = new byte[8];
            for (long number = 0; number < ram.pageCount(); number++) {
                ram.read(number, page, 0);
                if (!Arrays.equals(page, zeros)) {
                    ByteBuffer.wrap(index).putLong(number);
                    sha.update(index);
                    sha.update(page);
                }
            }
            sha.update(saveState());
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a Java platform without SHA-256", e);
        }
    }
}
