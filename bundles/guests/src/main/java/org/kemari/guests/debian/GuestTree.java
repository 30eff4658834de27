package org.kemari.guests.debian;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * The guest's root folder in memory. Written as a cpio archive in the "newc" form that Linux unpacks, with everything
 * that could differ between two machines fixed (owner root, time 0, sorted paths), the same tree gives the same bytes.
 */
final class GuestTree {
    private static final int FOLDER_MODE = 0755;
    private static final int LINK_MODE = 0777;

    private record Node(long mode, byte[] content) {}

    /** Sorted, so that a folder comes before what is in it. */
    private final Map<String, Node> nodes = new TreeMap<>();

    void folder(String path) {
        parents(path);
        nodes.putIfAbsent(path, new Node(CpioConstants.C_ISDIR | FOLDER_MODE, new byte[0]));
    }

    void file(String path, int permissions, byte[] content) {
        parents(path);
        nodes.put(path, new Node(CpioConstants.C_ISREG | (permissions & 0777), content));
    }

    void symlink(String path, String target) {
        parents(path);
        byte[] content = target.getBytes(StandardCharsets.UTF_8);
        nodes.put(path, new Node(CpioConstants.C_ISLNK | LINK_MODE, content));
    }

    private void parents(String path) {
        if (path.isEmpty() || path.startsWith("/")) {
            throw new IllegalArgumentException("path=" + path + " is not below the root folder");
        }
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            folder(path.substring(0, slash));
        }
    }

    void writeTo(OutputStream out) throws IOException {
        CpioArchiveOutputStream cpio = new CpioArchiveOutputStream(out);
        long inode = 1;
        for (Map.Entry<String, Node> each : nodes.entrySet()) {
            Node node = each.getValue();
            CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, each.getKey());
            entry.setMode(node.mode());
            entry.setInode(inode++);
            entry.setNumberOfLinks(1);
            entry.setUID(0);
            entry.setGID(0);
            entry.setTime(0);
            entry.setSize(node.content().length);
            cpio.putArchiveEntry(entry);
            cpio.write(node.content());
            cpio.closeArchiveEntry();
        }
        cpio.finish();
    }
}
