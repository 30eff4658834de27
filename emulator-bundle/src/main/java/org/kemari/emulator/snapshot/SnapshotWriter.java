package org.kemari.emulator.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.Machine;
import org.kemari.api.machine.MachineConfig;
import org.kemari.emulator.state.EncodedStateWriter;

/**
 * Takes a snapshot of a machine that goes on running: copies pages out round after round, and stops the guest only for
 * those that changed in the last one, and for the state. The file appears under its name when it is whole.
 */
public final class SnapshotWriter {
    /** The guest stops for at most this many pages, unless it changes pages faster than they can be written. */
    private static final long LAST_ROUND_PAGES = 1024;

    /** Rounds after which a guest that changes pages faster than they are written is stopped all the same. */
    private static final int MAX_ROUNDS = 16;

    private final Machine machine;
    private final Path file;

    private SnapshotWriter(Machine machine, Path file) {
        this.machine = machine;
        this.file = file;
    }

    public static CompletableFuture<Void> write(Machine machine, Path file) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        SnapshotWriter writer = new SnapshotWriter(machine, file);
        Thread thread = new Thread(
                () -> {
                    try {
                        writer.run();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e instanceof CompletionException ? e.getCause() : e);
                    }
                },
                "kemari-snapshot-" + machine.config().name());
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private void run() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path partial;
        try {
            partial = Files.createTempFile(folder, file.getFileName().toString(), ".partial");
        } catch (IOException e) {
            throw new IOException(
                    "snapshot file=" + file + " cannot be made (" + e + "); name a place in a folder that can be"
                            + " written",
                    e);
        }
        try {
            writeTo(partial);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IOException(
                    "snapshot file=" + file + " could not be written (" + e + "); the machine goes on; make room for"
                            + " it or name another place",
                    e);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private void writeTo(Path partial) throws IOException {
        DirtyTracker tracker = machine.call(view -> view.ram().track()).join();
        try (SnapshotOutput out = new SnapshotOutput(partial, header(machine.config()))) {
            byte[] block = new byte[SnapshotFormat.PAGES_PER_BLOCK * SnapshotFormat.PAGE_RECORD_BYTES];
            for (int round = 0; round < MAX_ROUNDS; round++) {
                long left = machine.call(view -> tracker.dirtyPages()).join();
                if (left <= LAST_ROUND_PAGES) {
                    break;
                }
                for (long copied = 0; copied < left; copied += SnapshotFormat.PAGES_PER_BLOCK) {
                    int length = machine.call(view -> claim(tracker, block)).join();
                    if (length > 0) {
                        out.block(SnapshotFormat.PAGES, block, length);
                    }
                }
            }
            Rest rest = machine.call(view -> new Rest(claimAll(tracker), view.saveState()))
                    .join();
            for (byte[] pages : rest.pages) {
                out.block(SnapshotFormat.PAGES, pages, pages.length);
            }
            out.block(SnapshotFormat.STATE, rest.state, rest.state.length);
            out.finish();
        } finally {
            machine.call(view -> {
                tracker.close();
                return null;
            });
        }
    }

    private static int claim(DirtyTracker tracker, byte[] block) {
        ByteBuffer into = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        tracker.claim(
                (page, content, offset) -> into.putLong(page).put(content, offset, 4096),
                SnapshotFormat.PAGES_PER_BLOCK);
        return into.position();
    }

    private static List<byte[]> claimAll(DirtyTracker tracker) {
        List<byte[]> blocks = new ArrayList<>();
        while (tracker.dirtyPages() > 0) {
            int pages = (int) Math.min(SnapshotFormat.PAGES_PER_BLOCK, tracker.dirtyPages());
            byte[] block = new byte[pages * SnapshotFormat.PAGE_RECORD_BYTES];
            int length = claim(tracker, block);
            blocks.add(length == block.length ? block : Arrays.copyOf(block, length));
        }
        return blocks;
    }

    static byte[] header(MachineConfig config) {
        EncodedStateWriter out = new EncodedStateWriter(1);
        out.putString("name", config.name());
        out.putString("type", config.type());
        out.putLong("memoryBytes", config.memoryBytes());
        out.putInt("harts", config.harts());
        out.putBoolean("builtinFirmware", config.firmware().equals(MachineConfig.FIRMWARE_BUILTIN));
        out.putString("devices", SnapshotReader.devices(config));
        return out.encode();
    }

    /** What the guest stands still for. */
    private record Rest(List<byte[]> pages, byte[] state) {}
}
