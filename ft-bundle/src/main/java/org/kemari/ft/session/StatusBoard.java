package org.kemari.ft.session;

import org.HdrHistogram.Histogram;
import org.kemari.api.protection.ProtectionMode;
import org.kemari.api.protection.ProtectionRole;
import org.kemari.api.protection.ProtectionState;
import org.kemari.api.protection.ProtectionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others may know of one side. Written by its strand, read by any thread. */
public final class StatusBoard {
    private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);
    /** Longer pauses are counted as this long. */
    private static final long MAX_PAUSE_MICROS = 60_000_000;
    /** 64 GiB of pages. */
    private static final long MAX_PAGES = 1L << 24;

    private final String vm;
    private final ProtectionRole role;
    private final ProtectionMode mode;
    private final Histogram pauseMicros = new Histogram(MAX_PAUSE_MICROS, 3);
    private final Histogram dirtyPages = new Histogram(MAX_PAGES, 3);

    private ProtectionState state = ProtectionState.CONNECTING;
    private String reason = "";
    private String peer = "";
    private long term;
    private long epoch;
    private long acknowledgedEpoch;
    private long epochs;
    private long bytesReplicated;
    private long syncMillis;
    private long detectMillis;
    private long takeoverMillis;

    public StatusBoard(String vm, ProtectionRole role, ProtectionMode mode) {
        this.vm = vm;
        this.role = role;
        this.mode = mode;
    }

    /** Changes state; lost protection is a warning. */
    public void state(ProtectionState next, String why) {
        ProtectionState before;
        synchronized (this) {
            if (state == next && reason.equals(why)) {
                return;
            }
            before = state;
            state = next;
            reason = why;
        }
        boolean bad = before != next
                && switch (next) {
                    case CLAIMING, UNPROTECTED, PAUSED, FENCED -> true;
                    case CONNECTING, SYNCHRONISING, PROTECTED, TAKING_OVER, OFF -> false;
                };
        if (bad) {
            LOG.warn("vm={} role={} from={} to={} reason={}", vm, role, before, next, why);
        } else {
            LOG.info("vm={} role={} from={} to={} reason={}", vm, role, before, next, why);
        }
    }

    public synchronized ProtectionState state() {
        return state;
    }

    public synchronized void peer(String address) {
        peer = address;
    }

    public synchronized void term(long number) {
        term = number;
    }

    public synchronized void epoch(long running) {
        epoch = running;
    }

    /** A new session starts: its counters start with it. */
    public synchronized void sessionStarts() {
        epochs = 0;
        bytesReplicated = 0;
    }

    public synchronized void committed(long number) {
        acknowledgedEpoch = number;
        epochs++;
    }

    public synchronized void checkpoint(long pauseNanos, long pages) {
        pauseMicros.recordValue(Math.min(MAX_PAUSE_MICROS, Math.max(0, pauseNanos / 1_000)));
        dirtyPages.recordValue(Math.min(MAX_PAGES, pages));
    }

    public synchronized void bytesReplicated(long bytes) {
        bytesReplicated = bytes;
    }

    public synchronized void syncMillis(long millis) {
        syncMillis = millis;
    }

    public synchronized void detectMillis(long millis) {
        detectMillis = millis;
    }

    public synchronized void takeoverMillis(long millis) {
        takeoverMillis = millis;
    }

    public synchronized ProtectionStatus status() {
        return new ProtectionStatus(
                role,
                mode,
                state,
                reason,
                peer,
                term,
                epoch,
                acknowledgedEpoch,
                epochs,
                pauseMicros.getValueAtPercentile(50),
                pauseMicros.getValueAtPercentile(99),
                dirtyPages.getValueAtPercentile(50),
                bytesReplicated,
                syncMillis,
                detectMillis,
                takeoverMillis);
    }
}
