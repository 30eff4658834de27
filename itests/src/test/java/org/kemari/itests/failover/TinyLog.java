package org.kemari.itests.failover;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tiny guest's log on its disk (bundles/guests, tiny/log.c): a sector for each increment, little-endian.
 *
 * <pre>
 *   0        8        16         144          ...       504      512
 *   | magic  | number | counters | clients    |  zeros  | sum    |
 * </pre>
 */
final class TinyLog {
    static final int SECTOR_BYTES = 512;
    private static final int NUMBER = 8;
    private static final int COUNTERS = 16;
    private static final int SUM = 504;
    private static final long MAGIC = 0x474f4c594e49544bL; // "KTINYLOG"

    /** Records that the guest's ring has room for; more would overwrite the first ones. */
    static final int RECORDS = 1024;

    private TinyLog() {}

    /** A blank disk for so many records. */
    static Path blank(Path file) throws IOException {
        return Files.write(file, new byte[RECORDS * SECTOR_BYTES]);
    }

    /** What counter 0 was in each record, from the first on, up to the first sector that holds no whole record. */
    static List<Long> counts(byte[] image) {
        ByteBuffer in = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> counts = new ArrayList<>();
        for (int at = 0; at < image.length; at += SECTOR_BYTES) {
            if (in.getLong(at) != MAGIC
                    || in.getLong(at + NUMBER) != counts.size()
                    || in.getLong(at + SUM) != sum(in, at)) {
                break;
            }
            counts.add(in.getLong(at + COUNTERS));
        }
        return counts;
    }

    private static long sum(ByteBuffer in, int start) {
        long sum = 0xcbf29ce484222325L;
        for (int at = start; at < start + SUM; at += Long.BYTES) {
            sum = (sum ^ in.getLong(at)) * 0x100000001b3L;
        }
        return sum;
    }
}
