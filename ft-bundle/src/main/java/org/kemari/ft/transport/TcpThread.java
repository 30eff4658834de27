package org.kemari.ft.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.kemari.api.protection.SessionThread;

/** An event loop with a thread and a name of its own. */
final class TcpThread implements SessionThread {
    /** What is still to be done then is dropped. */
    private static final int END_SECONDS = 2;

    private final String name;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ChannelGroup channels;

    TcpThread(String name) {
        this.name = name;
        group = new MultiThreadIoEventLoopGroup(
                1,
                task -> {
                    Thread thread = new FastThreadLocalThread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                NioIoHandler.newFactory());
        loop = group.next();
        channels = new DefaultChannelGroup(loop);
    }

    @Override
    public String toString() {
        return name;
    }

    EventLoopGroup group() {
        return group;
    }

    /** A connection that this thread carries, and closes with its own end. */
    void carry(Channel channel) {
        channels.add(channel);
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
            loop.execute(() -> {
                // A loop that is shut down by one of its own tasks does not close what it carries.
                channels.close();
                group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
            });
        } catch (RejectedExecutionException closedBefore) {
            // Then it has ended.
        }
    }
}
