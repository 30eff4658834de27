package org.kemari.ft.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.kemari.api.protection.ReplicationCommand;
import org.kemari.api.protection.ReplicationFrame;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.SessionHandler;
import org.kemari.ft.protocol.FrameEncoder;

/** One connection. Sending and closing from any thread; everything else on the channel's event loop. */
final class TcpSession extends SimpleChannelInboundHandler<ReplicationFrame> implements ReplicationSession {
    private final SocketAddress peer;
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile SessionHandler handler;
    private volatile Channel channel;
    private volatile boolean closing;
    private volatile String reason = "the connection was closed by the peer";

    TcpSession(SocketAddress peer) {
        super(ReplicationFrame.class);
        this.peer = peer;
    }

    void handler(SessionHandler newHandler) {
        handler = newHandler;
    }

    /** Connecting came to an end. */
    void connected(ChannelFuture future) {
        if (!future.isSuccess()) {
            ended("cannot connect to " + peer + ": " + message(future.cause()));
        }
    }

    void attach(Channel newChannel) {
        channel = newChannel;
        if (closing) {
            newChannel.close();
        }
    }

    @Override
    public SocketAddress peer() {
        return peer;
    }

    @Override
    public void send(ReplicationFrame frame) {
        Channel current = channel;
        if (current == null || closing) {
            return;
        }
        bytesSent.addAndGet(FrameEncoder.sizeBytes(frame));
        current.writeAndFlush(frame, current.voidPromise());
    }

    @Override
    public boolean writable() {
        Channel current = channel;
        return current != null && current.isWritable();
    }

    @Override
    public long bytesSent() {
        return bytesSent.get();
    }

    @Override
    public void close() {
        closing = true;
        reason = "closed here";
        Channel current = channel;
        if (current == null) {
            return;
        }
        if (current.eventLoop().inEventLoop()) {
            end(current);
        } else {
            current.eventLoop().execute(() -> end(current));
        }
    }

    /** After what was sent: an ERROR or GOODBYE before the close still leaves, at once, as the thread may end next. */
    private static void end(Channel current) {
        current.write(Unpooled.EMPTY_BUFFER).addListener(done -> current.close());
        ChannelHandlerContext consolidating = current.pipeline().context(FlushConsolidationHandler.class);
        if (consolidating == null) {
            current.close();
        } else {
            consolidating.flush();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        handler.opened(this);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ReplicationFrame frame) {
        if (!closing) {
            handler.received(this, frame);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && !closing) {
            handler.writable(this);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        reason = message(cause);
        if (cause instanceof DecoderException) {
            // The peer may be one of ours with another version: it is told, in the hope that it understands.
            send(new ReplicationFrame(ReplicationCommand.ERROR, 0, 0, 0, 0, reason.getBytes(StandardCharsets.UTF_8)));
        }
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended(reason);
    }

    private void ended(String why) {
        if (ended.compareAndSet(false, true)) {
            handler.closed(this, why);
        }
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
