package org.kemari.virtioblk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.BlockPort;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;
import org.kemari.virtio.VirtQueue;
import org.kemari.virtio.VirtioMmio;
import org.kemari.virtio.VirtioModel;
import org.kemari.virtio.VirtioTransport;

/**
 * A disk. Requests in flight are state: each has a token, a number that no other request of this disk's history has, and
 * its descriptor chain. After a restore they are issued again under their tokens; whichever completion comes first is
 * the answer, since both are of the same request, and a completion without its request is of a life that was reset.
 */
final class VirtioBlkDevice implements VirtioModel {
    static final int SECTOR_BYTES = 512;

    private static final int STATE_VERSION = 1;
    private static final int DEVICE_ID = 2;
    private static final int REQUEST_QUEUE = 0;

    // Feature bits (§5.2.3).
    private static final int F_SIZE_MAX = 1;
    private static final int F_SEG_MAX = 2;
    private static final int F_RO = 5;
    private static final int F_BLK_SIZE = 6;
    private static final int F_FLUSH = 9;
    private static final int F_DISCARD = 13;
    private static final int F_WRITE_ZEROES = 14;

    // Configuration space (§5.2.4).
    private static final int CONFIG_BYTES = 60;
    private static final int CONFIG_CAPACITY = 0;
    private static final int CONFIG_SIZE_MAX = 8;
    private static final int CONFIG_SEG_MAX = 12;
    private static final int CONFIG_BLK_SIZE = 20;
    private static final int CONFIG_NUM_QUEUES = 34;
    private static final int CONFIG_MAX_DISCARD_SECTORS = 36;
    private static final int CONFIG_MAX_DISCARD_SEG = 40;
    private static final int CONFIG_DISCARD_ALIGNMENT = 44;
    private static final int CONFIG_MAX_WRITE_ZEROES_SECTORS = 48;
    private static final int CONFIG_MAX_WRITE_ZEROES_SEG = 52;
    private static final int CONFIG_WRITE_ZEROES_MAY_UNMAP = 56;

    private static final int SEGMENT_BYTES = 1 << 16;

    /** A chain is as long as the queue at most, and two of its descriptors are header and status. */
    private static final int SEGMENTS = VirtQueue.MAX_SIZE - 2;

    /** Data that a guest may have in flight, give or take one request: it lives in our memory. */
    private static final long MAX_IN_FLIGHT_BYTES = 32L << 20;

    private final BlockPort port;
    private final VirtioTransport transport;
    private final byte[] id;
    private final long capacitySectors;
    private final byte[] config;

    /** By token, in the order of issue. */
    private final Map<Long, InFlight> inFlight = new LinkedHashMap<>();

    /** Heads of the chains in flight: a driver may not make one available again before it is used (§2.6.13.1). */
    private final BitSet headsInFlight = new BitSet(VirtQueue.MAX_SIZE);

    private long inFlightBytes;
    private long nextToken;

