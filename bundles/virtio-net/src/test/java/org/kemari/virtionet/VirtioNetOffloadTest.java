package org.kemari.virtionet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.kemari.virtionet.TestFrames.folded;
import static org.kemari.virtionet.TestFrames.header;
import static org.kemari.virtionet.TestFrames.pseudoHeader;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kemari.conformance.Rig;
import org.kemari.virtio.TestDriver;
import org.kemari.virtio.TestDriver.Part;

/** What a driver leaves to the card: checksums, and the cutting of long TCP segments. */
class VirtioNetOffloadTest {
    private static final int RECEIVE = 0;
    private static final int TRANSMIT = 1;
    private static final int TCP_IPV4 = 1;
    private static final int TCP_IPV6 = 4;
    private static final int MSS = 1448;
    private static final int ACK = 0x10;
    private static final int FIN_PSH_CWR = 0x01 | 0x08 | 0x80;
    private static final int IPV4_TCP = 34;

    private final Rig rig = VirtioNetDeviceTest.rig();
    private TestDriver driver = VirtioNetDeviceTest.started(rig, VirtioNetDeviceTest.OFFLOADS);

    /** Sends a frame in parts of odd lengths; gives what came out. */
    private List<byte[]> send(byte[] header, byte[] frame) {
        rig.shown().clear();
        long at = driver.firstFree();
        rig.poke(at, header);
        List<Part> parts = new ArrayList<>(List.of(new Part(at, header.length, false)));
        long to = at + 0x1000;
        for (int done = 0; done < frame.length; ) {
            int count = Math.min(frame.length - done, done == 0 ? 61 : 4099);
            rig.poke(to, Arrays.copyOfRange(frame, done, done + count));
            parts.add(new Part(to, count, false));
            to += count + 3;
            done += count;
        }
        driver.add(TRANSMIT, parts, true);
        driver.kick(TRANSMIT);
        assertEquals(1, driver.reap(TRANSMIT).size(), "the buffer comes back");
        assertFalse(driver.needsReset());
        List<byte[]> sent = new ArrayList<>();
        for (String shown : rig.shown()) {
            if (shown.startsWith("frame [")) {
                String[] numbers =
                        shown.substring("frame [".length(), shown.length() - 1).split(", ");
                byte[] bytes = new byte[numbers.length];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = Byte.parseByte(numbers[i]);
                }
                sent.add(bytes);
            }
        }
        return sent;
    }

    private static byte[] payload(int lengthBytes) {
        byte[] payload = new byte[lengthBytes];
        new Random(lengthBytes).nextBytes(payload);
        return payload;
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "8", "1001", "1472"})
    void aChecksumIsCompleted(int lengthBytes) {
        byte[] frame = TestFrames.udp(payload(lengthBytes));
        List<byte[]> sent = send(header(1, 0, 0, 34, 6), frame);
        assertEquals(1, sent.size());
        byte[] said = sent.get(0);
        assertEquals(0xFFFF, folded(pseudoHeader(said, 14, false, 17, said.length - 34), said, 34, said.length));
        System.arraycopy(said, 40, frame, 40, 2);
        assertArrayEquals(frame, said, "nothing else is changed");
    }

    /** Zero would say that there is none (RFC 768). */
    @Test
    void aChecksumIsNeverZero() {
        byte[] frame = TestFrames.udp(new byte[2]);
        int sum = folded(0, frame, 34, frame.length);
        ByteBuffer.wrap(frame).putShort(42, (short) ~sum);
        byte[] said = send(header(1, 0, 0, 34, 6), frame).get(0);
        assertEquals(-1, ByteBuffer.wrap(said).getShort(40));
    }

    @Test
    void aFrameWhoseChecksumHasNoPlaceIsNotSent() {
        byte[] frame = TestFrames.udp(new byte[10]);
        assertEquals(List.of(), send(header(1, 0, 0, 34, frame.length - 35), frame));
        assertEquals(List.of(), send(header(1, 0, 0, 0xFFFF, 0xFFFF), frame));
        assertEquals(1, send(header(1, 0, 0, 34, frame.length - 36), frame).size());
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, 10000", "false, true, 10000", "true, false, 10000", "true, true, 10000",
        "false, false, 1448", "false, false, 1449", "false, false, 0", "true, false, 2896"
    })
    void aLongSegmentIsCut(boolean ipv6, boolean tagged, int lengthBytes) throws Exception {
        byte[] payload = payload(lengthBytes);
        byte[] frame = TestFrames.tcp(ipv6, tagged, ACK | FIN_PSH_CWR, payload);
        int ip = tagged ? 18 : 14;
        int tcp = ip + (ipv6 ? 40 : 20);
        int data = tcp + TestFrames.TCP_BYTES;
        List<byte[]> sent = send(header(1, ipv6 ? TCP_IPV6 : TCP_IPV4, MSS, tcp, 16), frame);
        assertEquals(Math.max(1, (lengthBytes + MSS - 1) / MSS), sent.size());
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int i = 0; i < sent.size(); i++) {
            byte[] segment = sent.get(i);
            ByteBuffer fields = ByteBuffer.wrap(segment);
            assertEquals(-5_000 + i * MSS, fields.getInt(tcp + 4), "sequence number");
            boolean last = i == sent.size() - 1;
            int flags = ACK | (last ? 0x09 : 0) | (i == 0 ? 0x80 : 0);
            assertEquals(flags, segment[tcp + TestFrames.TCP_FLAGS] & 0xFF, "flags");
            if (ipv6) {
                assertEquals(segment.length - tcp, fields.getShort(ip + 4));
            } else {
                assertEquals(segment.length - ip, fields.getShort(ip + 2));
                assertEquals((short) (0xFFFE + i), fields.getShort(ip + 4), "identification");
                assertEquals(0xFFFF, folded(0, segment, ip, tcp), "checksum of IP");
            }
            int pseudo = pseudoHeader(segment, ip, ipv6, 6, segment.length - tcp);
            assertEquals(0xFFFF, folded(pseudo, segment, tcp, segment.length), "checksum of TCP");
            assertArrayEquals(
                    Arrays.copyOfRange(frame, data - 12, data),
                    Arrays.copyOfRange(segment, data - 12, data),
                    "options");
            got.write(segment, data, segment.length - data);
        }
        assertArrayEquals(payload, got.toByteArray());
    }

    @Test
    void whatCannotBeCutIsNotSent() {
        byte[] frame = TestFrames.tcp(false, false, ACK, payload(10_000));
        assertEquals(7, send(header(1, TCP_IPV4, MSS, IPV4_TCP, 16), frame).size());
        assertEquals(List.of(), send(header(1, 3, MSS, IPV4_TCP, 16), frame), "UDP fragments were not offered");
        assertEquals(List.of(), send(header(1, TCP_IPV4 | 0x80, MSS, IPV4_TCP, 16), frame), "nor was ECN");
        assertEquals(List.of(), send(header(1, TCP_IPV6, MSS, IPV4_TCP, 16), frame), "not what it is");
        assertEquals(List.of(), send(header(1, TCP_IPV4, 0, IPV4_TCP, 16), frame), "in pieces of nothing");
        assertEquals(List.of(), send(header(1, TCP_IPV4, 0xFFFF, IPV4_TCP, 16), frame), "in pieces too long");
        assertEquals(List.of(), send(header(1, TCP_IPV4, 39, IPV4_TCP, 16), frame), "in too many pieces");
        assertEquals(
                256,
                send(header(1, TCP_IPV4, 40, IPV4_TCP, 16), Arrays.copyOf(frame, 66 + 256 * 40))
                        .size());
        for (int start : new int[] {0, 33, 35, frame.length, 0xFFFF}) {
            assertEquals(List.of(), send(header(1, TCP_IPV4, MSS, start, 16), frame), "TCP at " + start);
        }
        byte[] shortHeader = frame.clone();
        shortHeader[IPV4_TCP + 12] = 0x40;
        assertEquals(List.of(), send(header(1, TCP_IPV4, MSS, IPV4_TCP, 16), shortHeader), "a TCP header of 16 bytes");
        assertEquals(List.of(), send(header(1, TCP_IPV4, MSS, IPV4_TCP, 16), Arrays.copyOf(frame, 60)), "cut short");
        assertEquals(List.of(), send(header(1, TCP_IPV4, MSS, IPV4_TCP, 16), Arrays.copyOf(frame, 14)), "no IP");
    }

    private int flagsOfReceived(byte[] frame) {
        long at = VirtioNetDeviceTest.slot(driver, RECEIVE, driver.nextHead(RECEIVE));
        VirtioNetDeviceTest.giveReceiveBuffer(driver, 1700);
        VirtioNetDeviceTest.receive(rig, frame);
        assertEquals(1, driver.reap(RECEIVE).size());
        assertArrayEquals(frame, rig.peek(at + 12, frame.length), "a frame is left as it is");
        return rig.peek(at, 1)[0];
    }

    @Test
    void aChecksumThatIsRightIsSaidToBe() {
        for (boolean ipv6 : new boolean[] {false, true}) {
            for (boolean tagged : new boolean[] {false, true}) {
                int tcp = (tagged ? 18 : 14) + (ipv6 ? 40 : 20);
                byte[] header = header(1, ipv6 ? TCP_IPV6 : TCP_IPV4, MSS, tcp, 16);
                byte[] good = send(header, TestFrames.tcp(ipv6, tagged, ACK, payload(1001)))
                        .get(0);
                assertEquals(2, flagsOfReceived(good));
                assertEquals(2, flagsOfReceived(Arrays.copyOf(good, good.length + 5)), "filled up");
                for (int at : new int[] {tcp, tcp + 17, good.length - 1}) {
                    byte[] bad = good.clone();
                    bad[at]++;
                    assertEquals(0, flagsOfReceived(bad), "byte " + at);
                }
                assertEquals(0, flagsOfReceived(Arrays.copyOf(good, good.length - 1)), "cut short");
                assertEquals(0, flagsOfReceived(Arrays.copyOf(good, tcp - 1)), "no TCP");
                assertEquals(0, flagsOfReceived(Arrays.copyOf(good, 14)), "no IP");
            }
        }
    }

    @Test
    void aChecksumThatIsNotLookedAtIsTheGuests() {
        byte[] udp = send(header(1, 0, 0, 34, 6), TestFrames.udp(payload(64))).get(0);
        assertEquals(2, flagsOfReceived(udp));
        byte[] none = udp.clone();
        ByteBuffer.wrap(none).putShort(40, (short) 0);
        assertEquals(0, flagsOfReceived(none), "UDP without one");
        for (int fragment : new int[] {0x2000, 1}) {
            byte[] part = udp.clone();
            ByteBuffer.wrap(part).putShort(20, (short) fragment);
            assertEquals(0, flagsOfReceived(part), "a fragment");
        }
        byte[] other = udp.clone();
        other[23] = 1;
        assertEquals(0, flagsOfReceived(other), "ICMP");
        driver = VirtioNetDeviceTest.started(rig, VirtioNetDeviceTest.FEATURES);
        assertEquals(0, flagsOfReceived(udp), "not asked for");
    }

    @Test
    void aDriverThatDoesEverythingItselfIsTakenAtItsWord() {
        driver = VirtioNetDeviceTest.started(rig, VirtioNetDeviceTest.FEATURES);
        byte[] frame = TestFrames.udp(payload(100));
        List<byte[]> sent = send(header(1, TCP_IPV4, MSS, 34, 6), frame);
        assertEquals(1, sent.size());
        assertArrayEquals(frame, sent.get(0));
    }
}
