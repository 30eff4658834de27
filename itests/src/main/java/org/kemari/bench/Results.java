package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last run of each benchmark. In a file:
 *
 *     {"loops": {"date": …, "runs": …, "host": {…}, "figures": {NAME: {"value": …, "least": …, "most": …, …}}}, …}
 *
 * A benchmark that is not run anew keeps what it had, with its own date and host.
 */
final class Results {
    private final Map<String, Run> runs = new LinkedHashMap<>();

    /** One benchmark's last run. */
    record Run(String benchmark, String date, int count, BenchHost host, List<Figure> figures) {
        Run {
            figures = List.copyOf(figures);
        }

        private JsonObject json() {
            JsonObject entries = new JsonObject();
            for (Figure figure : figures) {
                entries.put(figure.name(), figure.json());
            }
            JsonObject object = new JsonObject();
            object.put("date", date);
            object.put("runs", count);
            object.put("host", host.json());
            object.put("figures", entries);
            return object;
        }

        private static Run of(String benchmark, JsonObject object) {
            JsonObject entries = object.getObject("figures", new JsonObject());
            List<Figure> figures = new ArrayList<>();
            for (String name : entries.keySet()) {
                figures.add(Figure.of(name, entries.getObject(name)));
            }
            return new Run(
                    benchmark,
                    object.getString("date", ""),
                    object.getInt("runs", 1),
                    BenchHost.of(object.getObject("host", new JsonObject())),
                    figures);
        }
    }

    /** What the file holds; nothing if it is not there. */
    static Results read(Path file) throws IOException {
        Results results = new Results();
        if (Files.exists(file)) {
            try {
                JsonObject all = JsonParser.object().from(Files.readString(file));
                for (String benchmark : all.keySet()) {
                    results.put(Run.of(benchmark, all.getObject(benchmark)));
                }
            } catch (JsonParserException e) {
                throw new IOException(file + " is no result of ours: " + e.getMessage() + "; name another file", e);
            }
        }
        return results;
    }

    void put(Run run) {
        runs.put(run.benchmark(), run);
    }

    Collection<Run> runs() {
        return runs.values();
    }

    void write(Path file) throws IOException {
        JsonObject all = new JsonObject();
        runs.forEach((name, run) -> all.put(name, run.json()));
        Files.writeString(file, JsonWriter.indent("  ").string().value(all).done() + "\n");
    }
}
