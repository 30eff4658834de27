package org.kemari.blockfile;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockRequest.Operation;
import org.kemari.api.backend.BlockStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open raw image.
 *
 * <p>Requests run on {@value #THREADS} threads. One waits for an earlier one only if it must: a flush for every change
 * submitted before it; requests whose ranges overlap for each other, unless both read, so that the last write submitted
 * is the one that stands. What is submitted is bounded by those who submit: a virtqueue's size, replication's window.
 *
 * <p>A discard succeeds and does nothing, as virtio 1.1 §5.2.6.2 allows; Java cannot punch holes.
 */
final class RawDisk implements BlockBackend {
    private static final Logger LOG = LoggerFactory.getLogger(RawDisk.class);

    /** Enough to keep a device's queue busy; more only adds switches. */
    private static final int THREADS = 4;
    /** Idle threads go, so that a hundred quiet disks cost nothing. */
    private static final long IDLE_SECONDS = 10;
    /**
     * One system call's share. Of data in the heap, the JDK keeps a direct buffer with each thread up to this size ({@code
     * jdk.nio.maxCachedBufferSize}, as the launcher sets it); for more it makes one, zeroes it and frees it each time.
     */
    private static final int CHUNK_BYTES = 256 << 10;
    /** How long {@link #close} waits for I/O that hangs; the image is then released when it comes back. */
    private static final long CLOSE_SECONDS = 30;

    private final String vm;
    private final Path path;
    private final FileChannel channel;
    private final long sizeBytes;
    private final boolean readOnly;
    private final Consumer<RawDisk> released;
    private final ThreadPoolExecutor threads;
    private final AtomicBoolean failureLogged = new AtomicBoolean();
    private final CountDownLatch gone = new CountDownLatch(1);

    private final Object lock = new Object();
    /** Submitted and not yet done, in order of submission. Under the lock. */
    private final Set<Pending> pending = new LinkedHashSet<>();
    /** No more is taken. Under the lock. */
    private boolean closing;

    RawDisk(String vm, Path path, FileChannel channel, long sizeBytes, boolean readOnly, Consumer<RawDisk> released) {
        this.vm = vm;
        this.path = path;
        this.channel = channel;
        this.sizeBytes = sizeBytes;
        this.readOnly = readOnly;
        this.released = released;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "kemari-disk-" + vm + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    /** A request that comes after {@link #close} fails at once, on the caller's thread. */
    @Override
    public void submit(BlockRequest request, Completion completion) {
        Pending mine = new Pending(request, completion);
        synchronized (lock) {
            if (!closing) {
                for (Pending earlier : pending) {
                    if (mine.mustFollow(earlier)) {
                        earlier.followers.add(mine);
                        mine.waitsFor++;
                    }
                }
                pending.add(mine);
                if (mine.waitsFor == 0) {
                    threads.execute(() -> run(mine));
                }
                return;
            }
        }
        completion.done(BlockStatus.IO_ERROR);
    }

    @Override
    public void close() {
        boolean idle;
        synchronized (lock) {
            if (closing) {
                idle = false;
            } else {
                closing = true;
                idle = pending.isEmpty();
            }
        }
        if (idle) {
            release();
        }
        if (Thread.currentThread().getName().startsWith("kemari-disk-" + vm + "-")) {
            return; // A completion closes its own disk: whoever finishes last releases it.
        }
        try {
            if (!gone.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn(
                        "vm={} disk={} still has I/O under way after {} s; it stays locked until that ends",
                        vm,
                        path,
                        CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        threads.shutdown();
        released.accept(this);
        gone.countDown();
    }

    private void run(Pending mine) {
        Thread.interrupted(); // An interrupt left behind by a completion would close the channel.
        BlockStatus status;
        try {
            perform(mine.request);
            status = BlockStatus.OK;
        } catch (IOException e) {
            status = BlockStatus.IO_ERROR;
            logFailure(mine.request, e);
        } catch (RefusedException e) {
            status = BlockStatus.IO_ERROR;
            LOG.debug("vm={} disk={} {}", vm, path, e.getMessage());
        } catch (OutOfMemoryError e) {
            status = BlockStatus.IO_ERROR;
            logFailure(mine.request, new IOException("no memory for " + mine.request.lengthBytes() + " bytes", e));
        }
        try {
            mine.completion.done(status);
        } catch (RuntimeException e) {
            LOG.error("vm={} disk={} a completion failed", vm, path, e);
        } finally {
            finish(mine);
        }
    }

    private void finish(Pending mine) {
        boolean last;
        synchronized (lock) {
            pending.remove(mine);
            for (Pending follower : mine.followers) {
                if (--follower.waitsFor == 0) {
                    threads.execute(() -> run(follower));
                }
            }
            last = closing && pending.isEmpty();
        }
        if (last) {
            release();
        }
    }

    private void perform(BlockRequest request) throws IOException, RefusedException {
        check(request);
        switch (request.operation()) {
            case READ -> read(request.offset(), request.data().duplicate());
            case WRITE -> write(request.offset(), request.data().duplicate());
            case WRITE_ZEROES -> writeZeroes(request.offset(), request.lengthBytes());
            case FLUSH -> {
                if (!readOnly) {
                    channel.force(false);
                }
            }
            case DISCARD -> {}
        }
    }

    private void check(BlockRequest request) throws RefusedException {
        Operation operation = request.operation();
        long length = request.lengthBytes();
        if (operation == Operation.FLUSH) {
            return;
        }
        if (request.offset() < 0 || length < 0 || length > sizeBytes || request.offset() > sizeBytes - length) {
            throw new RefusedException(operation + " offset=" + request.offset() + " length=" + length
                    + " is beyond the end, size=" + sizeBytes);
        }
        if (!request.sound()) {
            throw new RefusedException(operation + " length=" + length + " has data of "
                    + request.data().remaining());
        }
        if (readOnly && operation.changesContent()) {
            throw new RefusedException(operation + " on a read-only disk");
        }
    }

    private void read(long offset, ByteBuffer target) throws IOException {
        long next = offset;
        int end = target.limit();
        while (target.position() < end) {
            int read = channel.read(chunk(target, end), next);
            if (read < 0) {
                throw new EOFException("the image has shrunk to " + channel.size() + " bytes while in use");
            }
            next += read;
        }
    }

    private void write(long offset, ByteBuffer data) throws IOException {
        long next = offset;
        int end = data.limit();
        while (data.position() < end) {
            next += channel.write(chunk(data, end), next);
        }
    }

    private static ByteBuffer chunk(ByteBuffer data, int end) {
        return data.isDirect() ? data : data.limit(Math.min(end, data.position() + CHUNK_BYTES));
    }

    private void writeZeroes(long offset, long lengthBytes) throws IOException {
        byte[] zeros = new byte[(int) Math.min(lengthBytes, CHUNK_BYTES)];
        for (long done = 0; done < lengthBytes; ) {
            int part = (int) Math.min(lengthBytes - done, zeros.length);
            write(offset + done, ByteBuffer.wrap(zeros, 0, part));
            done += part;
        }
    }

    /** Once per disk: a full file system would otherwise fill the log as well. */
    private void logFailure(BlockRequest request, IOException failure) {
        if (failureLogged.compareAndSet(false, true)) {
            LOG.error(
                    "vm={} disk={} {} offset={} length={} failed, and the guest is told of an I/O error; see that its"
                            + " file system has space left (df {}) and is healthy; later failures are not logged",
                    vm,
                    path,
                    request.operation(),
                    request.offset(),
                    request.lengthBytes(),
                    path,
                    failure);
        }
    }

    /** A request that makes no sense: the guest's fault. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message, null, false, false);
        }
    }

    /** A request under way, and those that wait for it. */
    private static final class Pending {
        private final BlockRequest request;
        private final Completion completion;
        private final List<Pending> followers = new ArrayList<>(0);
        private int waitsFor;

        Pending(BlockRequest request, Completion completion) {
            this.request = request;
            this.completion = completion;
        }

        boolean mustFollow(Pending earlier) {
            Operation theirs = earlier.request.operation();
            if (request.operation() == Operation.FLUSH) {
                return theirs.changesContent();
            }
            if (theirs == Operation.FLUSH || !(request.operation().changesContent() || theirs.changesContent())) {
                return false;
            }
            return request.offset() - earlier.request.offset() < earlier.request.lengthBytes()
                    && earlier.request.offset() - request.offset() < request.lengthBytes();
        }
    }
}
