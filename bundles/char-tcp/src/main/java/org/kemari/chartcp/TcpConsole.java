package org.kemari.chartcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.api.backend.CharBackendFactory.ByteSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VM's console and the one client that may use it. Output with no client is dropped, as on an unplugged line; so is
 * what a client does not take beyond {@value #MAX_WAITING_BYTES} bytes, the newest first. While the guest does not take
 * what was typed, nothing more is read, so the client waits. State is changed on the event loop.
 */
final class TcpConsole {
    private static final Logger LOG = LoggerFactory.getLogger(TcpConsole.class);

    /** A kernel's whole boot log fits several times. */
    static final int MAX_WAITING_BYTES = 1 << 20;
    /** How soon what the guest refused is offered again. */
    private static final long OFFER_MILLIS = 10;
    /** How long a console that closes waits for a slow client. */
    private static final long DRAIN_MILLIS = 2_000;

    private final String vm;
    private final EventLoop loop;
    private final ByteSink received;
    /** On its way to the event loop; any thread. */
    private final AtomicInteger queuedBytes = new AtomicInteger();

    /** Written by the event loop; read by whoever writes, so that what is said to nobody is dropped then, not later. */
    private volatile Optional<Channel> client = Optional.empty();

    private volatile boolean closed;

    TcpConsole(String vm, EventLoop loop, ByteSink received) {
        this.vm = vm;
        this.loop = loop;
        this.received = received;
    }

    /** Any thread. */
    void write(byte[] bytes) {
        if (closed || client.isEmpty() || queuedBytes.get() > MAX_WAITING_BYTES) {
            return;
        }
        queuedBytes.addAndGet(bytes.length);
        try {
            loop.execute(() -> {
                queuedBytes.addAndGet(-bytes.length);
                client.filter(Channel::isWritable)
                        .ifPresent(channel -> channel.writeAndFlush(Unpooled.wrappedBuffer(bytes)));
            });
        } catch (RejectedExecutionException e) {
            queuedBytes.addAndGet(-bytes.length); // The bundle has stopped: an unplugged line.
        }
    }

    /** Sends what waits, as far as the client takes it, and closes. Not on the event loop. */
    void close() {
        closed = true;
        CountDownLatch gone = new CountDownLatch(1);
        loop.execute(() -> {
            if (client.isEmpty()) {
                gone.countDown();
                return;
            }
            Channel channel = client.get();
            channel.closeFuture().addListener(future -> gone.countDown());
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            loop.schedule(() -> channel.close(), DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        });
        try {
            if (!gone.await(2 * DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("vm={} the console's client is not gone after {} ms", vm, 2 * DRAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A connection: the client's, or one too many. */
    final class Client extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            Channel channel = context.channel();
            if (closed || client.isPresent()) {
                String sorry = "kemari: the console of vm=" + vm + " is in use"
                        + client.map(other -> " by " + other.remoteAddress()).orElse("") + "\r\n";
                channel.writeAndFlush(Unpooled.copiedBuffer(sorry, StandardCharsets.UTF_8))
                        .addListener(ChannelFutureListener.CLOSE);
                return;
            }
            client = Optional.of(channel);
            LOG.debug("vm={} console client {}", vm, channel.remoteAddress());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            client = client.filter(channel -> channel != context.channel());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf typed) {
            byte[] bytes = new byte[typed.readableBytes()];
            typed.readBytes(bytes);
            if (client.isPresent() && client.get() == context.channel()) {
                offer(context.channel(), bytes);
            }
        }

        private void offer(Channel channel, byte[] bytes) {
            boolean taken;
            try {
                taken = closed || !channel.isActive() || received.bytes(bytes.clone());
            } catch (RuntimeException e) {
                LOG.error("vm={} the console failed to take input", vm, e);
                taken = true;
            }
            channel.config().setAutoRead(taken);
            if (!taken) {
                loop.schedule(() -> offer(channel, bytes), OFFER_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("vm={} the console's client is gone", vm, cause);
            context.close();
        }
    }
}