    VirtioBlkDevice(String name, BlockPort port, VirtioTransport transport) {
        this.port = port;
        this.transport = transport;
        this.id = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), VirtioBlkRequest.ID_BYTES);
        this.capacitySectors = port.sizeBytes() / SECTOR_BYTES;
        this.config = ByteBuffer.allocate(CONFIG_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(CONFIG_CAPACITY, capacitySectors)
                .putInt(CONFIG_SIZE_MAX, SEGMENT_BYTES)
                .putInt(CONFIG_SEG_MAX, SEGMENTS)
                .putInt(CONFIG_BLK_SIZE, SECTOR_BYTES)
                .putShort(CONFIG_NUM_QUEUES, (short) 1)
                .putInt(CONFIG_MAX_DISCARD_SECTORS, VirtioBlkRequest.MAX_RANGE_SECTORS)
                .putInt(CONFIG_MAX_DISCARD_SEG, 1)
                .putInt(CONFIG_DISCARD_ALIGNMENT, 1)
                .putInt(CONFIG_MAX_WRITE_ZEROES_SECTORS, VirtioBlkRequest.MAX_RANGE_SECTORS)
                .putInt(CONFIG_MAX_WRITE_ZEROES_SEG, 1)
                .put(CONFIG_WRITE_ZEROES_MAY_UNMAP, (byte) 1)
                .array();
    }

    boolean readOnly() {
        return port.readOnly();
    }

    byte[] id() {
        return id;
    }

    boolean holds(long sector, long sectors) {
        return sector >= 0 && sector <= capacitySectors && sectors <= capacitySectors - sector;
    }

    @Override
    public int deviceId() {
        return DEVICE_ID;
    }

    @Override
    public long features() {
        long always = 1L << F_SIZE_MAX | 1L << F_SEG_MAX | 1L << F_BLK_SIZE | 1L << F_FLUSH;
        return always | (readOnly() ? 1L << F_RO : 1L << F_DISCARD | 1L << F_WRITE_ZEROES);
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int queueSize() {
        return VirtQueue.MAX_SIZE;
    }

    @Override
    public int readConfig(int offset) {
        return offset < config.length ? config[offset] : 0;
    }

    @Override
    public void notified(int queue) throws QueueFault {
        serve();
    }

    private void serve() throws QueueFault {
        VirtQueue queue = transport.queue(REQUEST_QUEUE);
        long firstToken = nextToken;
        // At the bound buffers wait in the ring; the next completion goes on with them.
        while (inFlightBytes < MAX_IN_FLIGHT_BYTES) {
            Optional<DescriptorChain> next = queue.take();
            if (next.isEmpty()) {
                break;
            }
            DescriptorChain chain = next.get();
            if (headsInFlight.get(chain.head())) {
                throw new QueueFault("descriptor " + chain.head() + " made available while it is in flight");
            }
            VirtioBlkRequest request = VirtioBlkRequest.parse(chain, transport.memory(), this);
            if (request.toDisk().isPresent()) {
                InFlight asked = request.toDisk().get();
                BlockRequest toDisk = asked.request(transport.memory(), port);
                long token = nextToken++;
                begin(token, asked);
                port.submit(token, toDisk);
            } else {
                complete(chain, request.status(), ByteBuffer.wrap(request.data()));
            }
        }
        InFlight latest = inFlight.get(firstToken);
        // With more under way, the guest has something to do meanwhile.
        if (latest != null && inFlight.size() == 1 && latest.brief()) {
            port.answerExpected(latest.operation());
        }
    }

    private void begin(long token, InFlight request) {
        inFlight.put(token, request);
        headsInFlight.set(request.chain().head());
        inFlightBytes += request.bufferBytes();
    }

    private void forget() {
        inFlight.clear();
        headsInFlight.clear();
        inFlightBytes = 0;
        port.forget();
    }

    private void complete(DescriptorChain chain, BlockStatus status, ByteBuffer data) throws QueueFault {
        long statusPosition = chain.writableBytes() - VirtioBlkRequest.STATUS_BYTES;
        int written = (int) Math.min(data.remaining(), statusPosition);
        chain.write(transport.memory(), 0, data, data.position(), written);
        chain.write(transport.memory(), statusPosition, new byte[] {(byte) status.code()}, 0, 1);
        transport.queue(REQUEST_QUEUE).put(chain.head(), written + VirtioBlkRequest.STATUS_BYTES);
    }

    @Override
    public void accept(Input.ForDevice input) throws QueueFault {
        if (!(input instanceof Input.BlockCompleted completed)) {
            return;
        }
        try {
            accept(completed);
        } finally {
            port.giveBack(completed.data());
        }
    }

    private void accept(Input.BlockCompleted completed) throws QueueFault {
        InFlight request = inFlight.remove(completed.token());
        if (request == null) {
            return;
        }
        headsInFlight.clear(request.chain().head());
        inFlightBytes -= request.bufferBytes();
        if (transport.running()) {
            complete(request.chain(), completed.status(), completed.data());
            serve();
        }
    }

    @Override
    public void reset() {
        forget();
    }

    @Override
    public void save(StateWriter out) {
        StateWriter state = out.section("virtio-blk", STATE_VERSION);
        state.putLong("capacitySectors", capacitySectors);
        state.putLong("nextToken", nextToken);
        state.putLongs(
                "tokens", inFlight.keySet().stream().mapToLong(Long::longValue).toArray());
        for (Map.Entry<Long, InFlight> each : inFlight.entrySet()) {
            each.getValue().save(state.section("request" + each.getKey(), STATE_VERSION));
        }
    }

    @Override
    public Runnable restore(StateReader in) throws StateFormatException {
        StateReader state = in.section("virtio-blk");
        VirtioMmio.requireVersion(state, "virtio-blk", STATE_VERSION);
        long savedCapacity = state.getLong("capacitySectors");
        if (savedCapacity != capacitySectors) {
            throw new StateFormatException("saved disk has " + savedCapacity + " sectors, the image of " + port.device()
                    + " here " + capacitySectors + "; use an image of the same size");
        }
        long savedNextToken = state.getLong("nextToken");
        long[] tokens = state.getLongs("tokens");
        if (tokens.length > VirtQueue.MAX_SIZE) {
            throw new StateFormatException(tokens.length + " saved requests in flight; at most " + VirtQueue.MAX_SIZE);
        }
        Map<Long, InFlight> saved = new LinkedHashMap<>();
        for (long token : tokens) {
            InFlight request = InFlight.read(state.section("request" + token));
            if (request.lengthBytes() > 0 && !holds(request.offset() / SECTOR_BYTES, request.sectors())) {
                throw new StateFormatException("saved request " + token + " is not on the disk");
            }
            saved.put(token, request);
        }
        return () -> {
            forget();
            nextToken = savedNextToken;
            saved.forEach(this::begin);
        };
    }

    @Override
    public void goLive() throws QueueFault {
        port.goLive();
        if (!transport.running()) {
            return;
        }
        port.forget();
        for (Map.Entry<Long, InFlight> each : inFlight.entrySet()) {
            port.submit(each.getKey(), each.getValue().request(transport.memory(), port));
        }
        serve();
    }

    @Override
    public void close() {
        port.close();
    }
}
