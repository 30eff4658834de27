package org.kemari.virtionet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.NetPort;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;
import org.kemari.virtio.VirtQueue;
import org.kemari.virtio.VirtioMmio;
import org.kemari.virtio.VirtioModel;
import org.kemari.virtio.VirtioTransport;

/**
 * A network card. A frame is sent, and its buffer given back, while the driver's notification is served; a received one
 * waits here while the driver has no buffer for it.
 */
final class VirtioNetDevice implements VirtioModel {
    private static final int STATE_VERSION = 1;
    private static final int DEVICE_ID = 1;
    private static final int RECEIVE_QUEUE = 0;
    private static final int TRANSMIT_QUEUE = 1;

    // Feature bits (§5.1.3).
    private static final int F_CSUM = 0;
    private static final int F_GUEST_CSUM = 1;
    private static final int F_MAC = 5;
    private static final int F_HOST_TSO4 = 11;
    private static final int F_HOST_TSO6 = 12;
    private static final int F_MRG_RXBUF = 15;
    private static final int F_STATUS = 16;

    // Configuration space (§5.1.4): u8 mac[6], le16 status.
    private static final int CONFIG_STATUS = MacAddress.BYTES;
    private static final int STATUS_LINK_UP = 1;

    /** The same each way, with VIRTIO_F_VERSION_1 whether or not buffers may be merged. */
    private static final int HEADER_BYTES = SendHeader.BYTES;

    private static final int HEADER_FLAGS = 0;
    private static final int HEADER_NUM_BUFFERS = 10;
    private static final int ETHERNET_HEADER_BYTES = 14;

    private final byte[] mac;
    private final NetPort port;
    private final VirtioTransport transport;

    private PendingFrames pending = new PendingFrames();
    private boolean linkUp = true;

    VirtioNetDevice(byte[] mac, NetPort port, VirtioTransport transport) {
        this.mac = mac;
        this.port = port;
        this.transport = transport;
    }

    @Override
    public int deviceId() {
        return DEVICE_ID;
    }

    @Override
    public long features() {
        long offloads = 1L << F_CSUM | 1L << F_GUEST_CSUM | 1L << F_HOST_TSO4 | 1L << F_HOST_TSO6;
        return offloads | 1L << F_MAC | 1L << F_MRG_RXBUF | 1L << F_STATUS;
    }

    @Override
    public int queueCount() {
        return 2;
    }

    @Override
    public int queueSize() {
        return VirtQueue.MAX_SIZE;
    }

    @Override
    public int readConfig(int offset) {
        if (offset < MacAddress.BYTES) {
            return mac[offset];
        }
        return offset == CONFIG_STATUS && linkUp ? STATUS_LINK_UP : 0;
    }

    @Override
    public void notified(int queue) throws QueueFault {
        if (queue == TRANSMIT_QUEUE) {
            transmit();
        } else {
            receive();
        }
    }

    private void transmit() throws QueueFault {
        VirtQueue queue = transport.queue(TRANSMIT_QUEUE);
        for (Optional<DescriptorChain> next = queue.take(); next.isPresent(); next = queue.take()) {
            DescriptorChain chain = next.get();
            // What is no Ethernet frame is not sent, as by any card.
            if (chain.readableBytes() >= HEADER_BYTES + ETHERNET_HEADER_BYTES && linkUp) {
                send(chain, chain.readableBytes() - HEADER_BYTES);
            }
            queue.put(chain.head(), 0);
        }
    }

    private void send(DescriptorChain chain, long frameBytes) throws QueueFault {
        SendHeader left =
                transport.negotiated(F_CSUM) ? SendHeader.read(chain, transport.memory()) : SendHeader.NOTHING_LEFT;
        if (left.segmentation() != SendHeader.WHOLE) {
            if (frameBytes <= TcpSegments.MAX_FRAME_BYTES) {
                TcpSegments.send(chain, transport.memory(), left, (int) frameBytes, port);
            }
        } else if (frameBytes <= PendingFrames.MAX_FRAME_BYTES) {
            ByteBuffer frame = port.buffer((int) frameBytes);
            chain.read(transport.memory(), HEADER_BYTES, frame, frame.position(), frame.remaining());
            if (!left.needsChecksum() || left.completeChecksum(frame.slice())) {
                port.send(frame);
            } else {
                port.giveBack(frame);
            }
        }
    }

