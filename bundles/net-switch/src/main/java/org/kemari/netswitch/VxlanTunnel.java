package org.kemari.netswitch;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket that joins this part of a network with the others. Event loop, but for {@link #open}. */
final class VxlanTunnel implements EthernetSwitch.PeerSender {
    private static final Logger LOG = LoggerFactory.getLogger(VxlanTunnel.class);

    /** RFC 768: 65,535 bytes less IP's and UDP's headers, and less ours. */
    static final int MAX_FRAME_BYTES = 65507 - VxlanHeader.LENGTH_BYTES;

    /** Asked of the system, which may give less: a burst of some hundred frames fits. */
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    /** Frames that wait for the socket; beyond it they are dropped. */
    private static final int MAX_WAITING_BYTES = 8 << 20;

    private static final long BIND_SECONDS = 5;
    private static final long SELECTION_MILLIS = 2;

    private final ReceiveBuffers buffers = new ReceiveBuffers();
    private final SwitchCounters counters;
    private final EthernetSwitch network;
    private final String name;
    private PeerTable peers;
    private int vni;
    private Channel channel;
    private boolean strangerLogged;
    private boolean failureLogged;

    private VxlanTunnel(NetworkSpec spec, EthernetSwitch network, SwitchCounters counters) {
        this.name = spec.name();
        this.network = network;
        this.counters = counters;
        this.peers = new PeerTable(spec.peers());
        this.vni = spec.vni();
    }

    /** Opens the socket; waits for it. Not on the event loop. */
    static VxlanTunnel open(
            EventLoop loop, NetworkSpec spec, InetSocketAddress listen, EthernetSwitch network, SwitchCounters counters)
            throws NetworkException {
        VxlanTunnel tunnel = new VxlanTunnel(spec, network, counters);
        ChannelFuture bound = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(MAX_WAITING_BYTES / 2, MAX_WAITING_BYTES))
                .option(ChannelOption.RECVBUF_ALLOCATOR, tunnel.buffers)
                .handler(tunnel.new Receiver())
                .bind(listen);
        boolean done = bound.awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS);
        if (!bound.isSuccess()) {
            bound.channel().close();
            String address = listen.getAddress().getHostAddress() + ":" + listen.getPort();
            Throwable cause = bound.cause();
            if (!done) {
                throw new NetworkException(
                        "network=" + spec.name() + " listen=" + address + " could not be opened in " + BIND_SECONDS
                                + " s; the host is overloaded, try again",
                        cause);
            }
            boolean busy = cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("in use");
            throw new NetworkException(
                    "network=" + spec.name() + " listen=" + address
                            + (busy
                                    ? " is in use by another program or network; use another port, or stop the other"
                                    : " cannot be listened on (" + cause + "); use an address of this host"),
                    cause);
        }
        tunnel.channel = bound.channel();
        return tunnel;
    }

    void reconfigure(int newVni, List<InetSocketAddress> newPeers) {
        vni = newVni;
        peers = new PeerTable(newPeers);
        strangerLogged = false;
    }

    @Override
    public void send(ByteBuf frame, InetSocketAddress peer) {
        if (frame.readableBytes() > MAX_FRAME_BYTES) {
            counters.droppedMalformed.increment();
            return;
        }
        if (!channel.isWritable()) {
            counters.droppedFull.increment();
            return;
        }
        ByteBuf datagram = frame.retainedDuplicate();
        VxlanHeader.prepend(datagram, vni);
        channel.writeAndFlush(new DatagramPacket(datagram, peer)).addListener(sent -> {
            if (!sent.isSuccess()) {
                sendFailed(peer, sent.cause());
            }
        });
    }

    private void sendFailed(InetSocketAddress peer, Throwable cause) {
        counters.sendFailures.increment();
        if (!failureLogged && channel.isOpen()) {
            failureLogged = true;
            LOG.warn(
                    "network={} sending to peer={} failed; see that there is a route to it; later failures are counted only",
                    name,
                    peer,
                    cause);
        }
    }

    /** Ends when the socket is closed. */
    void close() {
        channel.close();
    }

    /** Waits, so that the address may be used again. Not on the event loop. */
    void awaitClosed() {
        channel.closeFuture().awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS);
        // The JDK frees the port only at the next selection, when it drops the cancelled key; a timer comes after one.
        channel.eventLoop()
                .schedule(() -> {}, SELECTION_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(BIND_SECONDS, TimeUnit.SECONDS);
    }

    /** Reads datagrams; releases each. */
    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            PeerTable.Origin origin = peers.origin(packet.sender());
            if (origin instanceof PeerTable.Origin.Stranger) {
                counters.droppedUnknownPeer.increment();
                if (!strangerLogged) {
                    strangerLogged = true;
                    LOG.warn(
                            "network={} drops datagrams from {}, which is none of peers={}; later ones are counted only",
                            name,
                            packet.sender(),
                            peers.peers());
                }
                return;
            }
            ByteBuf datagram = packet.content();
            OptionalInt theirs = VxlanHeader.read(datagram);
            if (theirs.isEmpty()) {
                counters.droppedMalformed.increment();
                return;
            }
            if (theirs.getAsInt() != vni) {
                counters.droppedForeignVni.increment();
                return;
            }
            network.fromPeer(
                    origin instanceof PeerTable.Origin.Known known ? Optional.of(known.peer()) : Optional.empty(),
                    datagram);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("network={} receiving failed; the socket stays open", name, cause);
        }
    }
}
