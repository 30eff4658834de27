package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.kemari.netswitch.Part.BROADCAST;
import static org.kemari.netswitch.Part.frame;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BackendException;

/** Two and three parts of a network, joined by real datagrams on loopback. */
class NetworkPartsTest {
    private static final long MAC1 = 0x0200_0000_0001L;
    private static final long MAC2 = 0x0200_0000_0002L;
    private static final long MAC3 = 0x0200_0000_0003L;

    private Part a;
    private Part b;
    private Part c;

    @BeforeEach
    void join() throws Exception {
        a = new Part(Part.freeAddress("127.0.0.1"));
        b = new Part(Part.freeAddress("127.0.0.1"));
        c = new Part(Part.freeAddress("127.0.0.3"));
        a.join(b, c);
        b.join(a, c);
        c.join(a, b);
    }

    @AfterEach
    void closeAll() {
        a.close();
        b.close();
        c.close();
    }

    @Test
    void broadcastReachesEveryPartOnceAndUnicastOnlyItsPart() throws Exception {
        Part.Card one = a.card();
        Part.Card two = b.card();
        Part.Card three = c.card();
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        two.expect(hello);
        three.expect(hello);

        byte[] answer = frame(MAC1, MAC2, 2);
        two.send(answer);
        one.expect(answer);

        byte[] again = frame(BROADCAST, MAC2, 3);
        two.send(again);
        one.expect(again);
        three.expect(again); // The frame before it was not for this part, so this one comes next.
        two.expectNothing(); // No part sends on what came from a part.
        one.expectNothing();
    }

    @Test
    void aCardsMemoryIsItsOwnAgainOnceEveryPartAndCardHasItsFrame() throws Exception {
        Part.Card one = a.card();
        Part.Card near = a.card();
        Part.Card far = b.card();
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        near.expect(hello);
        far.expect(hello);
        one.expectSent(hello);
        byte[] answer = frame(MAC1, MAC2, 2);
        near.send(answer);
        one.expect(answer);
        near.expectSent(answer);
        byte[] kept = frame(MAC3, MAC1, 3);
        far.send(frame(BROADCAST, MAC3, 4));
        near.expect(frame(BROADCAST, MAC3, 4));
        one.send(kept);
        far.expect(kept);
        one.expectNothingSent("it may have to be sent again");
        a.definition.remove();
        one.expectSent(kept);
    }

    /** Their sender goes on, and what it sends is received next to them. */
    @Test
    void framesStayAsTheyCameUntilTheyAreTaken() throws Exception {
        Part.Card one = a.card();
        List<ByteBuffer> frames = Collections.synchronizedList(new ArrayList<>());
        List<Runnable> taken = Collections.synchronizedList(new ArrayList<>());
        b.board.open("vm1", Part.LAN, (frame, done) -> {
            frames.add(frame);
            taken.add(done);
        });
        int blocks = 4;
        int count = blocks * ReceiveBuffers.BLOCK_BYTES / 1500;
        for (int i = 0; i < count; i++) {
            one.send(Arrays.copyOf(frame(BROADCAST, MAC1, i), 1500));
            int sent = i + 1;
            await(() -> frames.size() == sent);
        }
        for (int i = 0; i < count; i++) {
            byte[] sent = Arrays.copyOf(frame(BROADCAST, MAC1, i), 1500);
            assertArrayEquals(sent, Part.bytes(frames.get(i)), "frame " + i);
        }
        taken.forEach(Runnable::run);
        one.send(frame(BROADCAST, MAC1, count));
        await(() -> frames.size() == count + 1);
        assertTrue(frames.get(count).isDirect(), "the kernel's copy is the only one");
    }

    @Test
    void framesBetweenCardsOfOnePartStayThere() throws Exception {
        Part.Card one = a.card();
        Part.Card two = a.card();
        Part.Card far = b.card();
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        two.expect(hello);
        far.expect(hello);
        byte[] answer = frame(MAC1, MAC2, 2);
        two.send(answer);
        one.expect(answer);
        byte[] mark = frame(BROADCAST, MAC2, 3);
        two.send(mark);
        far.expect(mark);
    }

