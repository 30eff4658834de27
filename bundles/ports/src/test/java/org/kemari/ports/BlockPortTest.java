package org.kemari.ports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockRequest.Operation;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.backend.DiskSpec;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;

/** Whose is a buffer, and from when on may it be used for something else. */
class BlockPortTest {
    private static final int LENGTH = 4096;

    private final List<Input> inbox = new CopyOnWriteArrayList<>();
    private final BackendTracker<BlockBackendFactory> backends = new BackendTracker<>();
    private final PortHost host = new PortHost("test", proxy -> () -> {});
    private final Disk disk = new Disk();
    private BlockPort port;

    private record Held(BlockRequest request, BlockBackend.Completion completion) {
        void done(BlockStatus status) {
            completion.done(status);
        }
    }

    /** Does nothing until it is told to, not even when it is closed. */
    private static final class Disk implements BlockBackendFactory, BlockBackend {
        private final List<Held> held = new CopyOnWriteArrayList<>();

        @Override
        public BlockBackend open(String vm, DiskSpec spec) {
            return this;
        }

        @Override
        public long sizeBytes() {
            return 1 << 20;
        }

        @Override
        public boolean readOnly() {
            return false;
        }

        @Override
        public void submit(BlockRequest request, Completion completion) {
            held.add(new Held(request, completion));
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() throws Exception {
        backends.add("raw", disk);
        port = new BlockPort(
                host, new PortId("vm", "disk0"), backends, "raw", new DiskSpec("image", false, false), inbox::add);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private ByteBuffer read(long token) {
        ByteBuffer target = port.buffer(LENGTH);
        port.submit(token, BlockRequest.read(0, target));
        return target;
    }

    private ByteBuffer write(long token) {
        ByteBuffer data = port.buffer(LENGTH);
        port.submit(token, BlockRequest.write(0, data));
        return data;
    }

    @Test
    void whatWasReadGoesToTheInboxAsItIsAndTheBufferIsUsedAgainOnceGivenBack() {
        ByteBuffer target = read(1);
        assertTrue(target.isDirect(), "the host needs no copy of it");
        target.put(7, (byte) 99);
        disk.held.get(0).done(BlockStatus.OK);
        Input.BlockCompleted completed = (Input.BlockCompleted) inbox.get(0);
        assertSame(target, completed.data());
        assertNotSame(target, port.buffer(LENGTH), "the device has it still");
        Input.BlockCompleted kept = completed.kept();
        port.giveBack(target);
        assertSame(target, port.buffer(LENGTH - 512));
        assertEquals(LENGTH - 512, target.limit());
        assertEquals(99, kept.data().get(7));
    }

    @Test
    void whatWasWrittenIsUsedAgainWhenTheDiskIsDone() {
        ByteBuffer data = write(1);
        assertNotSame(data, port.buffer(LENGTH));
        disk.held.get(0).done(BlockStatus.IO_ERROR);
        assertEquals(0, ((Input.BlockCompleted) inbox.get(0)).data().remaining());
        assertSame(data, port.buffer(LENGTH));
    }

    @Test
    void whatTheGateHoldsIsUsedAgainWhenItWasDeliveredAndTheDiskIsDone() {
        List<Output> said = new ArrayList<>();
        port.gate(Optional.of((from, output) -> said.add(output)));
        ByteBuffer data = write(1);
        assertTrue(data.isDirect(), "the host needs no copy of it");
        assertNotSame(data, port.buffer(LENGTH));
        port.deliver(said.get(0));
        assertSame(data, disk.held.get(0).request.data());
        assertNotSame(data, port.buffer(LENGTH));
        disk.held.get(0).done(BlockStatus.OK);
        assertSame(data, port.buffer(LENGTH));
    }

    @Test
    void whatIsForgottenIsUsedAgainOnlyWhenTheDiskIsDone() {
        ByteBuffer data = write(1);
        ByteBuffer target = read(2);
        port.forget();
        assertNotSame(data, port.buffer(LENGTH));
        disk.held.forEach(each -> each.done(BlockStatus.OK));
        assertEquals(List.of(), inbox);
        assertSame(target, port.buffer(LENGTH));
        assertSame(data, port.buffer(LENGTH));
    }

    @Test
    void whatNoDiskHasIsUsedAgainAtOnceWhenItIsForgotten() {
        backends.remove(disk);
        ByteBuffer data = write(1);
        port.forget();
        assertSame(data, port.buffer(LENGTH));
    }

    @Test
    void whatADiskThatWentGaveUpIsUsedAgainAtOnceWhenItIsForgotten() {
        ByteBuffer data = write(1);
        backends.remove(disk);
        disk.held.get(0).done(BlockStatus.IO_ERROR);
        assertNotSame(data, port.buffer(LENGTH), "it is to be issued again");
        port.forget();
        assertSame(data, port.buffer(LENGTH));
    }

    @Test
    void anotherDiskReadsIntoItsOwnAndNoneOfBothIsUsedAgain() {
        ByteBuffer first = read(1);
        ByteBuffer data = write(2);
        backends.remove(disk);
        Disk second = new Disk();
        backends.add("raw", second);
        CharPortTest.await(() -> second.held.size() == 2, "issued again");
        ByteBuffer again = second.held.get(0).request.data();
        assertNotSame(first, again);
        second.held.forEach(each -> each.done(BlockStatus.OK));
        assertSame(again, ((Input.BlockCompleted) inbox.get(0)).data());
        port.giveBack(again);
        disk.held.forEach(each -> each.done(BlockStatus.OK));
        assertEquals(2, inbox.size(), "one answer each");
        for (int i = 0; i < 3; i++) {
            ByteBuffer other = port.buffer(LENGTH);
            assertTrue(other != first && other != again && other != data);
        }
    }

    @Test
    void anAnswerOfADiskThatHasGoneIsAnAnswerAndItsErrorIsNone() {
        ByteBuffer target = read(1);
        write(2);
        backends.remove(disk);
        disk.held.get(0).done(BlockStatus.OK);
        disk.held.get(1).done(BlockStatus.IO_ERROR);
        assertEquals(1, inbox.size());
        assertSame(target, ((Input.BlockCompleted) inbox.get(0)).data());
        backends.add("raw", disk);
        CharPortTest.await(() -> disk.held.size() == 3, "issued again");
        assertEquals(Operation.WRITE, disk.held.get(2).request.operation());
    }

    @Test
    void beyondTheBoundOfOneDiskTheHeapIsUsed() {
        HostBuffers buffers = new HostBuffers(3 * LENGTH);
        ByteBuffer one = buffers.lend(LENGTH + 1);
        ByteBuffer two = buffers.lend(LENGTH);
        assertTrue(one.isDirect() && two.isDirect());
        assertFalse(buffers.lend(LENGTH).isDirect());
        buffers.keep(one);
        assertTrue(buffers.lend(LENGTH).isDirect());
        buffers.giveBack(one);
        buffers.giveBack(ByteBuffer.allocate(LENGTH));
        buffers.giveBack(two);
        buffers.giveBack(two);
        assertSame(two, buffers.lend(LENGTH));
        assertNotSame(two, buffers.lend(LENGTH));
    }
}
