package org.kemari.charfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;

class ConsoleFilesTest {
    @TempDir
    Path folder;

    private final ConsoleFiles files = new ConsoleFiles();

    @Test
    void outputIsAppendedInOrderUnlessAskedToStartAnew() throws Exception {
        Path file = folder.resolve("vm1.log");
        for (String target : new String[] {file.toString(), file.toString()}) {
            CharBackend console = files.open("vm1", target);
            console.write("a".getBytes());
            console.write("b".getBytes());
            console.close();
            console.write("late".getBytes());
        }
        assertEquals("abab", Files.readString(file));
        CharBackend anew = files.open("vm1", file + ",truncate");
        anew.write("c".getBytes());
        files.close();
        assertEquals("c", Files.readString(file));
    }

    @Test
    void aTargetThatCannotBeWrittenIsNamedWithTheRemedy() {
        refused("", "target is empty");
        refused(folder.toString(), "is a directory");
        refused(folder.resolve("none/vm1.log").toString(), "mkdir -p " + folder.resolve("none"));
        refused("/proc/none.log", "target=/proc/none.log cannot be written");
    }

    @Test
    void aFullFileSystemDropsOutputAndCloseDoesNotWait() throws Exception {
        CharBackend console = files.open("vm1", "/dev/full");
        console.write("lost".getBytes());
        console.close();
    }

    private void refused(String target, String part) {
        BackendException refusal = assertThrows(BackendException.class, () -> files.open("vm1", target));
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }
}
