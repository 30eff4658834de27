package org.kemari.ft.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;

final class FrameCodecTest {
    private static final ReplicationFrame FRAME =
            new ReplicationFrame(ReplicationCommand.RAM, Flags.PACKED, VmId.of("web"), 7, 42, "payload".getBytes());

    private static byte[] encode(ReplicationFrame frame) {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameEncoder());
        channel.writeOutbound(frame);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private static EmbeddedChannel decoder() {
        return new EmbeddedChannel(new FrameDecoder());
    }

    private static void same(ReplicationFrame expected, ReplicationFrame actual) {
        assertEquals(expected.command(), actual.command());
        assertEquals(expected.flags(), actual.flags());
        assertEquals(expected.vmId(), actual.vmId());
        assertEquals(expected.term(), actual.term());
        assertEquals(expected.epoch(), actual.epoch());
        assertArrayEquals(expected.payload(), actual.payload());
    }

    private static FrameException.Fault fault(byte[] bytes) {
        EmbeddedChannel channel = decoder();
        FrameException e =
                assertThrows(FrameException.class, () -> channel.writeInbound((Object) Unpooled.copiedBuffer(bytes)));
        return e.fault();
    }

    @Test
    void aFrameCutAtEveryByteArrivesWhole() {
        byte[] bytes = encode(FRAME);
        for (int cut = 0; cut <= bytes.length; cut++) {
            EmbeddedChannel channel = decoder();
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
            if (cut < bytes.length) {
                assertNull(channel.readInbound(), "at " + cut);
            }
            channel.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
            same(FRAME, channel.readInbound());
        }
    }

    @Test
    void twoFramesByteForByteArriveBoth() {
        byte[] bytes = encode(FRAME);
        EmbeddedChannel channel = decoder();
        for (int round = 0; round < 2; round++) {
            for (byte each : bytes) {
                channel.writeInbound(Unpooled.copiedBuffer(new byte[] {each}));
            }
            same(FRAME, channel.readInbound());
        }
    }

    @Test
    void aFrameWithAnyBitFlippedIsNeverTaken() {
        byte[] bytes = encode(FRAME);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            EmbeddedChannel channel = decoder();
            try {
                // A longer length only makes it wait; then nothing may come out either.
                channel.writeInbound(Unpooled.copiedBuffer(flipped));
            } catch (FrameException e) {
                assertTrue(e.getMessage().length() > 10);
            }
            assertNull(channel.readInbound(), "bit " + bit);
        }
    }

    @Test
    void eachFaultIsNamed() {
        byte[] bytes = encode(FRAME);
        byte[] http = "GET / HTTP/1.1\r\n".getBytes();
        assertEquals(FrameException.Fault.MAGIC, fault(http));
        byte[] version = bytes.clone();
        version[FrameLayout.VERSION_OFFSET]++;
        assertEquals(FrameException.Fault.VERSION, fault(version));
        byte[] command = bytes.clone();
        command[FrameLayout.COMMAND_OFFSET] = 99;
        assertEquals(FrameException.Fault.COMMAND, fault(command));
        byte[] payload = bytes.clone();
        payload[bytes.length - 1] ^= 1;
        assertEquals(FrameException.Fault.CHECKSUM, fault(payload));
    }

    @Test
    void aHugeLengthIsRefusedBeforeItsPayloadComes() {
        byte[] bytes = encode(FRAME);
        for (int length :
                new int[] {ReplicationFrame.MAX_PAYLOAD_BYTES + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            byte[] long_ = bytes.clone();
            ByteBuffer.wrap(long_).order(ByteOrder.LITTLE_ENDIAN).putInt(FrameLayout.LENGTH_OFFSET, length);
            assertEquals(FrameException.Fault.LENGTH, fault(long_));
        }
    }

    @Test
    void afterAFaultNothingIsTakenAnyMore() {
        EmbeddedChannel channel = decoder();
        assertThrows(
                FrameException.class,
                () -> channel.writeInbound((Object) Unpooled.copiedBuffer("rubbish, more of it".getBytes())));
        channel.writeInbound(Unpooled.copiedBuffer(encode(FRAME)));
        assertNull(channel.readInbound());
    }

    @Test
    void randomBytesNeverMakeAFrame() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            EmbeddedChannel channel = decoder();
            try {
                channel.writeInbound(Unpooled.copiedBuffer(bytes));
            } catch (FrameException e) {
                assertFalse(e.getMessage().isEmpty());
            }
            assertNull(channel.readInbound());
        }
    }

    @Test
    void everyCommandAndAnEmptyPayloadTravel() {
        for (ReplicationCommand command : ReplicationCommand.values()) {
            ReplicationFrame frame = new ReplicationFrame(command, 0, 1, Long.MAX_VALUE, -1, new byte[0]);
            EmbeddedChannel channel = decoder();
            channel.writeInbound(Unpooled.copiedBuffer(encode(frame)));
            same(frame, channel.readInbound());
        }
    }
}
