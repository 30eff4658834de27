package org.kemari.itests.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.protection.Protection;
import org.kemari.api.protection.ProtectionState;
import org.kemari.itests.process.Container;

/** A test with an echo guest that a container of its own may protect. */
public abstract class ProtectedVmTest extends VmTest {
    protected static final String FT_PID = "org.kemari.ft";

    /** A second process has to start on a machine that may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Properties of a primary's protection, all but its mode and its peer. */
    protected Map<String, Object> primary(String vm) throws IOException {
        Map<String, Object> properties = new Hashtable<>();
        properties.put("vm", vm);
        properties.put("role", "primary");
        properties.put("arbiter", "file");
        properties.put("arbiter.location", terms().toString());
        return properties;
    }

    /** A backup for the echo guest {@code vm}. */
    protected Container backup(String vm, int replication, String console) throws IOException {
        return backup(vm, replication, console, "--arbiter", terms().toString());
    }

    /** The same with what {@code options} say about its arbiter. */
    protected Container backup(String vm, int replication, String console, String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "backup",
                "--listen",
                "127.0.0.1:" + replication,
                "--name",
                vm,
                "--kernel",
                folder.resolve(vm + ".elf").toString(),
                "--firmware",
                "none",
                "--memory",
                "16M",
                "--console",
                console));
        line.addAll(List.of(options));
        return Container.start("backup", List.of("-Xmx256m", "-Dkemari.log.level=INFO"), line.toArray(String[]::new));
    }

    private Path terms() throws IOException {
        return Files.createDirectories(folder.resolve("terms"));
    }

    protected Optional<Protection> protection(String vm) throws Exception {
        return service(Protection.class, "(kemari.vm=" + vm + ")");
    }

    protected void awaitState(String vm, Container backup, ProtectionState wanted) throws Exception {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (protection(vm).map(found -> found.status().state()).orElse(null) != wanted) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("protection is not " + wanted + " but "
                        + protection(vm).map(Protection::status) + "; the backup says:\n" + backup.tail());
            }
            Thread.sleep(20);
        }
    }
}
