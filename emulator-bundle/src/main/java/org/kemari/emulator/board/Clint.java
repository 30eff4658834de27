package org.kemari.emulator.board;

import java.util.Arrays;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/**
 * Core-local interruptor (SiFive FU540-C000 manual §9): software interrupts and machine timers. Whoever owns it calls
 * {@link #update} whenever time may have reached {@link #nextCompare}.
 */
public final class Clint {
    private static final int MSIP = 0x0;
    private static final int MTIMECMP = 0x4000;
    private static final int MTIME = 0xbff8;

    private final HartInterrupts harts;
    private final int[] msip;
    private final long[] mtimecmp;

    public Clint(int hartCount, HartInterrupts harts) {
        this.harts = harts;
        this.msip = new int[hartCount];
        this.mtimecmp = new long[hartCount];
        Arrays.fill(mtimecmp, -1);
    }

    public long read(int offset, int sizeBytes, long time) {
        int hart = offset / 4;
        if (offset < MTIMECMP) {
            return sizeBytes == 4 && hart < msip.length ? msip[hart] : 0;
        }
        if (offset >= MTIME) {
            return part(time, offset - MTIME, sizeBytes);
        }
        hart = (offset - MTIMECMP) / 8;
        return hart < mtimecmp.length ? part(mtimecmp[hart], offset & 7, sizeBytes) : 0;
    }

    public void write(int offset, int sizeBytes, long value, long time) {
        if (offset < MTIMECMP) {
            int hart = offset / 4;
            if (sizeBytes == 4 && hart < msip.length) {
                msip[hart] = (int) value & 1;
                harts.set(hart, HartInterrupts.MSIP, msip[hart] != 0);
            }
            return;
        }
        int hart = (offset - MTIMECMP) / 8;
        // mtime itself is not writable here: guest time is a function of instructions and clock inputs alone.
        if (offset < MTIME && hart < mtimecmp.length) {
            if (sizeBytes == 8) {
                mtimecmp[hart] = value;
            } else if (sizeBytes == 4) {
                int shift = (offset & 4) * 8;
                mtimecmp[hart] = (mtimecmp[hart] & ~(0xffffffffL << shift)) | ((value & 0xffffffffL) << shift);
            }
            update(time);
        }
    }

    /** Drives the machine timer interrupts as they are at {@code time}. */
    public void update(long time) {
        for (int hart = 0; hart < mtimecmp.length; hart++) {
            harts.set(hart, HartInterrupts.MTIP, Long.compareUnsigned(time, mtimecmp[hart]) >= 0);
        }
    }

    /** The earliest compare value after {@code time}; all ones if there is none. */
    public long nextCompare(long time) {
        long next = -1;
        for (long compare : mtimecmp) {
            if (Long.compareUnsigned(compare, time) > 0 && Long.compareUnsigned(compare, next) < 0) {
                next = compare;
            }
        }
        return next;
    }

    public void save(StateWriter out) {
        long[] software = new long[msip.length];
        for (int i = 0; i < software.length; i++) {
            software[i] = msip[i];
        }
        out.putLongs("msip", software);
        out.putLongs("mtimecmp", mtimecmp);
    }

    public void restore(StateReader in, long time) throws StateFormatException {
        long[] software = in.getLongs("msip");
        long[] compare = in.getLongs("mtimecmp");
        if (software.length != msip.length || compare.length != mtimecmp.length) {
            throw new StateFormatException("saved CLINT has " + software.length + " harts, not " + msip.length);
        }
        System.arraycopy(compare, 0, mtimecmp, 0, compare.length);
        for (int i = 0; i < software.length; i++) {
            msip[i] = (int) software[i];
            harts.set(i, HartInterrupts.MSIP, msip[i] != 0);
        }
        update(time);
    }

    private static long part(long value, int byteOffset, int sizeBytes) {
        long shifted = value >>> (8 * byteOffset);
        return sizeBytes == 8 ? shifted : shifted & ((1L << (8 * sizeBytes)) - 1);
    }
}
