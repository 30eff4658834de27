package org.kemari.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.OutputProxy;
import org.kemari.ports.ProxyRegistry;

/**
 * A machine reduced to one device: its registers, its RAM, its interrupt, its port behind a gate. Writes down all that is
 * done to it, so that it can be done to another, and all that it shows.
 */
public final class Rig implements DeviceHost, AutoCloseable {
    public static final String VM = "kit";

    /** Makes the device on a rig. */
    @FunctionalInterface
    public interface Subject {
        Device create(Rig rig) throws Exception;
    }

    /** Something done to a device from outside. */
    @FunctionalInterface
    interface Deed {
        void doTo(Rig rig);
    }

    private final TestMemory memory;
    private final Device device;
    private final List<Deed> deeds = new ArrayList<>();
    private final List<String> shown = new ArrayList<>();
    private final ConcurrentLinkedQueue<Input> inbox = new ConcurrentLinkedQueue<>();
    private final List<Input> completions = new ArrayList<>();
    private boolean interrupt;
    private int answersExpected;

    public Rig(byte[] ram, Subject subject) {
        memory = new TestMemory(ram);
        try {
            device = subject.create(this);
        } catch (Exception e) {
            throw new AssertionError("the device under test cannot be made", e);
        }
    }

    @Override
    public String vm() {
        return VM;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public InterruptLine interrupt() {
        return asserted -> {
            if (asserted != interrupt) {
                interrupt = asserted;
                show("interrupt " + asserted);
            }
        };
    }

    @Override
    public Inbox inbox() {
        return new Inbox() {
            @Override
            public boolean offer(Input input) {
                return inbox.add(input);
            }

            @Override
            public void answerExpected() {
                answersExpected++;
            }
        };
    }

    /** How often the device told that an answer is about to come. */
    public int answersExpected() {
        return answersExpected;
    }

    /** Ports register here, and get a gate. */
    public ProxyRegistry proxies() {
        return proxy -> {
            proxy.gate(Optional.of(this::said));
            return () -> proxy.gate(Optional.empty());
        };
    }

    private void said(OutputProxy from, Output output) {
        if (output instanceof Output.Block block) {
            show("block " + block.token() + " " + block.request().operation() + " "
                    + block.request().offset() + " " + block.request().lengthBytes() + " "
                    + block.request().data().hashCode());
            completions.add(
                    new Input.BlockCompleted(from.device(), block.token(), BlockStatus.OK, ByteBuffer.allocate(0)));
        } else if (output instanceof Output.Frame frame) {
            show("frame " + Arrays.toString(frame.kept().frame().array()));
        } else if (output instanceof Output.Bytes bytes) {
            show("bytes " + Arrays.toString(bytes.bytes()));
        }
    }

    /** Writes down something that the device showed. */
    public void show(String what) {
        shown.add(what);
    }

    public List<String> shown() {
        return shown;
    }

    public Device device() {
        return device;
    }

    public TestMemory ram() {
        return memory;
    }

    public boolean interruptAsserted() {
        return interrupt;
    }

    List<Deed> deeds() {
        return deeds;
    }

    private void act(Deed deed) {
        deeds.add(deed);
        deed.doTo(this);
    }

    public long read(int offset, int sizeBytes) {
        long[] value = new long[1];
        act(rig -> {
            long read = rig.device.read(offset, sizeBytes);
            rig.show("read " + offset + " " + read);
            value[0] = read;
        });
        return value[0];
    }

    public void write(int offset, int sizeBytes, long value) {
        act(rig -> rig.device.write(offset, sizeBytes, value));
    }

    /** The guest writes its RAM. */
    public void poke(long address, byte[] bytes) {
        act(rig -> {
            try {
                rig.memory.write(address, bytes, 0, bytes.length);
            } catch (GuestAddressException e) {
                throw new AssertionError(e);
            }
        });
    }

    public void poke16(long address, int value) {
        poke(address, new byte[] {(byte) value, (byte) (value >> 8)});
    }

    public void poke32(long address, int value) {
        poke(
                address,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value)
                        .array());
    }

    public void poke64(long address, long value) {
        poke(
                address,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array());
    }

    public byte[] peek(long address, int lengthBytes) {
        int from = (int) (address - TestMemory.BASE);
        return Arrays.copyOfRange(memory.content(), from, from + lengthBytes);
    }

    public int peek16(long address) {
        return ByteBuffer.wrap(peek(address, 2)).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xFFFF;
    }

    public int peek32(long address) {
        return ByteBuffer.wrap(peek(address, 4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    /** An input comes to the device. */
    public void input(Input.ForDevice input) {
        Input.ForDevice kept = input.kept();
        deeds.add(rig -> rig.device.accept(kept));
        device.accept(input);
    }

    /** Completions of held requests join what the port put in the inbox. */
    public List<Input> takeInbox() {
        List<Input> taken = new ArrayList<>(completions);
        completions.clear();
        for (Input next = inbox.poll(); next != null; next = inbox.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /** Waits until the port has put something in the inbox. */
    public Input.ForDevice awaitInput() {
        long deadlineNanos = System.nanoTime() + 10_000_000_000L;
        while (inbox.isEmpty()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("nothing came into the inbox within 10 s");
            }
            Thread.onSpinWait();
        }
        return (Input.ForDevice) inbox.poll();
    }

    public MapState save() {
        MapState state = new MapState();
        device.save(state);
        return state;
    }

    @Override
    public void close() {
        device.close();
    }
}
