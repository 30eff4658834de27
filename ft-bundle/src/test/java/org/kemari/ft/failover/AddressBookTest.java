package org.kemari.ft.failover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

final class AddressBookTest {
    private static final byte[] MAC = HexFormat.of().parseHex("525400000001");

    private static AddressBook book() {
        return new AddressBook(
                List.of(new DeviceSpec("virtio-net", "net0", Map.of(DeviceSpec.MAC, "52:54:00:00:00:01"))));
    }

    private static byte[] ipv4(int source) {
        return ByteBuffer.allocate(60)
                .put(new byte[6])
                .put(MAC)
                .putShort((short) 0x0800)
                .position(26)
                .putInt(source)
                .array();
    }

    private static byte[] sent(AddressBook book, int index) {
        return ((Output.Frame) book.announcements().get(index).output()).frame().array();
    }

    @Test
    void aKnownAddressIsAnnouncedByGratuitousArp() {
        AddressBook book = book();
        book.learn(List.of(new DeviceOutput("net0", new Output.Frame(ipv4(0x0a000002)))));
        assertEquals(1, book.announcements().size());
        byte[] frame = sent(book, 0);
        assertEquals(60, frame.length);
        assertEquals(
                "ffffffffffff" + "525400000001" + "0806" + "0001080006040001" + "525400000001" + "0a000002"
                        + "000000000000" + "0a000002",
                HexFormat.of().formatHex(Arrays.copyOf(frame, 42)));
    }

    @Test
    void aCardThatNeverSpokeIsAnnouncedByReverseArp() {
        byte[] frame = sent(book(), 0);
        assertEquals("8035" + "0001080006040003", HexFormat.of().formatHex(Arrays.copyOfRange(frame, 12, 22)));
        assertArrayEquals(MAC, Arrays.copyOfRange(frame, 32, 38), "asks for itself");
    }

    @Test
    void anArpProbeTeachesNothingAndItsAnswerDoes() {
        AddressBook book = book();
        byte[] arp = ByteBuffer.allocate(60)
                .put(new byte[6])
                .put(MAC)
                .putShort((short) 0x0806)
                .put(HexFormat.of().parseHex("0001080006040001"))
                .put(MAC)
                .putInt(0)
                .array();
        book.learn(List.of(new DeviceOutput("net0", new Output.Frame(arp))));
        assertEquals((byte) 0x80, sent(book, 0)[12], "still a reverse ARP");
        ByteBuffer.wrap(arp).putInt(28, 0x0a000002);
        book.learn(List.of(new DeviceOutput("net0", new Output.Frame(arp))));
        assertEquals(0x08, sent(book, 0)[12]);
    }

    @Test
    void anInventiveGuestFillsOnlyABoundedBookAndShortFramesDoNoHarm() {
        AddressBook book = book();
        for (int ip = 1; ip < 1_000; ip++) {
            book.learn(List.of(new DeviceOutput("net0", new Output.Frame(ipv4(ip)))));
        }
        for (int length = 0; length < 60; length++) {
            book.learn(List.of(new DeviceOutput("net0", new Output.Frame(Arrays.copyOf(ipv4(5), length)))));
        }
        assertTrue(book.announcements().size() <= 64);
    }
}
