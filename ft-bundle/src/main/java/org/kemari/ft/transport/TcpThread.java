package org.kemari.ft.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.kemari.api.protection.SessionThread;

/** An event loop with a thread and a name of its own. */
final class TcpThread implements SessionThread {
    /** What is still to be done then is dropped. */
    private static final int END_SECONDS = 2;

    private final EventLoopGroup group;
    private final EventLoop loop;

    TcpThread(String name) {
        group = new MultiThreadIoEventLoopGroup(
                1,
                task -> {
                    Thread thread = new FastThreadLocalThread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                NioIoHandler.newFactory());
        loop = group.next();
    }

    EventLoopGroup group() {
        return group;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        try {
            loop.execute(() -> group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS));
        } catch (RejectedExecutionException closedBefore) {
            // Then it has ended.
        }
    }
}
