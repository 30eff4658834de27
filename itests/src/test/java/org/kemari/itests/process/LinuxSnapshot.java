package org.kemari.itests.process;

import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.kemari.itests.guest.ConsoleClient;
import org.kemari.launcher.Distribution;
import org.kemari.launcher.OsgiContainer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * A Linux that has booted and waits at its shell, as the VM {@link LinuxVm}. Booted once in a build, by the test that
 * needs it first, and kept under {@code target} for as long as neither the guest nor the distribution changes.
 */
public final class LinuxSnapshot {
    /** What the guest's shell says when it waits. */
    private static final String PROMPT = "# ";

    private static final Duration BOOT_LIMIT = Duration.ofMinutes(5);
    private static final String PREFIX = "linux-";
    private static final String SUFFIX = ".snapshot";

    private LinuxSnapshot() {}

    /** Gives the snapshot; makes it unless it is there. One test at a time. */
    public static Path taken() throws Exception {
        LinuxGuest guest = LinuxGuest.fetch();
        Path target = Path.of(System.getProperty("kemari.itests.target", "target"));
        Path file = target.resolve(PREFIX + digest(guest) + SUFFIX);
        if (!Files.exists(file)) {
            deleteOlder(target);
            Path part = target.resolve(PREFIX + "being-made");
            boot(guest, part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }

    /** Of all that makes the guest what it is, and of all that runs it. */
    private static String digest(LinuxGuest guest) throws IOException, NoSuchAlgorithmException {
        List<Path> files = new ArrayList<>(List.of(guest.kernel(), guest.initrd()));
        files.addAll(new Distribution(Container.distribution()).bundles());
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update((LinuxVm.options(Path.of("disk")) + LinuxVm.APPEND).getBytes(StandardCharsets.US_ASCII));
        for (Path file : files) {
            try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
                in.skipNBytes(Files.size(file));
            }
        }
        return HexFormat.of().formatHex(sha.digest(), 0, 8);
    }

    private static void deleteOlder(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            for (Path old : files.filter(file -> file.getFileName().toString().matches(PREFIX + "[0-9a-f]+" + SUFFIX))
                    .toList()) {
                Files.delete(old);
            }
        }
    }

    /** In a container in this JVM, since the shell's command that takes a snapshot is not one of the command line. */
    private static void boot(LinuxGuest guest, Path snapshot) throws Exception {
        Path folder = Files.createTempDirectory("kemari-boot-");
        try {
            int console = ConsoleClient.freePort();
            Path etc = Files.createDirectory(folder.resolve("etc"));
            Files.writeString(etc.resolve("org.kemari.network-lan.cfg"), "name=" + LinuxVm.NETWORK + "\nvni=7\n");
            Files.writeString(
                    etc.resolve("org.kemari.vm-linux.cfg"),
                    LinuxVm.file(LinuxVm.disk(folder), console) + "kernel=" + guest.kernel() + "\ninitrd="
                            + guest.initrd() + "\nappend=" + LinuxVm.APPEND + "\n");
            try (OsgiContainer container = OsgiContainer.createWithoutCommandLine(
                    new Distribution(Container.distribution()), folder.resolve("cache"), Optional.of(etc))) {
                container.start();
                try (ConsoleClient person = ConsoleClient.connect(console, BOOT_LIMIT)) {
                    person.await(PROMPT, BOOT_LIMIT);
                    person.type("echo up-$((40 + 2))\n");
                    person.await("up-42", BOOT_LIMIT);
                    person.await(PROMPT, BOOT_LIMIT);
                    snapshot(container.context(), snapshot);
                }
                assertTrue("the container did not stop in time", container.stop(Duration.ofSeconds(30)));
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** By the object behind {@code kemari:snapshot}, whose class this class loader does not know. */
    private static void snapshot(BundleContext context, Path file) throws Exception {
        ServiceReference<?>[] found = context.getAllServiceReferences(null, "(osgi.command.function=snapshot)");
        Object shell = context.getService(found[0]);
        shell.getClass()
                .getMethod("snapshot", String.class, String.class)
                .invoke(shell, LinuxVm.NAME, file.toAbsolutePath().toString());
    }
}
