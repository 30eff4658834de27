package org.kemari.emulator.board;

import org.kemari.api.device.InterruptLine;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** Goldfish real-time clock (its registers as Linux's rtc-goldfish driver names them), with an alarm. */
public final class GoldfishRtc {
    private static final int TIME_LOW = 0x00;
    private static final int TIME_HIGH = 0x04;
    private static final int ALARM_LOW = 0x08;
    private static final int ALARM_HIGH = 0x0c;
    private static final int IRQ_ENABLED = 0x10;
    private static final int CLEAR_ALARM = 0x14;
    private static final int ALARM_STATUS = 0x18;
    private static final int CLEAR_INTERRUPT = 0x1c;

    private final InterruptLine line;
    /** What the guest set the clock ahead by. */
    private long offsetNanos;

    private long alarmNanos;
    private boolean alarmArmed;
    private boolean interruptPending;
    private boolean interruptEnabled;
    /** Reading the low half latches the high half. */
    private long latchedHigh;

    private long writtenHigh;

    public GoldfishRtc(InterruptLine line) {
        this.line = line;
    }

    public long read(int offset, long realtimeNanos) {
        switch (offset) {
            case TIME_LOW:
                long now = realtimeNanos + offsetNanos;
                latchedHigh = now >>> 32;
                return now & 0xffffffffL;
            case TIME_HIGH:
                return latchedHigh;
            case ALARM_LOW:
                return alarmNanos & 0xffffffffL;
            case ALARM_HIGH:
                return alarmNanos >>> 32;
            case IRQ_ENABLED:
                return interruptEnabled ? 1 : 0;
            case ALARM_STATUS:
                return alarmArmed ? 1 : 0;
            default:
                return 0;
        }
    }

    public void write(int offset, long value, long realtimeNanos) {
        long low = value & 0xffffffffL;
        switch (offset) {
            case TIME_HIGH:
                writtenHigh = low;
                break;
            case TIME_LOW:
                offsetNanos = ((writtenHigh << 32) | low) - realtimeNanos;
                break;
            case ALARM_HIGH:
                alarmNanos = (low << 32) | (alarmNanos & 0xffffffffL);
                break;
            case ALARM_LOW:
                alarmNanos = (alarmNanos & ~0xffffffffL) | low;
                alarmArmed = true;
                break;
            case IRQ_ENABLED:
                interruptEnabled = (low & 1) != 0;
                break;
            case CLEAR_ALARM:
                alarmArmed = false;
                break;
            case CLEAR_INTERRUPT:
                interruptPending = false;
                break;
            default:
                break;
        }
        update(realtimeNanos);
    }

    /** Lets the alarm go off if it is due. */
    public void update(long realtimeNanos) {
        if (alarmArmed && realtimeNanos + offsetNanos >= alarmNanos) {
            alarmArmed = false;
            interruptPending = true;
        }
        line.set(interruptPending && interruptEnabled);
    }

    /** How long until the alarm, or {@code Long.MAX_VALUE}. */
    public long nanosToAlarm(long realtimeNanos) {
        return alarmArmed ? Math.max(0, alarmNanos - (realtimeNanos + offsetNanos)) : Long.MAX_VALUE;
    }

    public void save(StateWriter out) {
        out.putLong("offsetNanos", offsetNanos);
        out.putLong("alarmNanos", alarmNanos);
        out.putBoolean("alarmArmed", alarmArmed);
        out.putBoolean("interruptPending", interruptPending);
        out.putBoolean("interruptEnabled", interruptEnabled);
        out.putLong("latchedHigh", latchedHigh);
        out.putLong("writtenHigh", writtenHigh);
    }

    public void restore(StateReader in) throws StateFormatException {
        offsetNanos = in.getLong("offsetNanos");
        alarmNanos = in.getLong("alarmNanos");
        alarmArmed = in.getBoolean("alarmArmed");
        interruptPending = in.getBoolean("interruptPending");
        interruptEnabled = in.getBoolean("interruptEnabled");
        latchedHigh = in.getLong("latchedHigh");
        writtenHigh = in.getLong("writtenHigh");
        line.set(interruptPending && interruptEnabled);
    }
}
