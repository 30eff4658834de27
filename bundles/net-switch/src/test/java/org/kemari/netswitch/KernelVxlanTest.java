package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The other part is a Linux kernel's own {@code vxlan} device, in a network namespace. */
class KernelVxlanTest {
    private static final String SPACE = "kemari" + ProcessHandle.current().pid();
    private static final int PORT = 14789;
    private static final long OURS = 0x0200_0000_0001L;
    private static final byte[] OUR_IP = {(byte) 192, (byte) 168, 77, 1};
    private static final byte[] KERNEL_IP = {(byte) 192, (byte) 168, 77, 2};

    private final Switchboard board = new Switchboard(System::nanoTime, () -> {});

    @BeforeEach
    void makeNamespace() throws Exception {
        assumeTrue(ip("netns", "add", SPACE), "needs root and iproute2: a network namespace cannot be made here");
        String veth = "kv" + ProcessHandle.current().pid();
        assumeTrue(
                ip("link", "add", veth, "type", "veth", "peer", "name", "far", "netns", SPACE)
                        && ip("addr", "add", "10.213.77.1/24", "dev", veth)
                        && ip("link", "set", veth, "up")
                        && ip("-n", SPACE, "addr", "add", "10.213.77.2/24", "dev", "far")
                        && ip("-n", SPACE, "link", "set", "far", "up")
                        && ip(
                                "-n",
                                SPACE,
                                "link",
                                "add",
                                "vx0",
                                "type",
                                "vxlan",
                                "id",
                                "42",
                                "local",
                                "10.213.77.2",
                                "remote",
                                "10.213.77.1",
                                "dstport",
                                Integer.toString(PORT))
                        && ip("-n", SPACE, "addr", "add", "192.168.77.2/24", "dev", "vx0")
                        && ip("-n", SPACE, "link", "set", "vx0", "up"),
                "this kernel has no veth or vxlan devices");
    }

    @AfterEach
    void removeNamespace() throws Exception {
        board.close();
        ip("netns", "del", SPACE); // Takes its devices along, and so the other end of the pair.
    }

    @Test
    void aKernelsVxlanDeviceAnswersArpAndPing() throws Exception {
        board.define(new NetworkSpec(
                Part.LAN,
                42,
                Optional.of(new InetSocketAddress(InetAddress.getByName("10.213.77.1"), PORT)),
                List.of(new InetSocketAddress(InetAddress.getByName("10.213.77.2"), PORT))));
        Part.Card card = new Part.Card(board);

        card.send(arpRequest());
        byte[] reply = next(card, 0x0806);
        assertEquals(2, reply[21], "an ARP reply");
        assertArrayEquals(KERNEL_IP, Arrays.copyOfRange(reply, 28, 32));
        byte[] kernelMac = Arrays.copyOfRange(reply, 22, 28);

        card.send(echoRequest(kernelMac));
        byte[] echo = next(card, 0x0800);
        assertEquals(0, echo[34], "an ICMP echo reply");
        assertArrayEquals("kemari!!".getBytes(), Arrays.copyOfRange(echo, 42, 50));
    }

    private static byte[] next(Part.Card card, int type) throws InterruptedException {
        for (int tries = 0;
                tries < 100;
                tries++) { // The kernel also says things of its own, as IPv6's router solicitations.
            byte[] frame = card.frames.poll(10, TimeUnit.SECONDS);
            assertNotNull(frame, "the kernel did not answer");
            boolean forUs = MacAddress.destination(Unpooled.wrappedBuffer(frame)) == OURS;
            if (forUs && ByteBuffer.wrap(frame).getShort(12) == (short) type) {
                return frame;
            }
        }
        throw new AssertionError("no answer among 100 frames");
    }

    private static byte[] arpRequest() {
        ByteBuffer arp = ByteBuffer.wrap(Part.frame(Part.BROADCAST, OURS, 0)).position(12);
        arp.putShort((short) 0x0806)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4);
        arp.putShort((short) 1)
                .put(Part.frame(OURS, OURS, 0), 0, 6)
                .put(OUR_IP)
                .put(new byte[6])
                .put(KERNEL_IP);
        return arp.array();
    }

    private static byte[] echoRequest(byte[] to) {
        ByteBuffer frame = ByteBuffer.wrap(Part.frame(0, OURS, 0));
        frame.put(to).position(12);
        frame.putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) 36).putInt(0x0001_0000);
        frame.put((byte) 64).put((byte) 1).putShort((short) 0).put(OUR_IP).put(KERNEL_IP);
        frame.putShort(24, checksum(frame.array(), 14, 20));
        frame.put((byte) 8)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(0x0001_0001)
                .put("kemari!!".getBytes());
        frame.putShort(36, checksum(frame.array(), 34, 16));
        return frame.array();
    }

    private static short checksum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~((sum & 0xffff) + (sum >>> 16));
    }

    private static boolean ip(String... arguments) throws InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false; // No such command.
        }
    }
}
