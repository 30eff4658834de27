package org.kemari.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceBus;
import org.kemari.api.device.DeviceFactory;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * A measuring instrument in the place of a device, for {@code wake.elf}: it puts an input now and then, interrupts when
 * the machine takes it, and looks at the host's clock when the guest reads the first register, which that guest does in
 * the first instruction after its WFI. It prints the median and the 99th percentile of the time in between, and the median
 * of what this host takes, in turn with that, to wake a thread that does nothing else. As it reads a clock and starts
 * threads, it breaks the rules for devices and must never be part of a guest that counts.
 */
public final class WakeDevice implements DeviceFactory {
    /** The slot that {@code --rng} fills; the bundle that has this type is left out of the container. */
    static final String TYPE = "virtio-rng";

    /** Begins the line of results, in microseconds. */
    static final String RESULT = "WAKE";

    /** Without pauses: as many as a guest has had some minutes after its boot, for HotSpot to have compiled the way. */
    private static final int WARM_UP = 20_000;

    private static final int SAMPLES = 1000;
    private static final long PAUSE_MILLIS = 5;
    private static final long ANSWER_SECONDS = 60;

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public DeviceBus bus() {
        return DeviceBus.VIRTIO_MMIO;
    }

    @Override
    public Device create(DeviceSpec spec, DeviceHost host) {
        return new Probe(spec.name(), host);
    }

    private static final class Probe implements Device {
        private final String name;
        private final DeviceHost host;
        private final Semaphore awake = new Semaphore(0);
        /** Machine thread. */
        private boolean raised;

        /** Written by the machine thread, read by the other after {@link #awake}. */
        private long awakeNanos;

        Probe(String name, DeviceHost host) {
            this.name = name;
            this.host = host;
        }

        @Override
        public long read(int offset, int sizeBytes) {
            if (raised && offset == 0) {
                awakeNanos = System.nanoTime();
            }
            return 0;
        }

        @Override
        public void write(int offset, int sizeBytes, long value) {
            if (raised) {
                raised = false;
                host.interrupt().set(false);
                awake.release();
            }
        }

        @Override
        public void accept(Input.ForDevice input) {
            raised = true;
            host.interrupt().set(true);
        }

        @Override
        public void goLive() {
            Thread thread = new Thread(this::measure, "kemari-bench-wake");
            thread.setDaemon(true);
            thread.start();
        }

        private void measure() {
            double[] micros = new double[SAMPLES];
            double[] bareMicros = new double[SAMPLES];
            Sleeper sleeper = new Sleeper();
            sleeper.start();
            try {
                for (int i = -WARM_UP; i < SAMPLES; i++) {
                    if (i >= 0) {
                        // The guest is to sleep when the input comes; that is what is measured.
                        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                    }
                    long start = System.nanoTime();
                    host.inbox().offer(new Input.EntropyReceived(name, new byte[1]));
                    if (!awake.tryAcquire(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                        System.out.println("the guest did not wake within " + ANSWER_SECONDS + " s");
                        return;
                    }
                    if (i >= 0) {
                        micros[i] = (awakeNanos - start) / 1e3;
                        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                        bareMicros[i] = sleeper.wakeMicros();
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
            Arrays.sort(micros);
            Arrays.sort(bareMicros);
            System.out.println(String.format(
                    Locale.ROOT,
                    "%s %.1f %.1f %.1f",
                    RESULT,
                    micros[SAMPLES / 2],
                    micros[SAMPLES * 99 / 100],
                    bareMicros[SAMPLES / 2]));
        }

        @Override
        public void reset() {
            raised = false;
            host.interrupt().set(false);
        }

        @Override
        public void save(StateWriter out) {
            out.putBoolean("raised", raised);
        }

        @Override
        public void restore(StateReader in) {
            throw new IllegalStateException("an instrument is not restored");
        }

        @Override
        public void close() {
            // Its thread waits for a guest that is gone, and ends by its limit at the latest.
        }
    }

    /** A thread that waits as the machine thread does, with nothing to do when it wakes. */
    private static final class Sleeper extends Thread {
        private final Semaphore go = new Semaphore(0);
        private final Semaphore awake = new Semaphore(0);
        /** Written here, read by the other after {@link #awake}. */
        private long awakeNanos;

        Sleeper() {
            super("kemari-bench-sleeper");
            setDaemon(true);
        }

        @Override
        public void run() {
            while (true) {
                go.acquireUninterruptibly();
                awakeNanos = System.nanoTime();
                awake.release();
            }
        }

        double wakeMicros() throws InterruptedException {
            long start = System.nanoTime();
            go.release();
            awake.acquire();
            return (awakeNanos - start) / 1e3;
        }
    }
}
