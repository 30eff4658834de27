package org.kemari.chartcp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory;

/** The consoles that are open on TCP ports, and their event loop. */
final class TcpConsoles implements CharBackendFactory, AutoCloseable {
    private static final long BIND_SECONDS = 5;
    private static final long STOP_SECONDS = 3;
    /** The JDK frees a port only at the selection after its close; a timer comes after one. */
    private static final long SELECTION_MILLIS = 2;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("kemari-console-tcp", true), NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final Set<OpenPort> ports = ConcurrentHashMap.newKeySet();

    @Override
    public CharBackend open(String vm, String target, ByteSink received) throws BackendException {
        InetSocketAddress address = ConsoleAddress.of(target);
        TcpConsole console = new TcpConsole(vm, loop, received);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(TcpConsole.MAX_WAITING_BYTES / 2, TcpConsole.MAX_WAITING_BYTES))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline().addLast(console.new Client());
                    }
                })
                .bind(address);
        boolean done = bound.awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS);
        if (!done || !bound.isSuccess()) {
            bound.channel().close();
            boolean busy = bound.cause() instanceof BindException
                    && String.valueOf(bound.cause().getMessage()).contains("in use");
            throw new BackendException(
                    "target=" + target
                            + (busy
                                    ? " is in use by another program or console; use another port, or stop the other"
                                    : " cannot be listened on (" + bound.cause() + "); use an address of this host"),
                    bound.cause());
        }
        OpenPort port = new OpenPort(console, bound.channel());
        ports.add(port);
        return port;
    }

    @Override
    public void close() {
        ports.forEach(OpenPort::close);
        loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }

    /** A console with the port it listens on. */
    private final class OpenPort implements CharBackend {
        private final TcpConsole console;
        private final Channel listening;

        OpenPort(TcpConsole console, Channel listening) {
            this.console = console;
            this.listening = listening;
        }

        @Override
        public void write(byte[] bytes) {
            console.write(bytes);
        }

        @Override
        public void close() {
            if (!ports.remove(this)) {
                return;
            }
            listening.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
            console.close();
            loop.schedule(() -> {}, SELECTION_MILLIS, TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        }
    }
}
