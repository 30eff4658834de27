package org.kemari.cli.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;

class JsonFileTest {
    @TempDir
    private Path folder;

    private record Inner(MachineState state) {}

    private record Outer(String text, long count, double part, OptionalInt code, Optional<String> name, Inner inner) {}

    @Test
    void recordIsReadBackAsItWasWritten() throws IOException {
        JsonFile file = new JsonFile(folder.resolve("x.json"));
        file.write(RecordJson.of(new Outer(
                "a \"b\"\n", 1L << 40, 0.5, OptionalInt.of(3), Optional.empty(), new Inner(MachineState.RUNNING))));
        JsonObject read = file.read().orElseThrow();
        assertEquals("a \"b\"\n", read.getString("text"));
        assertEquals(1L << 40, read.getLong("count"));
        assertEquals(0.5, read.getDouble("part"));
        assertEquals(3, read.getInt("code"));
        assertNull(read.get("name"));
        assertEquals("RUNNING", read.getObject("inner").getString("state"));
    }

    @Test
    void statusOfTheApiIsWritten() {
        JsonObject json =
                RecordJson.of(new MachineStatus(MachineState.STOPPED, "off", 5, 6, OptionalInt.empty(), 7, 8));
        assertEquals("STOPPED", json.getString("state"));
        assertNull(json.get("exitCode"));
    }

    @Test
    void fileThatIsNotThereHoldsNothing() throws IOException {
        assertTrue(new JsonFile(folder.resolve("none")).read().isEmpty());
    }

    @Test
    void fileThatHoldsNoObjectIsNamed() throws IOException {
        Path path = Files.writeString(folder.resolve("bad"), "[1]");
        Exception failure = assertThrows(IOException.class, () -> new JsonFile(path).read());
        assertTrue(failure.getMessage().contains(path.toString()));
    }
}
