package org.kemari.ft.protection;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.osgi.framework.BundleContext;

/** The name of this container at the arbiter: made once, kept as long as the container keeps its data. */
final class NodeName {
    private NodeName() {}

    static String of(BundleContext context) throws IOException {
        File file = context.getDataFile("node");
        if (file == null) {
            return fresh();
        }
        Path path = file.toPath();
        if (Files.exists(path)) {
            String kept = Files.readString(path).trim();
            if (!kept.isEmpty()) {
                return kept;
            }
        }
        String name = fresh();
        Files.writeString(path, name);
        return name;
    }

    private static String fresh() {
        String id = UUID.randomUUID().toString().substring(0, 8);
        try {
            return InetAddress.getLocalHost().getHostName() + "-" + id;
        } catch (IOException e) {
            return "node-" + id;
        }
    }
}