    private void receive() throws QueueFault {
        while (!pending.isEmpty() && receive(pending.oldest())) {
            pending.dropOldest();
        }
    }

    /** Gives a frame to the driver, or loses it; false if it has to wait for more buffers. */
    private boolean receive(ByteBuffer frame) throws QueueFault {
        VirtQueue queue = transport.queue(RECEIVE_QUEUE);
        int wanted = HEADER_BYTES + frame.remaining();
        List<DescriptorChain> buffers = new ArrayList<>(1);
        long room = 0;
        while (room < wanted) {
            Optional<DescriptorChain> next = queue.take();
            if (next.isEmpty()) {
                queue.untake(buffers.size());
                return false;
            }
            if (next.get().writableBytes() < HEADER_BYTES) {
                throw new QueueFault("receive buffer of " + next.get().writableBytes() + " bytes");
            }
            buffers.add(next.get());
            room += next.get().writableBytes();
            if (room < wanted && !transport.negotiated(F_MRG_RXBUF)) {
                // §5.1.6.4: a driver that cannot merge gives buffers that are large enough; this frame is lost.
                queue.untake(buffers.size());
                return true;
            }
        }
        fill(queue, buffers, frame);
        return true;
    }

    private void fill(VirtQueue queue, List<DescriptorChain> buffers, ByteBuffer frame) throws QueueFault {
        byte[] header = new byte[HEADER_BYTES];
        if (transport.negotiated(F_GUEST_CSUM) && ReceivedChecksum.right(frame.slice())) {
            header[HEADER_FLAGS] = ReceivedChecksum.FLAG_DATA_VALID;
        }
        header[HEADER_NUM_BUFFERS] = (byte) buffers.size();
        header[HEADER_NUM_BUFFERS + 1] = (byte) (buffers.size() >> 8);
        int done = 0;
        for (int index = 0; index < buffers.size(); index++) {
            DescriptorChain buffer = buffers.get(index);
            int front = 0;
            if (index == 0) {
                buffer.write(transport.memory(), 0, header, 0, HEADER_BYTES);
                front = HEADER_BYTES;
            }
            int count = (int) Math.min(frame.remaining() - done, buffer.writableBytes() - front);
            buffer.write(transport.memory(), front, frame, frame.position() + done, count);
            done += count;
            queue.put(buffer.head(), front + count);
        }
    }

    @Override
    public void accept(Input.ForDevice input) throws QueueFault {
        if (input instanceof Input.FrameReceived received) {
            try {
                accept(received.frame());
            } finally {
                received.taken().run();
            }
        } else if (input instanceof Input.LinkChanged link && link.up() != linkUp) {
            linkUp = link.up();
            transport.configChanged();
        }
    }

    private void accept(ByteBuffer frame) throws QueueFault {
        // Without a driver nobody listens.
        if (transport.running() && linkUp && frame.remaining() <= PendingFrames.MAX_FRAME_BYTES) {
            receive();
            if (!pending.isEmpty() || !receive(frame)) {
                pending.add(frame);
            }
        }
    }

    /** Forgets the frames; whether the line is plugged in is not the driver's to say. */
    @Override
    public void reset() {
        pending.clear();
    }

    @Override
    public void save(StateWriter out) {
        StateWriter state = out.section("virtio-net", STATE_VERSION);
        state.putBytes("mac", mac);
        state.putBoolean("linkUp", linkUp);
        pending.save(state);
    }

    @Override
    public Runnable restore(StateReader in) throws StateFormatException {
        StateReader state = in.section("virtio-net");
        VirtioMmio.requireVersion(state, "virtio-net", STATE_VERSION);
        byte[] savedMac = state.getBytes("mac");
        if (savedMac.length != MacAddress.BYTES) {
            throw new StateFormatException("saved MAC of " + savedMac.length + " bytes; it has " + MacAddress.BYTES);
        }
        boolean savedLinkUp = state.getBoolean("linkUp");
        PendingFrames savedPending = PendingFrames.read(state);
        return () -> {
            // The guest knows itself by this address, whatever is configured here.
            System.arraycopy(savedMac, 0, mac, 0, MacAddress.BYTES);
            linkUp = savedLinkUp;
            pending = savedPending;
        };
    }

    @Override
    public void goLive() {
        port.goLive(linkUp);
    }

    @Override
    public void close() {
        port.close();
    }
}
