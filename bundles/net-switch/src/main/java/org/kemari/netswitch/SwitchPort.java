package org.kemari.netswitch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.api.backend.NetBackend;
import org.kemari.api.backend.NetBackendFactory.FrameSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network card's end of the wire. {@link #send} only enqueues, and wakes the event loop for the first frame of those that
 * follow each other closely; frames are delivered on the event loop.
 */
final class SwitchPort implements NetBackend {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchPort.class);

    /** Frames under way from one port to the event loop; beyond it a frame is dropped, as by a full wire. */
    private static final int MAX_QUEUED_FRAMES = 4096;

    /** Frames that the event loop takes from one port before others have their turn. */
    private static final int MAX_BATCH = 256;

    private final String vm;
    private final EthernetSwitch network;
    private final Executor loop;
    private final SwitchCounters counters;
    private final FrameSink received;
    private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();

    /** Those in the queue, counted behind it. */
    private final AtomicInteger queuedFrames = new AtomicInteger();

    private volatile boolean closed;

    SwitchPort(String vm, EthernetSwitch network, Executor loop, SwitchCounters counters, FrameSink received) {
        this.vm = vm;
        this.network = network;
        this.loop = loop;
        this.counters = counters;
        this.received = received;
    }

    @Override
    public void send(ByteBuffer frame, Runnable sent) {
        if (closed) {
            sent.run();
            return;
        }
        if (queuedFrames.get() >= MAX_QUEUED_FRAMES) {
            counters.droppedFull.increment();
            sent.run();
            return;
        }
        queue.add(withHeadroom(frame, sent));
        if (queuedFrames.getAndIncrement() == 0) {
            drainLater();
        }
    }

    /** The frame as it is, for a socket to take with a header before it; a copy if it lies in the heap or has no room. */
    private static ByteBuf withHeadroom(ByteBuffer frame, Runnable sent) {
        if (frame.isDirect() && frame.position() >= VxlanHeader.LENGTH_BYTES) {
            return new LentBuffer(frame, sent);
        }
        ByteBuf copy = ByteBufAllocator.DEFAULT.directBuffer(VxlanHeader.LENGTH_BYTES + frame.remaining());
        copy.setIndex(VxlanHeader.LENGTH_BYTES, VxlanHeader.LENGTH_BYTES).writeBytes(frame.duplicate());
        sent.run();
        return copy;
    }

    private void drainLater() {
        try {
            loop.execute(this::drain);
        } catch (RejectedExecutionException e) {
            // The bundle has stopped: an unplugged cable.
            closed = true;
            for (ByteBuf frame = queue.poll(); frame != null; frame = queue.poll()) {
                frame.release();
            }
        }
    }

    /** Event loop. */
    private void drain() {
        int taken = 0;
        ByteBuf frame;
        try {
            while (taken < MAX_BATCH && (frame = queue.poll()) != null) {
                taken++;
                forward(frame);
            }
        } finally {
            // Also if one failed: those behind it must not wait for ever.
            if (queuedFrames.addAndGet(-taken) > 0) {
                drainLater();
            }
        }
    }

    private void forward(ByteBuf frame) {
        try {
            if (!closed) {
                network.fromPort(this, frame);
            }
        } finally {
            frame.release();
        }
    }

    /** Event loop. */
    void deliver(ByteBuf frame) {
        if (closed) {
            return;
        }
        frame.retain();
        try {
            received.frame(frame.nioBuffer(), frame::release);
        } catch (RuntimeException e) {
            LOG.error("vm={} a network card failed to take a frame", vm, e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            loop.execute(() -> network.detach(this));
        } catch (RejectedExecutionException e) {
            // The bundle has stopped, and its switches with it.
        }
    }
}
