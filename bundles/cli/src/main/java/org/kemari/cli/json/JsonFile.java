package org.kemari.cli.json;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A file with one JSON object, replaced as a whole. */
public final class JsonFile {
    private final Path path;

    public JsonFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    public void write(JsonObject object) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".part");
        Files.writeString(next, JsonWriter.indent("  ").string().object(object).done() + "\n");
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What the file holds; empty if there is none yet. */
    public Optional<JsonObject> read() throws IOException {
        try {
            return Optional.of(JsonParser.object().from(Files.readString(path)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonParserException e) {
            throw new IOException(path + " holds no JSON object: " + e.getMessage(), e);
        }
    }
}
