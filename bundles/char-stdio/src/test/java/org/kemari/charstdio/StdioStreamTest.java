package org.kemari.charstdio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;

class StdioStreamTest {
    private final PipedOutputStream keys = new PipedOutputStream();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final CountDownLatch left = new CountDownLatch(1);
    private final LinkedBlockingQueue<Byte> received = new LinkedBlockingQueue<>();
    private StdioStream stream;

    @BeforeEach
    void open() throws Exception {
        stream = new StdioStream(new PipedInputStream(keys, 1 << 16), screen, left::countDown);
    }

    @AfterEach
    void close() {
        stream.close();
    }

    @Test
    void keysReachTheGuestAndBytesTheScreenInOrder() throws Exception {
        keys.write("early ".getBytes());
        CharBackend console = stream.open("vm1", this::take);
        keys.write("late".getBytes());
        expect("early late");
        for (int i = 0; i < 1000; i++) {
            console.write((i + "\n").getBytes());
        }
        console.close();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            expected.append(i).append('\n');
        }
        assertEquals(expected.toString(), screen.toString());
    }

    @Test
    void refusedKeysAreOfferedAgain() throws Exception {
        AtomicInteger refusals = new AtomicInteger(3);
        stream.open("vm1", bytes -> refusals.getAndDecrement() <= 0 && take(bytes));
        keys.write("abc".getBytes());
        expect("abc");
    }

    /** When the last of the next so many looks was. */
    private static long look(LinkedBlockingQueue<Long> looks, int count) throws InterruptedException {
        Long last = null;
        for (int i = 0; i < count; i++) {
            last = looks.poll(10, TimeUnit.SECONDS);
            assertNotNull(last, "look " + i);
        }
        return last;
    }

    @Test
    void whereNobodyTypesKeysAreLookedForLessOften() throws Exception {
        LinkedBlockingQueue<Long> looks = new LinkedBlockingQueue<>();
        InputStream quiet = new InputStream() {
            @Override
            public int available() {
                looks.add(System.nanoTime());
                return 0;
            }

            @Override
            public int read() {
                throw new AssertionError("a read that would wait for ever");
            }
        };
        try (StdioStream patient = new StdioStream(quiet, OutputStream.nullOutputStream(), left::countDown)) {
            patient.open("vm1", this::take);
            long from = look(looks, 110);
            long nanos = look(looks, 10) - from;
            assertTrue(nanos >= 10 * 45_000_000L, "ten looks took " + nanos + " ns");
        }
    }

    @Test
    void ctrlAxLeavesAlsoWhenTheGuestTakesNothing() throws Exception {
        stream.open("vm1", bytes -> false);
        keys.write("hello".getBytes());
        keys.write(EscapeFilter.CTRL_A);
        keys.write('x');
        assertTrue(left.await(10, TimeUnit.SECONDS));
        stream.close();
        assertTrue(screen.toString().contains("stopping"));
    }

    @Test
    void escapesAreFoundAcrossReads() {
        AtomicInteger leaves = new AtomicInteger();
        EscapeFilter filter = new EscapeFilter(leaves::incrementAndGet);
        assertArrayEquals(new byte[] {'a'}, filter.pass(new byte[] {'a', 1}, 2));
        assertArrayEquals(new byte[] {1, 'b'}, filter.pass(new byte[] {1, 'b'}, 2));
        assertArrayEquals(new byte[] {1, 'c'}, filter.pass(new byte[] {1, 'c'}, 2));
        assertArrayEquals(new byte[] {}, filter.pass(new byte[] {1}, 1));
        assertEquals(0, leaves.get());
        assertArrayEquals(new byte[] {'d'}, filter.pass(new byte[] {'x', 'd'}, 2));
        assertEquals(1, leaves.get());
    }

    @Test
    void aSecondConsoleIsRefusedNamingTheFirstUntilItCloses() throws Exception {
        CharBackend first = stream.open("vm1", this::take);
        BackendException refused = assertThrows(BackendException.class, () -> stream.open("vm2", this::take));
        assertTrue(refused.getMessage().contains("in use by vm=vm1"), refused.getMessage());
        first.close();
        CharBackend second = stream.open("vm2", this::take);
        first.write("ghost".getBytes());
        second.write("alive".getBytes());
        second.close();
        assertEquals("alive", screen.toString());
    }

    @Test
    void aTerminalThatTakesNothingCostsABoundedQueueAndNoWaiting() throws Exception {
        CountDownLatch unblock = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int one) {
                try {
                    unblock.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        OutputQueue queue = new OutputQueue(stuck, "stuck");
        for (int i = 0; i < 10; i++) {
            queue.write(new byte[1 << 20]);
        }
        assertTrue(queue.droppedBytes() >= 5 << 20, "dropped=" + queue.droppedBytes());
        assertFalse(queue.drain(20));
        queue.close();
        unblock.countDown();
    }

    @Test
    void closingEndsEveryThread() throws Exception {
        stream.open("vm1", this::take);
        stream.close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("kemari-stdio"))) {
            assertTrue(System.nanoTime() < deadline, "a thread is left");
            Thread.onSpinWait();
        }
    }

    private boolean take(byte[] bytes) {
        for (byte each : bytes) {
            received.add(each);
        }
        return true;
    }

    private void expect(String text) throws InterruptedException {
        StringBuilder got = new StringBuilder();
        while (got.length() < text.length()) {
            Byte next = received.poll(10, TimeUnit.SECONDS);
            assertTrue(next != null, "got only " + got);
            got.append((char) next.byteValue());
        }
        assertEquals(text, got.toString());
    }
}
