package org.kemari.blockfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockRequest.Operation;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.backend.DiskSpec;

class RawDiskTest {
    private static final int SIZE = 1 << 20;

    @TempDir
    Path folder;

    private final OpenImages images = new OpenImages();
    private Path image;

    private record Outcome(BlockStatus status, byte[] data) {}

    @BeforeEach
    void makeImage() throws Exception {
        image = folder.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
    }

    @AfterEach
    void closeAll() {
        images.close();
    }

    @Test
    void whatWasWrittenIsReadAndInTheFile() throws Exception {
        byte[] data = new byte[8192];
        new Random(1).nextBytes(data);
        try (BlockBackend disk = open(false)) {
            assertEquals(SIZE, disk.sizeBytes());
            assertEquals(BlockStatus.OK, write(disk, 4096, data).status());
            assertEquals(BlockStatus.OK, run(disk, Operation.FLUSH, 0, 0).status());
            assertArrayEquals(data, run(disk, Operation.READ, 4096, 8192).data());
        }
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(image), 4096, 4096 + 8192));
    }

    @Test
    void zeroesAreWrittenInChunksAndDiscardSucceeds() throws Exception {
        byte[] ones = new byte[SIZE];
        Arrays.fill(ones, (byte) 1);
        Files.write(image, ones);
        try (BlockBackend disk = open(false)) {
            assertEquals(
                    BlockStatus.OK,
                    run(disk, Operation.WRITE_ZEROES, 512, SIZE - 1024).status());
            assertEquals(BlockStatus.OK, run(disk, Operation.DISCARD, 0, 512).status());
        }
        Arrays.fill(ones, 512, SIZE - 512, (byte) 0);
        assertArrayEquals(ones, Files.readAllBytes(image));
    }

    @Test
    void requestsBeyondTheEndFailWithoutHarm() throws Exception {
        try (BlockBackend disk = open(false)) {
            assertEquals(
                    BlockStatus.IO_ERROR,
                    run(disk, Operation.READ, SIZE - 512, 1024).status());
            assertEquals(
                    BlockStatus.IO_ERROR,
                    run(disk, Operation.READ, Long.MAX_VALUE, 512).status());
            assertEquals(
                    BlockStatus.IO_ERROR,
                    run(disk, Operation.READ, 0, Long.MAX_VALUE).status());
            assertEquals(
                    BlockStatus.IO_ERROR, run(disk, Operation.READ, -512, 512).status());
            assertEquals(BlockStatus.IO_ERROR, write(disk, SIZE, new byte[512]).status());
            assertEquals(BlockStatus.OK, run(disk, Operation.READ, 0, 512).status());
        }
        assertEquals(SIZE, Files.size(image));
    }

    @Test
    void readOnlyDiskRefusesEveryChange() throws Exception {
        try (BlockBackend disk = open(true)) {
            assertTrue(disk.readOnly());
            assertEquals(BlockStatus.IO_ERROR, write(disk, 0, new byte[512]).status());
            assertEquals(
                    BlockStatus.IO_ERROR,
                    run(disk, Operation.WRITE_ZEROES, 0, 512).status());
            assertEquals(BlockStatus.OK, run(disk, Operation.FLUSH, 0, 0).status());
        }
    }

    @Test
    void theLastOfOverlappingWritesStandsAndFlushesFollowWrites() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        byte[] model = new byte[64 * 512];
        int requests = 2000;
        AtomicInteger writesDone = new AtomicInteger();
        AtomicInteger early = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(requests);
        try (BlockBackend disk = open(false)) {
            int writes = 0;
            for (int i = 0; i < requests; i++) {
                if (random.nextInt(10) == 0) {
                    int before = writes;
                    disk.submit(BlockRequest.of(Operation.FLUSH, 0, 0), status -> {
                        if (writesDone.get() < before) {
                            early.incrementAndGet();
                        }
                        all.countDown();
                    });
                    continue;
                }
                byte[] data = new byte[512 * (1 + random.nextInt(8))];
                random.nextBytes(data);
                int offset = 512 * random.nextInt(56);
                System.arraycopy(data, 0, model, offset, data.length);
                writes++;
                disk.submit(BlockRequest.write(offset, ByteBuffer.wrap(data)), status -> {
                    writesDone.incrementAndGet();
                    all.countDown();
                });
            }
            assertTrue(all.await(30, TimeUnit.SECONDS));
            assertEquals(0, early.get());
            assertArrayEquals(model, run(disk, Operation.READ, 0, model.length).data());
        }
    }

    @Test
    void closeFinishesWhatWasSubmittedExactlyOnceAndRefusesTheRest() throws Exception {
        BlockBackend disk = open(false);
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            disk.submit(BlockRequest.write(0, ByteBuffer.allocate(512)), status -> {
                assertEquals(BlockStatus.OK, status);
                done.incrementAndGet();
            });
        }
        disk.close();
        assertEquals(200, done.get());
        assertEquals(BlockStatus.IO_ERROR, run(disk, Operation.READ, 0, 512).status());
        disk.close();
        open(false).close();
    }

    @Test
    void aCompletionMayCloseItsDiskOrFail() throws Exception {
        BlockBackend disk = open(false);
        CompletableFuture<BlockStatus> second = new CompletableFuture<>();
        disk.submit(BlockRequest.read(0, ByteBuffer.allocate(512)), status -> {
            throw new IllegalStateException("a completion that fails");
        });
        CompletableFuture<Void> closed = new CompletableFuture<>();
        disk.submit(BlockRequest.write(0, ByteBuffer.allocate(512)), status -> {
            disk.close();
            closed.complete(null);
            second.complete(status);
        });
        assertEquals(BlockStatus.OK, second.get(10, TimeUnit.SECONDS));
        closed.get(10, TimeUnit.SECONDS);
        disk.close();
        assertFalse(Files.exists(folder.resolve("disk.img.holder")));
    }

    @Test
    void anImageThatShrinksGivesErrorsToTheGuestOnly() throws Exception {
        try (BlockBackend disk = open(false)) {
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(4096);
            }
            assertEquals(
                    BlockStatus.IO_ERROR, run(disk, Operation.READ, 8192, 512).status());
            assertEquals(BlockStatus.OK, run(disk, Operation.READ, 0, 512).status());
        }
    }

    @Test
    void aFullFileSystemGivesAnErrorToTheGuest() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("small"));
        Process mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString())
                .redirectErrorStream(true)
                .start();
        assumeTrue(mounted.waitFor() == 0, "a small file system can only be mounted by root");
        try {
            Path full = mount.resolve("full.img");
            try (RandomAccessFile file = new RandomAccessFile(full.toFile(), "rw")) {
                file.setLength(SIZE);
            }
            try (BlockBackend disk = images.open("vm1", new DiskSpec(full.toString(), false, false))) {
                assertEquals(
                        BlockStatus.IO_ERROR, write(disk, 0, new byte[SIZE]).status());
                assertEquals(BlockStatus.OK, run(disk, Operation.READ, 0, 512).status());
            }
        } finally {
            new ProcessBuilder("umount", mount.toString()).start().waitFor();
        }
    }

    private BlockBackend open(boolean readOnly) throws BackendException {
        return images.open("vm1", new DiskSpec(image.toString(), readOnly, false));
    }

    private static Outcome write(BlockBackend disk, long offset, byte[] data) throws Exception {
        return run(disk, BlockRequest.write(offset, ByteBuffer.wrap(data)));
    }

    private static Outcome run(BlockBackend disk, Operation operation, long offset, long length) throws Exception {
        boolean reads = operation == Operation.READ;
        int room = (int) Math.min(length, SIZE);
        return run(
                disk,
                reads
                        ? new BlockRequest(operation, offset, length, ByteBuffer.allocate(room))
                        : BlockRequest.of(operation, offset, length));
    }

    private static Outcome run(BlockBackend disk, BlockRequest request) throws Exception {
        CompletableFuture<BlockStatus> done = new CompletableFuture<>();
        disk.submit(request, done::complete);
        BlockStatus status = done.get(10, TimeUnit.SECONDS);
        return new Outcome(status, request.data().hasArray() ? request.data().array() : new byte[0]);
    }
}
