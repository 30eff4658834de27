package org.kemari.ft.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.protection.SessionHandler;
import org.kemari.api.protection.SessionThread;

class TcpTransportTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final TcpTransport transport = new TcpTransport();
    private final SessionThread here = transport.newThread("here");
    private final SessionThread there = transport.newThread("there");
    private final Notes calling = new Notes();
    private final Notes listening = new Notes();

    @AfterEach
    void close() {
        transport.close();
    }

    /** Notes what it is told, each with the thread that told it. */
    private static class Notes implements SessionHandler {
        private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();

        private void note(String what) {
            notes.add(what + " on " + Thread.currentThread().getName());
        }

        String next() throws InterruptedException {
            String note = notes.poll(5, TimeUnit.SECONDS);
            assertTrue(note != null, "nothing more was told");
            return note;
        }

        @Override
        public void opened(ReplicationSession session) {
            note("opened");
        }

        @Override
        public void received(ReplicationSession session, ReplicationFrame frame) {
            note(frame.command() + " " + new String(frame.payload(), StandardCharsets.US_ASCII));
        }

        @Override
        public void writable(ReplicationSession session) {
            note("writable");
        }

        @Override
        public void closed(ReplicationSession session, String reason) {
            note("closed");
        }
    }

    private static ReplicationFrame frame(ReplicationCommand command, String text) {
        return new ReplicationFrame(command, 0, 1, 2, 3, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A session from here to there, which both have heard of. */
    private ReplicationSession connected(ReplicationTransport.Listener listener) throws InterruptedException {
        ReplicationSession session = transport.connect(listener.address(), here, calling);
        assertEquals("opened on here", calling.next());
        assertEquals("opened on there", listening.next());
        return session;
    }

    @Test
    void sessionIsHeardOnTheThreadThatItWasGiven() throws Exception {
        try (ReplicationTransport.Listener listener = transport.listen(ANY_PORT, there, session -> listening)) {
            ReplicationSession session = connected(listener);
            session.send(frame(ReplicationCommand.HELLO, "you"));
            assertEquals("HELLO you on there", listening.next());
            session.close();
            assertEquals("closed on there", listening.next());
            assertEquals("closed on here", calling.next());
        }
    }

    /** A protection that ends says why, closes its session and its thread, one right after the other. */
    @Test
    void lastWordsLeaveThoughTheThreadEndsNext() throws Exception {
        for (int round = 0; round < 20; round++) {
            SessionThread ending = transport.newThread("ending");
            Notes refusing = new Notes() {
                @Override
                public void received(ReplicationSession session, ReplicationFrame hello) {
                    session.send(frame(ReplicationCommand.ERROR, "no"));
                    session.close();
                    ending.close();
                }
            };
            try (ReplicationTransport.Listener listener = transport.listen(ANY_PORT, ending, session -> refusing)) {
                ReplicationSession session = transport.connect(listener.address(), here, calling);
                assertEquals("opened on here", calling.next());
                session.send(frame(ReplicationCommand.HELLO, "you"));
                assertEquals("ERROR no on here", calling.next());
                assertEquals("closed on here", calling.next());
            }
        }
    }

    @Test
    void threadThatEndsClosesItsSessionsAndTakesNoMore() throws Exception {
        try (ReplicationTransport.Listener listener = transport.listen(ANY_PORT, there, session -> listening)) {
            connected(listener);
            there.close();
            assertEquals("closed on there", listening.next());
            assertEquals("closed on here", calling.next());
        }
        assertThrows(RejectedExecutionException.class, () -> {
            long endNanos = System.nanoTime() + 5_000_000_000L;
            while (System.nanoTime() < endNanos) {
                there.execute(() -> {});
            }
        });
        there.close();
    }

    @Test
    void threadOfAnotherTransportIsRefused() {
        try (TcpTransport other = new TcpTransport()) {
            SessionThread foreign = other.newThread("foreign");
            for (Throwable refusal : List.of(
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> transport.listen(ANY_PORT, foreign, session -> new Notes())),
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> transport.connect(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                                    foreign,
                                    new Notes())))) {
                assertTrue(refusal.getMessage().contains("thread="), refusal.getMessage());
            }
        }
    }

    @Test
    void anotherAddressThanLoopbackIsRefusedWithTheReason() {
        IOException refusal = assertThrows(
                IOException.class,
                () -> transport.listen(
                        new InetSocketAddress("0.0.0.0", 0), transport.newThread("any"), session -> new Notes()));
        assertTrue(refusal.getMessage().contains("not on loopback"), refusal.getMessage());
    }
}
