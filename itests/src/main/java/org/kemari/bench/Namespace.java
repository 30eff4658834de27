package org.kemari.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network namespace without a name, held by a process that does nothing. It ends with that process, which ends with
 * this one; its devices end with it.
 */
final class Namespace implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final LiveProcess holder;

    private Namespace(LiveProcess holder) {
        this.holder = holder;
    }

    static Namespace open() throws IOException, InterruptedException {
        // It reads until its standard input ends, which is when we do.
        LiveProcess holder = LiveProcess.start(List.of("unshare", "--net", "sh", "-c", "echo HOLDING; exec cat"));
        try {
            holder.await("HOLDING", START_LIMIT);
            Namespace namespace = new Namespace(holder);
            namespace.run("ip", "link", "set", "lo", "up");
            holder = null;
            return namespace;
        } finally {
            if (holder != null) {
                holder.close();
            }
        }
    }

    String pid() {
        return Long.toString(holder.pid());
    }

    /** The command, in this namespace; still one process. */
    List<String> within(List<String> command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--target", pid(), "--net"));
        all.addAll(command);
        return all;
    }

    void run(String... command) throws IOException, InterruptedException {
        String line = String.join(" ", command);
        ProcessRun.of(within(Stream.of(command).toList()), java.util.Map.of(), START_LIMIT)
                .mustSucceed(line);
    }

    @Override
    public void close() {
        holder.close();
    }
}
