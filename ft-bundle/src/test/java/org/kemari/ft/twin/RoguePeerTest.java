package org.kemari.ft.twin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.MachineState;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.SessionHandler;
import org.kemari.api.protection.SessionThread;
import org.kemari.ft.protocol.FrameEncoder;
import org.kemari.ft.protocol.Hello;
import org.kemari.ft.protocol.PayloadWriter;
import org.kemari.ft.protocol.TransactionDigest;
import org.kemari.ft.protocol.VmId;
import org.kemari.ft.transport.TcpTransport;

/** Peers that do not keep the protocol: each is told why, and whatever ran before goes on. */
final class RoguePeerTest {
    private static final TcpTransport TRANSPORT = new TcpTransport();
    private static final SessionThread THREAD = TRANSPORT.newThread("rogue");
    private static final byte[] EMPTY = {};
    private static final long TERM = 4;
    /** Behind the magic number. */
    private static final int VERSION_OFFSET = 4;

    private final MapArbiter arbiter = new MapArbiter();
    /** Rogues give no signs of life. */
    private final Host backup = new Host("b", arbiter, TRANSPORT).with("heartbeat.limit.ms", "5000");

    @BeforeEach
    void listen() {
        backup.listen(0);
    }

    @AfterEach
    void close() {
        backup.close();
    }

    @AfterAll
    static void closeTransport() {
        TRANSPORT.close();
    }

    /** A peer that sends what it likes. */
    private final class Rogue implements SessionHandler, AutoCloseable {
        private final BlockingQueue<ReplicationFrame> received = new LinkedBlockingQueue<>();
        private final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private final ReplicationSession session;

