package org.kemari.virtioblk;

import java.nio.ByteBuffer;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.backend.BlockRequest.Operation;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.ports.BlockPort;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;

/**
 * A request that the disk works on: where its answer goes, and what it was. What is to be written is not kept: it is read
 * again from guest RAM, which a driver leaves alone until the request is done.
 */
record InFlight(DescriptorChain chain, Operation operation, long offset, long lengthBytes) {
    private static final long BRIEF_BYTES = 64 << 10;

    long sectors() {
        return lengthBytes / VirtioBlkDevice.SECTOR_BYTES;
    }

    /** What it keeps of our memory until it is done. */
    long bufferBytes() {
        return operation.carriesData() ? lengthBytes : 0;
    }

    /** A host that has it cached is done with it in some microseconds. */
    boolean brief() {
        return operation.carriesData() && lengthBytes <= BRIEF_BYTES;
    }

    /** The request, to be issued, or to be issued again. */
    BlockRequest request(GuestMemory memory, BlockPort port) throws QueueFault {
        if (!operation.carriesData()) {
            return BlockRequest.of(operation, offset, lengthBytes);
        }
        ByteBuffer data = port.buffer((int) lengthBytes);
        if (operation == Operation.WRITE) {
            chain.read(memory, VirtioBlkRequest.HEADER_BYTES, data, 0, (int) lengthBytes);
        }
        return new BlockRequest(operation, offset, lengthBytes, data);
    }

    void save(StateWriter out) {
        out.putLongs("chain", chain.toLongs());
        out.putString("operation", operation.name());
        out.putLong("offset", offset);
        out.putLong("lengthBytes", lengthBytes);
    }

    static InFlight read(StateReader in) throws StateFormatException {
        DescriptorChain chain = DescriptorChain.fromLongs(in.getLongs("chain"));
        Operation operation;
        try {
            operation = Operation.valueOf(in.getString("operation"));
        } catch (IllegalArgumentException e) {
            throw new StateFormatException("saved disk operation " + in.getString("operation") + " is not known", e);
        }
        InFlight request = new InFlight(chain, operation, in.getLong("offset"), in.getLong("lengthBytes"));
        boolean roomForData = operation != Operation.WRITE
                || chain.readableBytes() >= VirtioBlkRequest.HEADER_BYTES + request.lengthBytes;
        boolean sound = request.offset >= 0
                && request.offset % VirtioBlkDevice.SECTOR_BYTES == 0
                && request.lengthBytes >= 0
                && (!operation.carriesData() || request.lengthBytes <= VirtioBlkRequest.MAX_BYTES);
        if (!sound || !roomForData || chain.writableBytes() < VirtioBlkRequest.STATUS_BYTES) {
            throw new StateFormatException("saved disk request " + request + " makes no sense");
        }
        return request;
    }
}
