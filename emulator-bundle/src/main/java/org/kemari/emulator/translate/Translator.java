package org.kemari.emulator.translate;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.kemari.emulator.cpu.CodeTranslator;
import org.kemari.emulator.cpu.RegionRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates the hot code of one machine on a thread of its own; the machine thread only leaves requests. */
public final class Translator implements CodeTranslator, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Translator.class);

    /**
     * Executions after which a block is worth a region while HotSpot gets through with what it is given. Fewer is no gain
     * then: until it has compiled a new region, that is slower than the interpreter.
     */
    private static final int THRESHOLD = Integer.getInteger("kemari.translator.threshold", 8_000);

    /** Halvings of the threshold at most, one for each look in a row at which HotSpot had nothing to do. */
    private static final int MAX_HALVINGS = 3;

    /**
     * A server's path through a kernel is some ten thousand blocks, each executed once a request. Translated, they are
     * hardly faster: their code is ten times as long, and small caches do not hold it; and HotSpot has minutes of work.
     */
    private static final long MAX_INSTRUCTIONS_PER_EXECUTION = Long.getLong("kemari.translator.density", 30_000);

    /**
     * Where nearly everything is translated, the rest takes ten times the time of its share. Of that, what is executed so
     * often is too little code to fill a cache.
     */
    private static final long MAX_INTERPRETED_PER_EXECUTION = Long.getLong("kemari.translator.interpreted", 1_000);

    /** Doublings of the threshold at most, however much HotSpot has to do. */
    private static final int MAX_DOUBLINGS = 3;

    /** The threshold doubles for each so many bytes that HotSpot has still to compile. */
    private static final long BACKLOG_BYTES_PER_DOUBLING = 30_000;

    /** Bounds what translated code takes of metaspace (about 5 KB a region) and of HotSpot's code cache (10 KB). */
    private static final int MAX_REGIONS = Integer.getInteger("kemari.translator.regions", 6_000);

    /** More than a busy guest leaves in a second; what does not fit in asks again when it is as hot once more. */
    private static final int MAX_WAITING = 512;

    private final String vm;
    private final BlockingQueue<RegionRequest> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong translated = new AtomicLong();
    private final AtomicLong declined = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong bytecodeBytes = new AtomicLong();
    private volatile int threshold = THRESHOLD;
    private final Thread thread;

    /** Starts its thread. */
    public Translator(String vm) {
        this.vm = vm;
        thread = new Thread(this::live, "kemari-translator-" + vm);
        thread.setDaemon(true);
        thread.start();
    }

    private static LongSupplier compilingMillis() {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        // A JVM without compilers, as with -Xint, has none.
        return compilers != null && compilers.isCompilationTimeMonitoringSupported()
                ? compilers::getTotalCompilationTime
                : () -> 0;
    }

    @Override
    public int threshold() {
        return threshold;
    }

    @Override
    public long maxInstructionsPerExecution() {
        return MAX_INSTRUCTIONS_PER_EXECUTION;
    }

    @Override
    public long maxInterpretedPerExecution() {
        return MAX_INTERPRETED_PER_EXECUTION;
    }

    @Override
    public int maxRegions() {
        return MAX_REGIONS;
    }

    @Override
    public boolean submit(RegionRequest request) {
        boolean taken = waiting.offer(request);
        if (!taken) {
            refused.incrementAndGet();
        }
        return taken;
    }

    private void live() {
        CompilerBacklog backlog = new CompilerBacklog(compilingMillis(), System.nanoTime());
        try {
            while (true) {
                RegionRequest request = next();
                if (request != null) {
                    backlog.add(translate(request), System.nanoTime());
                }
                long doublings = backlog.bytes(System.nanoTime()) / BACKLOG_BYTES_PER_DOUBLING;
                threshold = THRESHOLD >> Math.min(MAX_HALVINGS, backlog.rests()) << Math.min(MAX_DOUBLINGS, doublings);
            }
        } catch (InterruptedException e) {
            LOG.debug(
                    "vm={} translator ends: translated={} declined={} refused={} bytecode={}",
                    vm,
                    translated,
                    declined,
                    refused,
                    bytecodeBytes);
        }
    }

    /** The next request, or null if the threshold is to be looked at: it falls while HotSpot compiles, and while it rests. */
    private RegionRequest next() throws InterruptedException {
        return threshold <= THRESHOLD >> MAX_HALVINGS
                ? waiting.take()
                : waiting.poll(CompilerBacklog.LOOK_NANOS, TimeUnit.NANOSECONDS);
    }

    /** Returns the bytes of bytecode that HotSpot has to compile. */
    private int translate(RegionRequest request) {
        try {
            int bytes = Translation.perform(request, PageAccess.best());
            bytecodeBytes.addAndGet(bytes);
            (bytes > 0 ? translated : declined).incrementAndGet();
            return bytes;
        } catch (RuntimeException | LinkageError e) {
            // The interpreter goes on with this code: slower, and the same.
            LOG.error("vm={} code at page offset {} cannot be translated", vm, request.entry, e);
            declined.incrementAndGet();
            return 0;
        }
    }

    /** Ends its thread; translated code goes on being used. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
