package org.kemari.ft.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.kemari.ft.protocol.PayloadException;

/**
 * A payload, compressed if that pays: LZ4 behind the length that it has unpacked. The Java implementation: no native code.
 *
 * @param payload as it travels
 * @param packed true if it is compressed
 */
public record Packed(byte[] payload, boolean packed) {
    /** No payload unpacks to more: what is staged at the backup is bounded by what the sender puts in one frame. */
    public static final int MAX_UNPACKED_BYTES = 4 << 20;

    private static final LZ4Factory LZ4 = LZ4Factory.fastestJavaInstance();
    private static final int LENGTH_BYTES = 4;
    /**
     * Shorter ones are not worth the work at both ends: an output waits longer for it than for the bytes that it saves,
     * even on a line of a gigabit a second.
     */
    private static final int LEAST_BYTES = 64 << 10;

    /** Takes the first {@code lengthBytes} of {@code raw}, which stays the caller's. */
    public static Packed pack(byte[] raw, int lengthBytes) {
        if (lengthBytes >= LEAST_BYTES) {
            LZ4Compressor compressor = LZ4.fastCompressor();
            byte[] target = new byte[LENGTH_BYTES + compressor.maxCompressedLength(lengthBytes)];
            int packedBytes = compressor.compress(raw, 0, lengthBytes, target, LENGTH_BYTES);
            if (packedBytes < lengthBytes - lengthBytes / 8) {
                ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN).putInt(lengthBytes);
                return new Packed(Arrays.copyOf(target, LENGTH_BYTES + packedBytes), true);
            }
        }
        return new Packed(Arrays.copyOf(raw, lengthBytes), false);
    }

    public static byte[] unpack(byte[] payload, boolean packed) throws PayloadException {
        if (!packed) {
            return payload;
        }
        if (payload.length < LENGTH_BYTES) {
            throw new PayloadException("a compressed payload of " + payload.length + " bytes has no length");
        }
        int lengthBytes =
                ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (lengthBytes < 0 || lengthBytes > MAX_UNPACKED_BYTES) {
            throw new PayloadException("length=" + Integer.toUnsignedLong(lengthBytes)
                    + " of a compressed payload is more than " + MAX_UNPACKED_BYTES);
        }
        LZ4SafeDecompressor decompressor = LZ4.safeDecompressor();
        byte[] raw = new byte[lengthBytes];
        try {
            int unpacked =
                    decompressor.decompress(payload, LENGTH_BYTES, payload.length - LENGTH_BYTES, raw, 0, lengthBytes);
            if (unpacked != lengthBytes) {
                throw new PayloadException(
                        "a compressed payload gives " + unpacked + " bytes instead of " + lengthBytes);
            }
        } catch (LZ4Exception e) {
            throw new PayloadException("a compressed payload cannot be unpacked", e);
        }
        return raw;
    }
}
