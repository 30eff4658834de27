package org.kemari.ft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

final class PayloadTest {
    private static final Hello HELLO = new Hello(
            "web",
            "host-1",
            "riscv64-virt",
            1L << 29,
            2,
            List.of("virtio-net net0 52:54:00:00:00:01", "virtio-blk disk0"),
            List.of(new Hello.Disk("disk0", 1L << 30, false)),
            50,
            250);

    /** Decodes something; may throw. */
    private interface Decoder {
        Object decode(byte[] payload) throws PayloadException;
    }

    /** Cut anywhere it is refused with a typed error, never with another. */
    private static void everyTruncation(byte[] payload, Decoder decoder) {
        for (int length = 0; length < payload.length; length++) {
            byte[] cut = Arrays.copyOf(payload, length);
            assertThrows(PayloadException.class, () -> decoder.decode(cut), "length " + length);
        }
        assertThrows(PayloadException.class, () -> decoder.decode(Arrays.copyOf(payload, payload.length + 1)));
    }

    @Test
    void helloTravelsAndRefusesEveryTruncation() throws PayloadException {
        assertEquals(HELLO, Hello.decode(HELLO.encode()));
        everyTruncation(HELLO.encode(), Hello::decode);
    }

    @Test
    void goodbyeTravelsAndRefusesEveryTruncation() throws PayloadException {
        Goodbye goodbye = new Goodbye(Goodbye.Kind.HAND_OVER, 9, "planned");
        assertEquals(goodbye, Goodbye.decode(goodbye.encode()));
        everyTruncation(goodbye.encode(), Goodbye::decode);
    }

    @Test
    void wrongBytesInHelloAreNeverAnotherError() {
        byte[] payload = HELLO.encode();
        for (int i = 0; i < payload.length; i++) {
            for (int value : new int[] {0, 0x7f, 0x80, 0xff}) {
                byte[] wrong = payload.clone();
                wrong[i] = (byte) value;
                try {
                    Hello.decode(wrong);
                } catch (PayloadException e) {
                    assertTrue(e.getMessage().length() > 5);
                }
            }
        }
    }

    @Test
    void outputsOfAllKindsTravelInOrder() throws PayloadException {
        byte[] large = new byte[3 * OutputList.CUT_BYTES + 17];
        Arrays.fill(large, (byte) 5);
        List<DeviceOutput> outputs = List.of(
                new DeviceOutput("net0", new Output.Frame(new byte[60])),
                new DeviceOutput("uart", new Output.Bytes("hello".getBytes())),
                new DeviceOutput("disk0", new Output.Block(3, BlockRequest.write(512, ByteBuffer.wrap(large)))),
                new DeviceOutput("disk0", new Output.Block(4, BlockRequest.of(BlockRequest.Operation.FLUSH, 0, 0))),
                new DeviceOutput(
                        "disk0", new Output.Block(5, BlockRequest.of(BlockRequest.Operation.DISCARD, 4096, 1L << 33))));
        long written = 0;
        int count = 0;
        DeviceOutput last = null;
        for (byte[] payload : OutputList.encode(outputs)) {
            assertTrue(payload.length < ReplicationFrame.MAX_PAYLOAD_BYTES);
            for (DeviceOutput said : OutputList.decode(payload)) {
                if (said.output() instanceof Output.Block block
                        && block.request().operation() == BlockRequest.Operation.WRITE) {
                    assertEquals(512 + written, block.request().offset(), "a large write is cut without a hole");
                    written += block.request().lengthBytes();
                }
                count++;
                last = said;
            }
        }
        assertEquals(large.length, written);
        assertEquals(4 + 4, count);
        assertEquals(1L << 33, ((Output.Block) last.output()).request().lengthBytes());
    }

    @Test
    void truncatedOutputsAreRefused() {
        byte[] payload = OutputList.encode(List.of(new DeviceOutput("net0", new Output.Frame(new byte[60]))))
                .get(0);
        for (int length = 1; length < payload.length; length++) {
            byte[] cut = Arrays.copyOf(payload, length);
            assertThrows(PayloadException.class, () -> OutputList.decode(cut), "length " + length);
        }
    }

    @Test
    void theDigestFindsAMissingADoubledAndASwappedFrame() throws PayloadException {
        ReplicationFrame a = new ReplicationFrame(ReplicationCommand.RAM, 0, 0, 0, 1, new byte[] {1});
        ReplicationFrame b = new ReplicationFrame(ReplicationCommand.DISK, 0, 0, 0, 1, new byte[] {2});
        TransactionDigest sent = new TransactionDigest();
        sent.add(a);
        sent.add(b);
        byte[] commit = sent.encode();
        for (List<ReplicationFrame> came : List.of(List.of(a), List.of(a, b, b), List.of(b, a))) {
            TransactionDigest digest = new TransactionDigest();
            came.forEach(digest::add);
            assertThrows(PayloadException.class, () -> digest.verify(commit));
        }
        TransactionDigest right = new TransactionDigest();
        right.add(a);
        right.add(b);
        right.verify(commit);
    }
}