    @Test
    void anAddressMovesAtOnceWhenItIsSeenElsewhere() throws Exception {
        Part.Card primary = a.card();
        Part.Card backup = b.card();
        Part.Card client = c.card();
        byte[] hello = frame(BROADCAST, MAC1, 1);
        primary.send(hello);
        client.expect(hello);
        backup.expect(hello);

        byte[] gratuitousArp = frame(BROADCAST, MAC1, 2);
        backup.send(gratuitousArp);
        client.expect(gratuitousArp);
        primary.expect(gratuitousArp);

        byte[] request = frame(MAC1, MAC3, 3);
        client.send(request);
        backup.expect(request);
        primary.expectNothing();
    }

    @Test
    void whatWasSentToADeadHostIsSentAfterTheAddressThatHasMoved() throws Exception {
        Part.Card primary = a.card();
        Part.Card client = c.card();
        byte[] hello = frame(BROADCAST, MAC1, 1);
        primary.send(hello);
        client.expect(hello);
        byte[] other = frame(BROADCAST, MAC2, 2);
        primary.send(other);
        client.expect(other);
        a.close();

        byte[] first = frame(MAC1, MAC3, 3);
        byte[] forTheOther = frame(MAC2, MAC3, 4);
        byte[] second = frame(MAC1, MAC3, 5);
        client.send(first);
        client.send(forTheOther);
        client.send(second);
        await(() -> c.counters().sentToPeers.sum() == 3);

        Part.Card backup = b.card();
        byte[] gratuitousArp = frame(BROADCAST, MAC1, 6);
        backup.send(gratuitousArp);
        client.expect(gratuitousArp);
        backup.expect(first);
        backup.expect(second);
        backup.send(gratuitousArp);
        client.expect(gratuitousArp);
        byte[] third = frame(MAC1, MAC3, 7);
        client.send(third);
        backup.expect(third);
        backup.expectNothing();
    }

    @Test
    void peersChangeUnderAttachedCards() throws Exception {
        Part.Card one = a.card();
        Part.Card two = b.card();
        Part.Card three = c.card();
        a.join(c);
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        three.expect(hello);
        byte[] fromStranger = frame(BROADCAST, MAC2, 2);
        two.send(fromStranger);
        three.expect(fromStranger);
        await(() -> a.counters().droppedUnknownPeer.sum() == 1);
        one.expectNothing();
        two.expectNothing();
        a.join(b, c);
        one.send(hello);
        two.expect(hello);
    }

    @Test
    void cardsOutliveTheirNetworksDefinition() throws Exception {
        Part.Card one = a.card();
        Part.Card two = b.card();
        a.definition.remove();
        assertEquals(List.of(), a.board.names());
        assertThrows(BackendException.class, a::card);
        a.definition = null;
        a.join(b, c);
        assertEquals(List.of(Part.LAN), a.board.names());
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        two.expect(hello);
    }

    @Test
    void aClosedCardHearsNothingAndItsAddressIsForgotten() throws Exception {
        Part.Card one = a.card();
        Part.Card two = a.card();
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        two.expect(hello);
        one.port.close();
        one.port.close();
        Part.Card successor = a.card();
        byte[] request = frame(MAC1, MAC2, 2);
        two.send(request);
        successor.expect(request);
        one.expectNothing();
    }

