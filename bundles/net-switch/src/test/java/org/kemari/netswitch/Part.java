package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.NetBackend;

/** A container's part of the network {@code lan0} in tests. */
final class Part implements AutoCloseable {
    static final String LAN = "lan0";
    static final int VNI = 42;

    final InetSocketAddress address;
    final Switchboard board = new Switchboard(System::nanoTime, () -> {});
    Switchboard.Definition definition;

    Part(InetSocketAddress address) {
        this.address = address;
    }

    static InetSocketAddress freeAddress(String host) throws Exception {
        InetAddress address = InetAddress.getByName(host);
        try (DatagramSocket socket = new DatagramSocket(0, address)) {
            return new InetSocketAddress(address, socket.getLocalPort());
        }
    }

    NetworkSpec spec(InetSocketAddress... peers) {
        return new NetworkSpec(LAN, VNI, Optional.of(address), List.of(peers));
    }

    void join(Part... others) throws NetworkException {
        NetworkSpec spec =
                spec(Arrays.stream(others).map(other -> other.address).toArray(InetSocketAddress[]::new));
        if (definition == null) {
            definition = board.define(spec);
        } else {
            definition.change(spec);
        }
    }

    Card card() throws BackendException {
        return new Card(board);
    }

    SwitchCounters counters() {
        return board.counters(LAN);
    }

    @Override
    public void close() {
        board.close();
    }

    /** A network card: keeps copies of what it is given, and uses the memory of what it has sent for something else. */
    static final class Card {
        final LinkedBlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
        final NetBackend port;

        Card(Switchboard board) throws BackendException {
            port = board.open("vm1", LAN, (frame, taken) -> {
                frames.add(bytes(frame));
                taken.run();
            });
        }

        void send(byte[] frame) {
            ByteBuffer lent = lent(frame);
            port.send(lent, () -> {
                sent.add(frame);
                lent.put(new byte[frame.length]);
            });
        }

        void expectSent(byte[]... expected) throws InterruptedException {
            for (byte[] frame : expected) {
                assertSame(frame, sent.poll(10, TimeUnit.SECONDS), "memory given back");
            }
            assertNull(sent.peek(), "memory given back twice");
        }

        void expect(byte[] frame) throws InterruptedException {
            byte[] got = frames.poll(10, TimeUnit.SECONDS);
            assertNotNull(got, "no frame came");
            assertEquals(HexFormat.of().formatHex(frame), HexFormat.of().formatHex(got));
        }

        void expectNothingSent(String why) {
            assertNull(sent.peek(), why);
        }

        void expectNothing() {
            assertNull(frames.peek(), "a frame came that should not");
        }
    }

    /** A frame in memory as a card lends it. */
    static ByteBuffer lent(byte[] frame) {
        ByteBuffer memory = ByteBuffer.allocateDirect(NetBackend.HEADROOM_BYTES + frame.length);
        return memory.put(NetBackend.HEADROOM_BYTES, frame).position(NetBackend.HEADROOM_BYTES);
    }

    static byte[] bytes(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(frame.position(), bytes);
        return bytes;
    }

    static final long BROADCAST = 0xffff_ffff_ffffL;

    /** A frame with something recognisable in it. */
    static byte[] frame(long to, long from, int content) {
        byte[] frame = new byte[60];
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (to >> 8 * (5 - i));
            frame[6 + i] = (byte) (from >> 8 * (5 - i));
        }
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        frame[14] = (byte) (content >> 8);
        frame[15] = (byte) content;
        return frame;
    }
}
