package org.kemari.virtioblk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.kemari.api.backend.BlockRequest.Operation;
import org.kemari.api.backend.BlockStatus;
import org.kemari.api.device.GuestMemory;
import org.kemari.virtio.DescriptorChain;
import org.kemari.virtio.QueueFault;

/**
 * One request as the driver wrote it (virtio 1.1 §5.2.6), checked.
 *
 * <pre>
 * readable  le32 type, le32 reserved, le64 sector, data to write
 * writable  data read, u8 status
 * </pre>
 *
 * @param toDisk what the disk is to do; none if the request is answered at once
 * @param status the answer at once
 * @param data what is answered at once
 */
record VirtioBlkRequest(Optional<InFlight> toDisk, BlockStatus status, byte[] data) {
    static final int HEADER_BYTES = 16;
    static final int STATUS_BYTES = 1;

    /** Largest request; §5.2.4 size_max times seg_max says the same to the driver. */
    static final int MAX_BYTES = 16 << 20;

    static final int ID_BYTES = 20;
    static final int MAX_RANGE_SECTORS = 1 << 22;

    private static final int TYPE_IN = 0;
    private static final int TYPE_OUT = 1;
    private static final int TYPE_FLUSH = 4;
    private static final int TYPE_GET_ID = 8;
    private static final int TYPE_DISCARD = 11;
    private static final int TYPE_WRITE_ZEROES = 13;

    /** struct virtio_blk_discard_write_zeroes: le64 sector, le32 num_sectors, le32 flags. */
    private static final int RANGE_BYTES = 16;

    private static final int RANGE_FLAG_UNMAP = 1;
    private static final byte[] NOTHING = {};

    private static VirtioBlkRequest answer(BlockStatus status) {
        return new VirtioBlkRequest(Optional.empty(), status, NOTHING);
    }

    private static VirtioBlkRequest ask(DescriptorChain chain, Operation operation, long sector, long lengthBytes) {
        InFlight request = new InFlight(chain, operation, sector * VirtioBlkDevice.SECTOR_BYTES, lengthBytes);
        return new VirtioBlkRequest(Optional.of(request), BlockStatus.OK, NOTHING);
    }

    /** @throws QueueFault if there is no room for header or status: then it cannot even be answered */
    static VirtioBlkRequest parse(DescriptorChain chain, GuestMemory memory, VirtioBlkDevice disk) throws QueueFault {
        if (chain.readableBytes() < HEADER_BYTES || chain.writableBytes() < STATUS_BYTES) {
            throw new QueueFault("block request with " + chain.readableBytes() + " bytes to read and "
                    + chain.writableBytes() + " to write");
        }
        ByteBuffer header = little(chain, memory, 0, HEADER_BYTES);
        int type = header.getInt(0);
        long sector = header.getLong(8);
        return switch (type) {
            case TYPE_IN -> read(chain, sector, disk);
            case TYPE_OUT -> write(chain, sector, disk);
            case TYPE_FLUSH -> ask(chain, Operation.FLUSH, 0, 0);
            case TYPE_GET_ID -> getId(chain, disk);
            case TYPE_DISCARD -> range(Operation.DISCARD, chain, memory, disk);
            case TYPE_WRITE_ZEROES -> range(Operation.WRITE_ZEROES, chain, memory, disk);
            default -> answer(BlockStatus.UNSUPPORTED);
        };
    }

    private static ByteBuffer little(DescriptorChain chain, GuestMemory memory, long position, int lengthBytes)
            throws QueueFault {
        byte[] bytes = new byte[lengthBytes];
        chain.read(memory, position, bytes, 0, lengthBytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean sound(long sector, long lengthBytes, VirtioBlkDevice disk) {
        return lengthBytes > 0
                && lengthBytes <= MAX_BYTES
                && lengthBytes % VirtioBlkDevice.SECTOR_BYTES == 0
                && disk.holds(sector, lengthBytes / VirtioBlkDevice.SECTOR_BYTES);
    }

    private static VirtioBlkRequest read(DescriptorChain chain, long sector, VirtioBlkDevice disk) {
        long lengthBytes = chain.writableBytes() - STATUS_BYTES;
        return sound(sector, lengthBytes, disk)
                ? ask(chain, Operation.READ, sector, lengthBytes)
                : answer(BlockStatus.IO_ERROR);
    }

    private static VirtioBlkRequest write(DescriptorChain chain, long sector, VirtioBlkDevice disk) {
        long lengthBytes = chain.readableBytes() - HEADER_BYTES;
        return !disk.readOnly() && sound(sector, lengthBytes, disk)
                ? ask(chain, Operation.WRITE, sector, lengthBytes)
                : answer(BlockStatus.IO_ERROR);
    }

    private static VirtioBlkRequest getId(DescriptorChain chain, VirtioBlkDevice disk) {
        return chain.writableBytes() - STATUS_BYTES < ID_BYTES
                ? answer(BlockStatus.IO_ERROR)
                : new VirtioBlkRequest(Optional.empty(), BlockStatus.OK, disk.id());
    }

    /** §5.2.6.1: one range at most, as the configuration space says. */
    private static VirtioBlkRequest range(
            Operation operation, DescriptorChain chain, GuestMemory memory, VirtioBlkDevice disk) throws QueueFault {
        if (disk.readOnly() || chain.readableBytes() != HEADER_BYTES + RANGE_BYTES) {
            return answer(BlockStatus.IO_ERROR);
        }
        ByteBuffer range = little(chain, memory, HEADER_BYTES, RANGE_BYTES);
        long sector = range.getLong(0);
        long sectors = range.getInt(8) & 0xFFFFFFFFL;
        int flags = range.getInt(12);
        int known = operation == Operation.WRITE_ZEROES ? RANGE_FLAG_UNMAP : 0;
        if ((flags & ~known) != 0) {
            return answer(BlockStatus.UNSUPPORTED);
        }
        return sectors > 0 && sectors <= MAX_RANGE_SECTORS && disk.holds(sector, sectors)
                ? ask(chain, operation, sector, sectors * VirtioBlkDevice.SECTOR_BYTES)
                : answer(BlockStatus.IO_ERROR);
    }
}
