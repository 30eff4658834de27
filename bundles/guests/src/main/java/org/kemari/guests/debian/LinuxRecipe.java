package org.kemari.guests.debian;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.kemari.api.guest.GuestProgress;

/** How packages become a kernel and an initial ramdisk; all of its facts are resources beside this class. */
final class LinuxRecipe {
    /** Raised when this class puts the same packages together differently. */
    private static final int VERSION = 1;

    private static final List<String> FOLDERS =
            List.of("data", "dev", "etc", "mnt", "modules", "proc", "root", "run", "sys", "tmp", "usr/bin", "usr/lib");
    private static final Set<String> MODULES = Set.of(
            "virtio_mmio",
            "failover",
            "net_failover",
            "virtio_net",
            "virtio_blk",
            "virtio-rng",
            "e1000",
            "crc16",
            "mbcache",
            "jbd2",
            "crc32c_generic",
            "libcrc32c",
            "ext4");

    private final List<PinnedPackage> packages;
    private final List<String> contents;
    private final byte[] init;
    private final byte[] redisConf;
    private final String digest;

    LinuxRecipe() {
        byte[] table = resource("packages.tsv");
        byte[] globs = resource("contents.txt");
        packages = PinnedPackage.parse(new String(table, StandardCharsets.UTF_8));
        contents = new String(globs, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .collect(Collectors.toUnmodifiableList());
        init = resource("init");
        redisConf = resource("redis.conf");
        digest = digest(List.of(new byte[] {VERSION}, table, globs, init, redisConf));
    }

    List<PinnedPackage> packages() {
        return packages;
    }

    /** Changes with everything that the guest is made of; a cached guest with another one is made anew. */
    String digest() {
        return digest;
    }

    private static byte[] resource(String name) {
        try (InputStream in = LinuxRecipe.class.getResourceAsStream("/org/kemari/guests/debian/" + name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is not in this bundle");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("resource " + name + " cannot be read", e);
        }
    }

    private static String digest(List<byte[]> parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            parts.forEach(sha::update);
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** A kernel and the tree of its initial ramdisk. */
    record Parts(byte[] kernel, GuestTree tree) {}

    Parts build(List<Path> debs, GuestProgress progress) throws IOException {
        GuestTree tree = new GuestTree();
        FOLDERS.forEach(tree::folder);
        tree.symlink("bin", "usr/bin");
        tree.symlink("sbin", "usr/bin");
        tree.symlink("lib", "usr/lib");
        tree.symlink("usr/sbin", "bin");
        tree.symlink("usr/bin/sh", "busybox");
        tree.file("init", 0755, init);
        tree.file("etc/redis.conf", 0644, redisConf);
        Programs programs = new Programs(tree);
        KernelParts kernel = new KernelParts(tree);
        for (Path deb : debs) {
            // The kernel's package takes half a minute on a slow machine; the others are a blink.
            if (deb.getFileName().toString().startsWith("linux-image-")) {
                DebPackage.read(deb, KernelParts::wants, kernel, progress);
            } else {
                DebPackage.read(deb, programs::wants, programs);
            }
        }
        programs.check();
        return new Parts(kernel.check(), tree);
    }

    /** Programs and libraries, as the list of contents names them. */
    private final class Programs implements DebPackage.Sink {
        private final GuestTree tree;
        private final Set<String> missing = new LinkedHashSet<>(contents);
        private final List<PathMatcher> matchers = contents.stream()
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                .collect(Collectors.toUnmodifiableList());

        Programs(GuestTree tree) {
            this.tree = tree;
        }

        boolean wants(String path) {
            boolean wanted = false;
            for (int i = 0; i < matchers.size(); i++) {
                if (matchers.get(i).matches(Path.of(path))) {
                    missing.remove(contents.get(i));
                    wanted = true;
                }
            }
            return wanted;
        }

        @Override
        public boolean file(String path, int mode, byte[] content) {
            tree.file(path, mode, content);
            return true;
        }

        @Override
        public boolean symlink(String path, String target) {
            tree.symlink(path, target);
            return true;
        }

        void check() throws IOException {
            if (!missing.isEmpty()) {
                throw new IOException("no package has " + String.join(", ", missing)
                        + "; the packages have changed, and contents.txt must follow");
            }
        }
    }

    /** The kernel's image and the few modules that the guest loads. */
    private static final class KernelParts implements DebPackage.Sink {
        private final GuestTree tree;
        private final Set<String> found = new HashSet<>();
        private Optional<byte[]> image = Optional.empty();

        KernelParts(GuestTree tree) {
            this.tree = tree;
        }

        static boolean wants(String path) {
            return path.startsWith("boot/vmlinu")
                    || (path.contains("lib/modules/") && path.contains(".ko") && MODULES.contains(moduleName(path)));
        }

        private static String moduleName(String path) {
            return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.ko(\\.xz)?$", "");
        }

        @Override
        public boolean file(String path, int mode, byte[] content) throws IOException {
            if (path.startsWith("boot/")) {
                image = Optional.of(content);
            } else {
                String name = moduleName(path);
                byte[] plain = path.endsWith(".xz")
                        ? new XZCompressorInputStream(new ByteArrayInputStream(content)).readAllBytes()
                        : content;
                tree.file("modules/" + name + ".ko", 0644, plain);
                found.add(name);
            }
            // The rest of this package is long, and nothing of it is wanted.
            return image.isEmpty() || found.size() < MODULES.size();
        }

        @Override
        public boolean symlink(String path, String target) {
            return true;
        }

        byte[] check() throws IOException {
            List<String> missing = new ArrayList<>(MODULES);
            missing.removeAll(found);
            if (!missing.isEmpty()) {
                throw new IOException("the kernel's package has no modules " + missing
                        + "; the kernel has changed, and the recipe must follow");
            }
            return image.orElseThrow(() -> new IOException("the kernel's package has no boot/vmlinux or boot/vmlinuz"));
        }
    }
}
