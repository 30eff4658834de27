package org.kemari.cli.demo;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.kemari.cli.count.CountCommand;
import org.kemari.cli.demo.CounterClient.Answer;

/** Runs one demo from start to verdict. */
final class DemoDriver {
    private static final String READY = "GUEST-READY";
    private static final String PROTECTED = "PROTECTED";
    /** Linux boots in seconds; on a small machine two guests and a build beside it may take minutes. */
    private static final long BOOT_MILLIS = 600_000;

    private static final long CLIENT_START_MILLIS = 60_000;
    private static final long SYNC_MILLIS = 180_000;
    private static final long RESYNC_MILLIS = 20_000;
    private static final long POLL_MILLIS = 100;
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** The tiny guest has sixteen counters; the last one serves to measure speed. */
    private static final int KEYS = 15;
    /** The kill comes between these parts of the counting, so that there is traffic before and after. */
    private static final double EARLIEST_KILL = 0.3;

    private static final double LATEST_KILL = 0.6;

    private final DemoSettings settings;
    private final GuestKit kit;
    private final Launcher launcher;
    private final Progress progress;

    private final AnswerLedger ledger = new AnswerLedger();
    private long bootMillis;
    private double unprotected;
    private double guarded;
    private long resets;
    private volatile ChildStatus beforeKill = new ChildStatus(new JsonObject());

    DemoDriver(DemoSettings settings, GuestKit kit, Launcher launcher, Progress progress) {
        this.settings = settings;
        this.kit = kit;
        this.launcher = launcher;
        this.progress = progress;
    }

    /** Never fails on the cluster's account: what goes wrong there is the report's outcome. */
    DemoReport run() throws IOException, InterruptedException {
        String outcome;
        long detectMillis = 0;
        try (Cluster cluster = new Cluster(launcher, kit, settings.client(), settings.folder())) {
            try {
                CounterClient client = bringUp(cluster);
                protect(cluster, client);
                client.connect();
                count(cluster, client);
                detectMillis = settings.kill() == Kill.PRIMARY
                        ? cluster.backup().status().number("detectMillis")
                        : 0;
                lookUp(client);
                outcome = verdict();
            } catch (DemoException e) {
                outcome = e.getMessage();
                resets = Math.max(resets, outcome.contains("connection broke") ? 1 : 0);
            }
        }
        return report(outcome, detectMillis);
    }

    private CounterClient bringUp(Cluster cluster) throws IOException, DemoException, InterruptedException {
        progress.say("starting backup, primary and client: three containers, three processes");
        ChildProcess client = settings.client() == ClientPlace.HOST ? startOnHost(cluster) : startAsGuest(cluster);
        awaitReady(cluster.primary(), "the guest's boot");
        bootMillis = TimeUnit.NANOSECONDS.toMillis(
                System.nanoTime() - cluster.primary().startNanos());
        progress.say("the guest is up, %.1f s after its container's start", bootMillis / 1e3);
        if (settings.client() == ClientPlace.GUEST) {
            awaitReady(client, "the client's boot");
        }
        cluster.backup().checkAlive("before it was needed");
        CounterClient counter = settings.client() == ClientPlace.HOST ? new HostClient(client) : kit.client(client);
        progress.say("the client is up; measuring without protection");
        unprotected = counter.requestsPerSecond();
        progress.say("%.0f requests/s unprotected", unprotected);
        return counter;
    }

    private static ChildProcess startAsGuest(Cluster cluster) throws IOException {
        cluster.startServers();
        return cluster.startClient();
    }

    private ChildProcess startOnHost(Cluster cluster) throws IOException, DemoException, InterruptedException {
        ChildProcess client = cluster.startHostClient();
        client.await(
                "the client's start", CLIENT_START_MILLIS, line -> line.text().equals(CountCommand.READY));
        cluster.joinHostClient(client);
        progress.say("the client is a process of this host, behind a vxlan device in a network namespace of its own");
        cluster.startServers();
        return client;
    }

