package org.kemari.chartcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;

class TcpConsolesTest {
    private final TcpConsoles consoles = new TcpConsoles();
    private final LinkedBlockingQueue<Byte> received = new LinkedBlockingQueue<>();
    private int port;

    @BeforeEach
    void choosePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void closeAll() {
        consoles.close();
    }

    @Test
    void bytesGoBothWaysInOrder() throws Exception {
        CharBackend console = consoles.open("vm1", Integer.toString(port), this::take);
        console.write("nobody listens".getBytes());
        try (Socket client = connect()) {
            client.getOutputStream().write("hello".getBytes());
            expectReceived("hello"); // So the console knows its client.
            for (int i = 0; i < 100; i++) {
                console.write(String.format("%02d", i).getBytes());
            }
            console.close();
            String all = new String(client.getInputStream().readAllBytes());
            assertEquals(200, all.length());
            assertTrue(all.startsWith("000102") && all.endsWith("9899"), all);
        }
    }

    @Test
    void aSecondClientIsToldAndTheNextMayComeWhenTheFirstHasGone() throws Exception {
        CharBackend console = consoles.open("vm1", "127.0.0.1:" + port, this::take);
        try (Socket first = connect()) {
            first.getOutputStream().write('a');
            expectReceived("a");
            try (Socket second = connect()) {
                String told = new String(second.getInputStream().readAllBytes());
                assertTrue(told.contains("console of vm=vm1 is in use"), told);
            }
            console.write("x".getBytes());
            assertEquals('x', first.getInputStream().read());
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        Byte taken = null;
        while (taken == null) { // Until the first's end has come to the console, others are refused.
            assertTrue(System.nanoTime() < deadline, "no other client may come");
            try (Socket third = connect()) {
                third.getOutputStream().write('b');
                taken = received.poll(20, TimeUnit.MILLISECONDS);
            }
        }
        assertEquals((byte) 'b', taken);
    }

    @Test
    void whatTheGuestRefusesIsOfferedAgainInOrder() throws Exception {
        AtomicInteger refusals = new AtomicInteger(3);
        consoles.open("vm1", "127.0.0.1:" + port, bytes -> refusals.getAndDecrement() <= 0 && take(bytes));
        try (Socket client = connect()) {
            client.getOutputStream().write("abc".getBytes());
            client.getOutputStream().write("def".getBytes());
            expectReceived("abcdef");
        }
    }

    @Test
    void aClientThatTakesNothingNeitherBlocksNorFillsMemoryNorHoldsUpClosing() throws Exception {
        CharBackend console = consoles.open("vm1", "127.0.0.1:" + port, this::take);
        try (Socket client = connect()) {
            client.getOutputStream().write('a');
            expectReceived("a");
            for (int i = 0; i < 64; i++) {
                console.write(new byte[1 << 20]);
            }
            console.close();
            assertTrue(client.getInputStream().readAllBytes().length < 64 << 20);
        }
    }

    @Test
    void wrongTargetsAreRefusedWithTheReason() throws Exception {
        refused("", "HOST:PORT");
        refused("127.0.0.1", "HOST:PORT");
        refused("127.0.0.1:0", "1 to 65535");
        refused("0.0.0.0:5000", "no loopback address");
        refused("192.0.2.1:5000", "no loopback address");
        consoles.open("vm1", "127.0.0.1:" + port, this::take);
        refused("127.0.0.1:" + port, "is in use");
    }

    @Test
    void anAddressThatOthersReachIsHadForTheAsking() throws Exception {
        consoles.open("vm1", "0.0.0.0:" + port + ",exposed", this::take);
    }

    @Test
    void aPortIsFreeAgainAndNoThreadIsLeftWhenAllIsClosed() throws Exception {
        for (int i = 0; i < 5; i++) {
            consoles.open("vm1", "127.0.0.1:" + port, this::take).close();
        }
        consoles.open("vm1", "127.0.0.1:" + port, this::take);
        consoles.close();
        long threadDeadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("kemari-console-tcp"))) {
            assertTrue(System.nanoTime() < threadDeadline, "a thread is left");
            Thread.onSpinWait(); // The loop says that it has ended from its own thread, just before that ends.
        }
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    private void refused(String target, String part) {
        BackendException refusal = assertThrows(BackendException.class, () -> consoles.open("vm1", target, this::take));
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private boolean take(byte[] bytes) {
        for (byte each : bytes) {
            received.add(each);
        }
        return true;
    }

    private void expectReceived(String text) throws InterruptedException {
        StringBuilder got = new StringBuilder();
        while (got.length() < text.length()) {
            Byte next = received.poll(10, TimeUnit.SECONDS);
            assertTrue(next != null, "got only " + got);
            got.append((char) next.byteValue());
        }
        assertEquals(text, got.toString());
    }
}
