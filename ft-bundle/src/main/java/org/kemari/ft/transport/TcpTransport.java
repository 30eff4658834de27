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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.protection.SessionHandler;
import org.kemari.api.protection.SessionThread;
import org.kemari.ft.protocol.FrameDecoder;
import org.kemari.ft.protocol.FrameEncoder;

/** Plain TCP, on loopback only: a guest's memory does not travel in the clear. TLS comes next. */
public final class TcpTransport implements ReplicationTransport, AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    /** Above the high mark the sender waits; between them lies what keeps the line busy. */
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(1 << 20, 4 << 20);
    /** A transaction of so many frames leaves in one go, and wakes the backup once; of a longer one it has work sooner. */
    private static final int FRAMES_IN_ONE_GO = 8;

    private static final int END_SECONDS = 3;

    /** Takes calls in; who opens or closes a server socket waits for it, and may be one of {@link #threads}. */
    private final EventLoopGroup acceptor =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("ft-accept", true), NioIoHandler.newFactory());

    private final Set<TcpThread> threads = ConcurrentHashMap.newKeySet();

    @Override
    public SessionThread newThread(String name) {
        TcpThread thread = new TcpThread(name);
        threads.add(thread);
        thread.group().terminationFuture().addListener(ended -> threads.remove(thread));
        return thread;
    }

    @Override
    public ReplicationSession connect(InetSocketAddress peer, SessionThread thread, SessionHandler handler) {
        TcpThread ours = ours(thread);
        TcpSession session = new TcpSession(peer);
        session.handler(handler);
        String refusal = refusal("peer", peer);
        if (refusal != null) {
            thread.execute(() -> handler.closed(session, refusal));
            return session;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(ours.group())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .handler(pipeline(session, ours))
                .connect(peer);
        session.attach(connecting.channel());
        connecting.addListener(done -> session.connected(connecting));
        return session;
    }

    private TcpThread ours(SessionThread thread) {
        if (thread instanceof TcpThread ours && threads.contains(ours)) {
            return ours;
        }
        throw new IllegalArgumentException("thread=" + thread + " is not one of this transport; ask it for one");
    }

    private static ChannelInitializer<Channel> pipeline(TcpSession session, TcpThread thread) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                handlers(channel, session, thread);
            }
        };
    }

    private static void handlers(Channel channel, TcpSession session, TcpThread thread) {
        thread.carry(channel);
        channel.pipeline()
                .addLast(
                        new FlushConsolidationHandler(FRAMES_IN_ONE_GO, true),
                        new FrameDecoder(),
                        new FrameEncoder(),
                        session);
    }

    @Override
    public Listener listen(InetSocketAddress address, SessionThread thread, HandlerFactory handlers)
            throws IOException {
        String refusal = refusal("listen", address);
        if (refusal != null) {
            throw new IOException(refusal);
        }
        TcpThread ours = ours(thread);
        ChannelFuture bound = new ServerBootstrap()
                .group(acceptor, ours.group())
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
                        handlers(channel, session, ours);
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
        acceptor.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
        List<TcpThread> open = List.copyOf(threads);
        open.forEach(TcpThread::close);
        open.forEach(thread -> thread.group().terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS));
        acceptor.terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
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
