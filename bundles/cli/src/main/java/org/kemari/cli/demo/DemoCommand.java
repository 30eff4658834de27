package org.kemari.cli.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.kemari.api.guest.Guest;
import org.kemari.api.guest.GuestException;
import org.kemari.cli.CliException;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.GuestFetch;
import org.kemari.cli.container.Container;
import org.kemari.cli.json.JsonFile;
import org.kemari.cli.json.RecordJson;
import org.kemari.cli.options.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kemari demo}. */
@Command(
        name = "demo",
        description = {
            "A guest survives the kill of its host, before your eyes.",
            "Exit status 0 only if no acknowledged answer was lost and no connection was reset."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class DemoCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 86_400;

    @Option(
            names = "--guest",
            paramLabel = "linux|tiny",
            defaultValue = "linux",
            description = "linux: Debian with Redis, fetched once; tiny: our own, no download (${DEFAULT-VALUE}).")
    private String guest;

    @Option(
            names = "--kill",
            paramLabel = "primary|backup|none",
            defaultValue = "primary",
            description = "Whose process gets SIGKILL (${DEFAULT-VALUE}).")
    private String kill;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long the client counts, 2 to 86400 (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--seed", paramLabel = "S", description = "Decides when the kill comes (a new one each time).")
    private Long seed;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the figures as JSON.")
    private Path report;

    @Option(names = "--kernel", paramLabel = "FILE", description = "Another kernel for the Linux guest.")
    private Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "Another initial ramdisk for the Linux guest.")
    private Path initrd;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "256M",
            converter = MemorySize.Converter.class,
            description = "RAM of the protected Linux guest (${DEFAULT-VALUE}).")
    private MemorySize memory;

    @Option(
            names = "--benchmark-requests",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Requests per measurement of speed (${DEFAULT-VALUE}).")
    private int benchmarkRequests;

    @Option(
            names = "--client",
            paramLabel = "guest|host",
            defaultValue = "guest",
            description = {
                "Where the client runs: in a guest of its own, or on this host, in a network namespace that a vxlan",
                "device joins to the virtual network, which needs root (${DEFAULT-VALUE})."
            })
    private String client;

    @Option(names = "--keep", description = "Keep logs, disks and status files of the containers.")
    private boolean keep;

    private final Container container;

    public DemoCommand(Container container) {
        this.container = container;
    }

    @Override
    public Integer call() throws Exception {
        Kill whom = whom();
        if (seconds < 2 || seconds > MAX_SECONDS) {
            throw new CliException(ExitStatus.USAGE, "--seconds=" + seconds + " is out of range; use 2 to 86400");
        }
        ClientPlace place = place();
        long drawn = seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed;
        Progress progress = new Progress(System.out);
        GuestKit kit = kit(progress);
        String command = String.format(
                "kemari demo --guest %s --client %s --kill %s --seed %d", kit.name(), place.word(), whom.word(), drawn);
        progress.say("%s", command);
        Path folder = Files.createTempDirectory("kemari-demo-");
        boolean remove = false;
        try {
            DemoReport result = new DemoDriver(
                            new DemoSettings(whom, place, seconds, drawn, folder), kit, launcher(), progress)
                    .run();
            remove = result.survived() && !keep;
            tell(result, whom, command, System.out);
            return result.survived() ? ExitStatus.OK : ExitStatus.FAILED;
        } finally {
            if (remove) {
                delete(folder);
            } else {
                System.out.println("  logs         " + folder);
            }
        }
    }

    private ClientPlace place() throws CliException {
        ClientPlace place = ClientPlace.of(client)
                .orElseThrow(() ->
                        new CliException(ExitStatus.USAGE, "--client=" + client + " is unknown; use guest or host"));
        if (place == ClientPlace.HOST) {
            HostNetwork.check();
        }
        return place;
    }

    private Kill whom() throws CliException {
        for (Kill each : Kill.values()) {
            if (each.word().equals(kill)) {
                return each;
            }
        }
        throw new CliException(ExitStatus.USAGE, "--kill=" + kill + " is unknown; use primary, backup or none");
    }

    /** The guest that was asked for; where Linux cannot be fetched, the tiny one, and says so. */
    private GuestKit kit(Progress progress) throws CliException {
        if (guest.equals("linux") && kernel != null && initrd != null) {
            return new LinuxGuestKit(kernel, initrd, memory.mebibytes(), benchmarkRequests);
        }
        GuestFetch fetch = new GuestFetch(container, System.out);
        try {
            if (guest.equals("tiny")) {
                return new TinyGuestKit(fetch.fetch("tiny", Optional.empty()));
            }
            if (!guest.equals("linux")) {
                throw new CliException(ExitStatus.USAGE, "--guest=" + guest + " is unknown; use linux or tiny");
            }
            return linux(fetch, progress);
        } catch (GuestException e) {
            throw new CliException(ExitStatus.FAILED, e.getMessage(), e);
        }
    }

    private GuestKit linux(GuestFetch fetch, Progress progress) throws GuestException {
        try {
            Guest linux = fetch.fetch("linux", Optional.empty());
            Path ramdisk = linux.initrd().orElseThrow(() -> new GuestException("the Linux guest has no initrd"));
            return new LinuxGuestKit(linux.kernel(), ramdisk, memory.mebibytes(), benchmarkRequests);
        } catch (GuestException e) {
            progress.say("the Linux guest cannot be had: %s", e.getMessage());
            progress.say("going on with the tiny guest, which needs no download");
            return new TinyGuestKit(fetch.fetch("tiny", Optional.empty()));
        }
    }

    private static Launcher launcher() {
        // For trials of the driver itself: another program in the containers' stead.
        String other = System.getProperty("kemari.demo.launcher");
        return other == null ? Launcher.likeThisProcess() : Launcher.of(List.of(other));
    }

    private void tell(DemoReport result, Kill whom, String command, PrintStream out) throws CliException {
        result.print(out, whom, command);
        if (report != null) {
            try {
                new JsonFile(report).write(RecordJson.of(result));
            } catch (IOException e) {
                throw new CliException(
                        ExitStatus.FAILED, "--report=" + report + " cannot be written: " + e.getMessage(), e);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