    private void awaitReady(ChildProcess child, String what) throws DemoException, InterruptedException {
        long said = System.nanoTime();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BOOT_MILLIS);
        boolean ready = false;
        while (!ready) {
            // Waits in steps, to show that it is at work.
            ready = child.poll(what, line -> line.text().contains(READY));
            if (!ready && System.nanoTime() - said > 5 * PROGRESS_NANOS) {
                said = System.nanoTime();
                progress.say("booting …");
            }
            if (System.nanoTime() - deadline > 0) {
                throw new DemoException(what + " was not done within " + BOOT_MILLIS / 1000 + " s");
            }
        }
    }

    private void protect(Cluster cluster, CounterClient counter)
            throws IOException, DemoException, InterruptedException {
        progress.say("switching protection on, by a configuration file");
        cluster.protect();
        awaitProtected(cluster);
        ChildStatus status = cluster.primary().status();
        progress.say("protected: first copy took %.1f s; measuring", status.number("syncMillis") / 1e3);
        guarded = counter.requestsPerSecond();
        progress.say("%.0f requests/s protected (%.2f of unprotected)", guarded, guarded / Math.max(1e-9, unprotected));
    }

    private void awaitProtected(Cluster cluster) throws DemoException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SYNC_MILLIS);
        String last = "";
        while (true) {
            ChildStatus status = cluster.primary().status();
            String state = status.protectionState();
            if (!state.equals(last) && !state.isEmpty()) {
                last = state;
                progress.say("%s %s", state.toLowerCase(Locale.ROOT), status.protectionReason());
            }
            if (state.equals(PROTECTED)) {
                return;
            }
            cluster.primary().checkAlive("while it was synchronised");
            cluster.backup().checkAlive("while it was synchronised");
            if (System.nanoTime() - deadline > 0) {
                throw new DemoException("protection was not reached within " + SYNC_MILLIS / 1000 + " s; it stands at "
                        + (last.isEmpty() ? "nothing" : last + " " + status.protectionReason()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** The client increments, one request after the other, while the kill comes from another thread. */
    private void count(Cluster cluster, CounterClient client) throws DemoException, InterruptedException {
        Random random = new Random(settings.seed());
        double part = EARLIEST_KILL + random.nextDouble() * (LATEST_KILL - EARLIEST_KILL);
        long killMicros = (long) (settings.seconds() * part * 1e6);
        progress.say("the client counts for %d s over one connection", settings.seconds());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            Future<?> kill = timer.schedule(() -> kill(cluster), killMicros, TimeUnit.MICROSECONDS);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.seconds());
            long shown = System.nanoTime();
            for (long i = 0; System.nanoTime() - end < 0 || !kill.isDone(); i++) {
                String key = "k" + i % KEYS;
                ledger.sent(key);
                Answer answer = client.increment(key);
                ledger.answered(key, answer.value(), answer.nanos());
                if (System.nanoTime() - shown > PROGRESS_NANOS) {
                    shown = System.nanoTime();
                    show(cluster);
                }
            }
            if (settings.kill() == Kill.NONE) {
                beforeKill = cluster.primary().status();
            }
        } finally {
            timer.shutdownNow();
        }
    }

    private void kill(Cluster cluster) {
        try {
            beforeKill = whenProtected(cluster);
        } catch (DemoException e) {
            progress.say("%s", e.getMessage());
        } catch (InterruptedException e) {
            return;
        }
        // Without a kill the longest gap of the second part shows what is usual.
        ledger.watchGap();
        switch (settings.kill()) {
            case PRIMARY -> cluster.primary().kill();
            case BACKUP -> cluster.backup().kill();
            case NONE -> {
                return;
            }
        }
        progress.say("SIGKILL to the %s after %d answers", settings.kill().word(), ledger.acked());
    }

    /** On a busy machine a heartbeat may be late and the pair be synchronising anew: then nobody may be killed yet. */
    private ChildStatus whenProtected(Cluster cluster) throws DemoException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RESYNC_MILLIS);
        ChildStatus status = cluster.primary().status();
        while (!status.protectionState().equals(PROTECTED) && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            status = cluster.primary().status();
        }
        return status;
    }

    private void show(Cluster cluster) throws DemoException {
        ChildStatus primary = cluster.primary().status();
        String more = ledger.gapMillis().isPresent()
                ? String.format("longest gap %d ms", ledger.gapMillis().getAsLong())
                : String.format(
                        Locale.ROOT,
                        "epoch %d, checkpoints stop the guest for %.2f ms",
                        primary.number("epoch"),
                        primary.number("pauseMicrosP50") / 1e3);
        progress.say("%d answers, %.0f/s; %s", ledger.acked(), ledger.answersPerSecond(), more);
    }

    private void lookUp(CounterClient client) throws DemoException, InterruptedException {
        progress.say("looking up every acknowledged increment");
        for (String key : ledger.keys()) {
            ledger.lookedUp(key, client.value(key));
        }
        resets = client.resets();
    }

    private String verdict() {
        if (ledger.lost() > 0) {
            return "lost " + ledger.lost() + " acknowledged increments";
        }
        if (resets > 0) {
            return "the connection was reset " + resets + " times";
        }
        return DemoReport.SURVIVED;
    }

    private DemoReport report(String outcome, long detectMillis) {
        return new DemoReport(
                kit.name(),
                "event",
                ledger.acked(),
                ledger.lost(),
                ledger.duplicated(),
                resets,
                ledger.gapMillis().orElse(0),
                detectMillis,
                bootMillis,
                beforeKill.number("syncMillis"),
                beforeKill.number("epochs"),
                beforeKill.number("pauseMicrosP50"),
                beforeKill.number("pauseMicrosP99"),
                beforeKill.number("dirtyPagesP50"),
                beforeKill.number("bytesReplicated"),
                unprotected,
                guarded,
                outcome);
    }
}