        Rogue() throws InterruptedException {
            session = TRANSPORT.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), backup.port()), THREAD, this);
            assertTrue(open.await(5, TimeUnit.SECONDS));
        }

        void send(ReplicationCommand command, long epoch, byte[] payload) {
            session.send(new ReplicationFrame(command, 0, VmId.of("web"), TERM, epoch, payload));
        }

        ReplicationFrame answer(ReplicationCommand command) throws InterruptedException {
            while (true) {
                ReplicationFrame frame = received.poll(5, TimeUnit.SECONDS);
                assertTrue(frame != null, "no " + command + " came");
                if (frame.command() != ReplicationCommand.HEARTBEAT) {
                    assertEquals(command, frame.command(), new String(frame.payload(), StandardCharsets.UTF_8));
                    return frame;
                }
            }
        }

        void refused(String... words) throws InterruptedException {
            String reason = new String(answer(ReplicationCommand.ERROR).payload(), StandardCharsets.UTF_8);
            for (String word : words) {
                assertTrue(reason.contains(word), reason + " lacks " + word);
            }
            assertTrue(closed.await(5, TimeUnit.SECONDS), "the connection stays open");
        }

        Rogue welcomed() throws Exception {
            arbiter.claim("/terms", "web", TERM, "rogue");
            send(ReplicationCommand.HELLO, 0, hello("web", Host.MEMORY).encode());
            answer(ReplicationCommand.WELCOME);
            return this;
        }

        @Override
        public void opened(ReplicationSession opened) {
            open.countDown();
        }

        @Override
        public void received(ReplicationSession from, ReplicationFrame frame) {
            received.add(frame);
        }

        @Override
        public void writable(ReplicationSession now) {}

        @Override
        public void closed(ReplicationSession now, String reason) {
            closed.countDown();
        }

        @Override
        public void close() {
            session.close();
        }
    }

    private static Hello hello(String vm, long memoryBytes) {
        return new Hello(
                vm,
                "rogue",
                "riscv64-virt",
                memoryBytes,
                1,
                List.of("virtio-net net0 52:54:00:00:00:01", "virtio-blk disk0"),
                List.of(new Hello.Disk("disk0", CounterMachine.DISK_BLOCKS * CounterMachine.BLOCK, false)),
                50,
                250);
    }

    private void unharmed() {
        backup.await(ProtectionState.CONNECTING);
        assertEquals(MachineState.CREATED, backup.machine.status().state());
        try (Host primary = new Host("a", new MapArbiter(), TRANSPORT)) {
            assertEquals(MachineState.CREATED, primary.machine.status().state());
        }
    }

    @Test
    void aFrameThatTheStateDoesNotAllowIsNamedWithTheState() throws Exception {
        try (Rogue rogue = new Rogue()) {
            rogue.send(ReplicationCommand.BEGIN, 1, new byte[8]);
            rogue.refused("BEGIN is not allowed in state EXPECTING_HELLO");
        }
        unharmed();
        try (Rogue rogue = new Rogue().welcomed()) {
            rogue.send(ReplicationCommand.DEVICE, 1, new byte[8]);
            rogue.refused("DEVICE is not allowed in state COPYING");
        }
        unharmed();
    }

    @Test
    void anotherVmIsRefusedByName() throws Exception {
        try (Rogue rogue = new Rogue()) {
            rogue.send(ReplicationCommand.HELLO, 0, hello("mail", Host.MEMORY).encode());
            rogue.refused("vm=mail", "vm=web");
        }
        unharmed();
    }

    @Test
    void moreMemoryThanTheBackupHasIsRefusedWithBothValues() throws Exception {
        try (Rogue rogue = new Rogue()) {
            rogue.send(ReplicationCommand.HELLO, 0, hello("web", 1L << 30).encode());
            rogue.refused("memory=" + (1L << 30), Long.toString(Host.MEMORY));
        }
        unharmed();
    }

    @Test
    void aPrimaryWithoutTheTermIsRefused() throws Exception {
        arbiter.claim("/terms", "web", 9, "someone");
        try (Rogue rogue = new Rogue()) {
            rogue.send(ReplicationCommand.HELLO, 0, hello("web", Host.MEMORY).encode());
            rogue.refused("term 9 is held by someone", "arbiter.location");
        }
        unharmed();
    }

    @Test
    void aTruncatedGreetingIsRefused() throws Exception {
        try (Rogue rogue = new Rogue()) {
            byte[] whole = hello("web", Host.MEMORY).encode();
            rogue.send(ReplicationCommand.HELLO, 0, java.util.Arrays.copyOf(whole, whole.length - 3));
            rogue.refused("HELLO");
        }
        unharmed();
    }

    @Test
    void aTornTransactionIsNotTakenAndNothingOfItStays() throws Exception {
        String before = backup.machine.ramDigest();
        try (Rogue rogue = new Rogue().welcomed()) {
            byte[] begin = new PayloadWriter(8).u64(0).toBytes();
            byte[] page = new PayloadWriter(5000).u32(3).u8(1).toBytes();
            byte[] full = java.util.Arrays.copyOf(page, page.length + 4096);
            java.util.Arrays.fill(full, page.length, full.length, (byte) 7);
            TransactionDigest digest = new TransactionDigest();
            digest.add(new ReplicationFrame(ReplicationCommand.BEGIN, 0, 0, 0, 1, begin));
            digest.add(new ReplicationFrame(ReplicationCommand.RAM, 0, 0, 0, 1, full));
            digest.add(new ReplicationFrame(ReplicationCommand.DEVICE, 0, 0, 0, 1, new byte[16]));
            // DEVICE is said to be there and is not.
            rogue.send(ReplicationCommand.BEGIN, 1, begin);
            rogue.send(ReplicationCommand.RAM, 1, full);
            rogue.send(ReplicationCommand.COMMIT, 1, digest.encode());
            String reason = new String(rogue.answer(ReplicationCommand.NACK).payload(), StandardCharsets.UTF_8);
            assertTrue(reason.contains("torn"), reason);
            assertEquals(before, backup.machine.ramDigest());
        }
        unharmed();
    }

    @Test
    void aStateThatThisMachineCannotRestoreIsNeverAcknowledged() throws Exception {
        try (Rogue rogue = new Rogue().welcomed()) {
            transaction(rogue, 1, new byte[16]);
            rogue.refused("not this machine's state");
        }
        unharmed();
        arbiter.claim("/terms", "web", TERM + 1, "a");
        try (Host primary = new Host("a", arbiter, TRANSPORT).protect(backup.port())) {
            primary.await(ProtectionState.PROTECTED);
        }
    }

    private static void transaction(Rogue rogue, long epoch, byte[] state) {
        byte[] begin = new PayloadWriter(8).u64(0).toBytes();
        TransactionDigest digest = new TransactionDigest();
        digest.add(new ReplicationFrame(ReplicationCommand.BEGIN, 0, 0, 0, epoch, begin));
        digest.add(new ReplicationFrame(ReplicationCommand.DEVICE, 0, 0, 0, epoch, state));
        rogue.send(ReplicationCommand.BEGIN, epoch, begin);
        rogue.send(ReplicationCommand.DEVICE, epoch, state);
        rogue.send(ReplicationCommand.COMMIT, epoch, digest.encode());
    }

    @Test
    void aLaterStateThatThisMachineCannotRestoreIsNeverAcknowledgedEither() throws Exception {
        try (Rogue rogue = new Rogue().welcomed()) {
            for (long epoch = 1; epoch <= 3; epoch++) {
                transaction(rogue, epoch, CounterMachine.stateAt(epoch));
                assertEquals(epoch, rogue.answer(ReplicationCommand.ACK).epoch());
            }
            transaction(rogue, 4, new byte[16]);
            rogue.refused("not this machine's state");
        }
        unharmed();
    }

    @Test
    void pagesAndDiskChangesOutsideAreRefused() throws Exception {
        try (Rogue rogue = new Rogue().welcomed()) {
            rogue.send(
                    ReplicationCommand.RAM,
                    0,
                    new PayloadWriter(8).u32(CounterMachine.PAGES).u8(0).toBytes());
            rogue.refused("page=" + CounterMachine.PAGES);
        }
        try (Rogue rogue = new Rogue().welcomed()) {
            byte[] write = new PayloadWriter(64)
                    .u8(2)
                    .string("disk0")
                    .u8(1)
                    .u64(Long.MAX_VALUE)
                    .u64(1)
                    .bytes(new byte[1])
                    .toBytes();
            rogue.send(ReplicationCommand.DISK, 0, write);
            rogue.refused("outside disk disk0");
        }
        unharmed();
    }

    @Test
    void anotherProtocolAndDamagedFramesEndOnlyTheirOwnConnection() throws IOException, InterruptedException {
        try (Host primary = new Host("a", arbiter, TRANSPORT).protect(backup.port())) {
            primary.await(ProtectionState.PROTECTED);
            byte[] start = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), backup.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(start);
                out.flush();
                byte[] answer = socket.getInputStream().readAllBytes();
                assertTrue(new String(answer, StandardCharsets.ISO_8859_1).contains("Kemari peer"));
            }
            try (Rogue second = new Rogue()) {
                second.send(
                        ReplicationCommand.HELLO, 0, hello("web", Host.MEMORY).encode());
                second.refused("in use by");
            }
            long epochs = primary.protection().status().epochs();
            primary.await("more epochs", () -> primary.protection().status().epochs() > epochs + 5);
            assertEquals(ProtectionState.PROTECTED, primary.state());
            assertEquals(ProtectionState.PROTECTED, backup.state());
        }
    }

    /** A greeting as it travels. */
    private static byte[] greeting() {
        EmbeddedChannel channel = new EmbeddedChannel(new FrameEncoder());
        channel.writeOutbound(new ReplicationFrame(
                ReplicationCommand.HELLO,
                0,
                VmId.of("web"),
                TERM,
                0,
                hello("web", Host.MEMORY).encode()));
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            wire.writeBytes(ByteBufUtil.getBytes(part));
            part.release();
        }
        return wire.toByteArray();
    }

    private String answerTo(byte[] wire) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), backup.port())) {
            socket.getOutputStream().write(wire);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void anotherVersionAndFlippedOrTruncatedFramesLeaveAProtectedPairAlone() throws IOException {
        try (Host primary = new Host("a", arbiter, TRANSPORT).protect(backup.port())) {
            primary.await(ProtectionState.PROTECTED);
            byte[] version = greeting();
            version[VERSION_OFFSET]++;
            String answer = answerTo(version);
            assertTrue(answer.contains("version=3") && answer.contains("same release on both hosts"), answer);
            byte[] flipped = greeting();
            flipped[flipped.length - 1] ^= 1;
            answer = answerTo(flipped);
            assertTrue(answer.contains("a HELLO frame was damaged on the way"), answer);
            byte[] whole = greeting();
            for (int length = 0; length < whole.length; length += 7) {
                assertEquals("", answerTo(java.util.Arrays.copyOf(whole, length)), "half a frame is no frame");
            }
            long epochs = primary.protection().status().epochs();
            primary.await("more epochs", () -> primary.protection().status().epochs() > epochs + 5);
            assertEquals(ProtectionState.PROTECTED, primary.state());
            assertEquals(ProtectionState.PROTECTED, backup.state());
        }
    }

    @Test
    void aFrameOfAnotherVmOrTermWithinASessionIsRefused() throws Exception {
        try (Rogue rogue = new Rogue().welcomed()) {
            rogue.session.send(
                    new ReplicationFrame(ReplicationCommand.BEGIN, 0, VmId.of("mail"), TERM, 1, new byte[8]));
            rogue.refused("BEGIN of another VM");
        }
        try (Rogue rogue = new Rogue().welcomed()) {
            rogue.session.send(
                    new ReplicationFrame(ReplicationCommand.BEGIN, 0, VmId.of("web"), TERM - 1, 1, new byte[8]));
            rogue.refused("term " + (TERM - 1), "this session has term " + TERM);
        }
        unharmed();
    }

    @Test
    void inputsComeBeforeTheGuestGoesOnAndOnlyThoseAfterTheCommit() throws Exception {
        try (Host primary = new Host("a", arbiter, TRANSPORT, Host.MEMORY, 2_000_000).protect(backup.port())) {
            primary.await(ProtectionState.PROTECTED);
            for (int i = 0; i < 40; i++) {
                primary.machine
                        .inbox()
                        .offer(new org.kemari.api.machine.Input.FrameReceived(
                                "net0", ("in" + i).getBytes(StandardCharsets.UTF_8)));
            }
            primary.await("some taken", () -> primary.machine.echoed().size() > 20);
            primary.framesToLive.set(0);
            backup.await(ProtectionState.UNPROTECTED);
            backup.await("going on", () -> backup.machine.status().instructions() > backup.machine.restoredAt() + 40);
            List<String> before = primary.machine.echoed();
            List<String> again = backup.machine.echoed();
            for (int i = 0; i < again.size(); i++) {
                int at = before.indexOf(again.get(0)) + i;
                assertTrue(at >= i && at < before.size(), "unknown input " + again.get(i));
                assertEquals(before.get(at), again.get(i), "in order, without a gap");
            }
        }
    }
}