    @Test
    void malformedAndForeignDatagramsAreCountedAndDropped() throws Exception {
        Part.Card one = a.card();
        b.close(); // Its address is free now, for datagrams of our own.
        try (DatagramSocket peer = new DatagramSocket(b.address)) {
            byte[][] bad = {
                {},
                {8, 0, 0, 0, 0, 0, 42},
                {0, 0, 0, 0, 0, 0, 42, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
                {8, 0, 0, 0, 0, 0, 42, 0, 1, 2, 3},
                {8, 0, 0, 0, 0, 0, 42, 0, 2, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0, 2, 8, 0},
            };
            for (byte[] datagram : bad) {
                peer.send(new DatagramPacket(datagram, datagram.length, a.address));
            }
            byte[] foreign = {8, 0, 0, 0, 0, 0, 43, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
            peer.send(new DatagramPacket(foreign, foreign.length, a.address));
            byte[] good = {8, 0, 0, 0, 0, 0, 42, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
            peer.send(new DatagramPacket(good, good.length, a.address));
            one.expect(Arrays.copyOfRange(good, 8, good.length));
        }
        assertEquals(5, a.counters().droppedMalformed.sum());
        assertEquals(1, a.counters().droppedForeignVni.sum());
        one.expectNothing();
    }

    @Test
    void aPartThatSendsFromAnyPortIsKnownByItsAddressAndAnsweredWhereItListens() throws Exception {
        InetAddress other = InetAddress.getByName("127.0.0.2");
        try (DatagramSocket listening = new DatagramSocket(0, other);
                DatagramSocket sending = new DatagramSocket(0, other)) {
            a.definition.change(a.spec(b.address, c.address, new InetSocketAddress(other, listening.getLocalPort())));
            Part.Card one = a.card();
            byte[] hello = frame(BROADCAST, MAC2, 1);
            byte[] datagram = new byte[8 + hello.length];
            datagram[0] = 8;
            datagram[6] = Part.VNI;
            System.arraycopy(hello, 0, datagram, 8, hello.length);
            sending.send(new DatagramPacket(datagram, datagram.length, a.address));
            one.expect(hello);

            byte[] answer = frame(MAC2, MAC1, 2);
            one.send(answer);
            DatagramPacket got = new DatagramPacket(new byte[2048], 2048);
            listening.setSoTimeout(10_000);
            listening.receive(got);
            assertEquals(8 + answer.length, got.getLength());
            assertEquals(a.address, got.getSocketAddress());
            assertEquals(1, a.counters().sentToPeers.sum());
        }
    }

    @Test
    void aFrameTooLongForADatagramIsDropped() throws Exception {
        Part.Card one = a.card();
        Part.Card two = b.card();
        byte[] tooLong = Arrays.copyOf(frame(BROADCAST, MAC1, 1), VxlanTunnel.MAX_FRAME_BYTES + 1);
        one.send(tooLong);
        byte[] longest = Arrays.copyOf(frame(BROADCAST, MAC1, 2), VxlanTunnel.MAX_FRAME_BYTES);
        one.send(longest);
        two.expect(longest);
        assertEquals(2, a.counters().droppedMalformed.sum());
    }

    @Test
    void aBusyAddressAndANetworkThatIsMissingAreNamed() throws Exception {
        Part busy = new Part(a.address);
        try (busy) {
            NetworkException refused = assertThrows(NetworkException.class, () -> busy.join(b));
            assertTrue(
                    refused.getMessage().contains("listen=127.0.0.1:" + a.address.getPort() + " is in use"),
                    refused.getMessage());
            BackendException missing = assertThrows(BackendException.class, busy::card);
            assertTrue(
                    missing.getMessage()
                            .contains("network=lan0 is not defined here; define PID org.kemari.network with name=lan0"),
                    missing.getMessage());
            NetworkException second = assertThrows(NetworkException.class, () -> a.board.define(a.spec()));
            assertTrue(second.getMessage().contains("name=lan0 is defined by another"), second.getMessage());
        }
    }

    @Test
    void aChangeThatFailsLeavesTheNetworkAsItWas() throws Exception {
        Part.Card one = a.card();
        Part.Card two = b.card();
        NetworkSpec clash = new NetworkSpec(Part.LAN, Part.VNI, Optional.of(c.address), List.of(b.address, a.address));
        assertThrows(NetworkException.class, () -> a.definition.change(clash));
        NetworkSpec renamed = new NetworkSpec("lan1", Part.VNI, Optional.of(c.address), List.of(b.address, a.address));
        assertThrows(NetworkException.class, () -> a.definition.change(renamed));
        assertEquals(List.of(Part.LAN), a.board.names());
        byte[] hello = frame(BROADCAST, MAC1, 1);
        one.send(hello);
        two.expect(hello);
        a.definition.change(new NetworkSpec("lan1", Part.VNI, Optional.of(a.address), List.of()));
        assertEquals(List.of("lan1"), a.board.names());
    }

    @Test
    void closingLeavesNoThread() {
        a.close();
        b.close();
        c.close();
        long threadDeadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("kemari-net"))) {
            assertTrue(System.nanoTime() < threadDeadline, "a thread is left");
            Thread.onSpinWait(); // The loop says that it has ended from its own thread, just before that ends.
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "the condition did not come true");
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
