package org.kemari.charfile;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes in order on a thread of its own, and closes the file. Beyond the bound output is dropped. */
final class OutputQueue {
    private static final Logger LOG = LoggerFactory.getLogger(OutputQueue.class);

    /** A kernel's whole boot log fits many times; a disk that hangs costs no more than this. */
    static final int MAX_QUEUED_BYTES = 4 << 20;

    private final String vm;
    private final Path path;
    private final OutputStream out;
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private int queuedBytes;
    private boolean writing;
    private boolean closed;
    private boolean broken;
    private long droppedBytes;

    OutputQueue(String vm, Path path, OutputStream out) {
        this.vm = vm;
        this.path = path;
        this.out = out;
        Thread thread = new Thread(this::run, "kemari-console-" + vm);
        thread.setDaemon(true);
        thread.start();
    }

    synchronized void write(byte[] bytes) {
        if (closed || broken || queuedBytes + bytes.length > MAX_QUEUED_BYTES) {
            droppedBytes += bytes.length;
            return;
        }
        if (bytes.length == 0) {
            return;
        }
        queue.add(bytes);
        queuedBytes += bytes.length;
        notifyAll();
    }

    synchronized long droppedBytes() {
        return droppedBytes;
    }

    /** Waits until all is written, or the time is over, or writing has failed. */
    synchronized boolean drain(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!broken && (writing || !queue.isEmpty())) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Takes no more; the thread ends when all is written. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void run() {
        try (out) {
            for (byte[] bytes = next(); bytes.length > 0; bytes = next()) {
                out.write(bytes);
                out.flush();
            }
        } catch (IOException e) {
            LOG.error(
                    "vm={} console file {} cannot be written, what comes is dropped; see that its file system has space"
                            + " left (df {}), then attach the console again",
                    vm,
                    path,
                    path,
                    e);
            synchronized (this) {
                broken = true;
                queue.clear();
                notifyAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Empty when there will be no more. */
    private synchronized byte[] next() throws InterruptedException {
        writing = false;
        notifyAll();
        while (queue.isEmpty()) {
            if (closed) {
                return new byte[0];
            }
            wait();
        }
        writing = true;
        byte[] first = queue.remove();
        queuedBytes -= first.length;
        return first;
    }
}
