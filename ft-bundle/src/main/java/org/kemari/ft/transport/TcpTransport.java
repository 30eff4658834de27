package org.kemari.ft.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.protection.SessionHandler;
import org.kemari.ft.protocol.FrameDecoder;
import org.kemari.ft.protocol.FrameEncoder;

/** Plain TCP, on loopback only: a guest's memory does not travel in the clear. TLS comes next. */
public final class TcpTransport implements ReplicationTransport, AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    /** Above the high mark the sender waits; between them lies what keeps the line busy. */
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(1 << 20, 4 << 20);
    /** One for a primary, one for a backup; sessions are few and their work is copying. */
    private static final int THREADS = 2;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            THREADS, new DefaultThreadFactory("ft-transport", true), NioIoHandler.newFactory());

    @Override
    public ReplicationSession connect(InetSocketAddress peer, SessionHandler handler) {
        TcpSession session = new TcpSession(peer);
        session.handler(handler);
        String refusal = refusal("peer", peer);
        if (refusal != null) {
            group.next().execute(() -> handler.closed(session, refusal));
            return session;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .handler(pipeline(session))
                .connect(peer);
        session.attach(connecting.channel());
        connecting.addListener(done -> session.connected(connecting));
        return session;
    }

    private static ChannelInitializer<Channel> pipeline(TcpSession session) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                handlers(channel, session);
            }
        };
    }

    /** What is sent in one go leaves in one go: a short transaction is one segment, and one wake-up at the backup. */
    private static void handlers(Channel channel, TcpSession session) {
        channel.pipeline()
                .addLast(
                        new FlushConsolidationHandler(
                                FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true),
                        new FrameDecoder(),
                        new FrameEncoder(),
                        session);
    }

    @Override
    public Listener listen(InetSocketAddress address, HandlerFactory handlers) throws IOException {
        String refusal = refusal("listen", address);
        if (refusal != null) {
            throw new IOException(refusal);
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        TcpSession session = new TcpSession(channel.remoteAddress());
                        session.attach(channel);
                        session.handler(handlers.handlerFor(session));
                        handlers(channel, session);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listen=" + text(address) + " cannot be had: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new TcpListener(bound.channel());
    }

    private static String refusal(String property, InetSocketAddress address) {
        if (address.isUnresolved()) {
            return property + "=" + text(address) + " has no known host; name one that resolves";
        }
        return address.getAddress().isLoopbackAddress()
                ? null
                : property + "=" + text(address)
                        + " is not on loopback, and replication is not encrypted yet; use a tunnel that ends on 127.0.0.1";
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }

    private record TcpListener(Channel channel) implements Listener {
        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) channel.localAddress();
        }

        @Override
        public void close() {
            channel.close().awaitUninterruptibly();
        }
    }
}
