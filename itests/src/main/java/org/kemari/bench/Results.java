package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The last run of each benchmark on each JDK. In a file:
 *
 *     {"loops": {"17": {"date": …, "runs": …, "host": {…}, "figures": {NAME: {"value": …, "least": …, …}}}, "25": …}, …}
 *
 * A benchmark that is not run anew keeps what it had, with its own date and host.
 */
final class Results {
    /** By benchmark, then by the JDK's major version. */
    private final Map<String, SortedMap<Integer, Run>> runs = new LinkedHashMap<>();

    /**
     * One benchmark's last run on one JDK.
     *
     * @param jdk its major version
     * @param count how many values each figure is the median of
     */
    record Run(String benchmark, int jdk, String date, int count, BenchHost host, List<Figure> figures) {
        Run {
            figures = List.copyOf(figures);
        }

        Optional<Figure> figure(String name) {
            return figures.stream().filter(figure -> figure.name().equals(name)).findFirst();
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

        private static Run of(String benchmark, int jdk, JsonObject object) {
            JsonObject entries = object.getObject("figures", new JsonObject());
            List<Figure> figures = new ArrayList<>();
            for (String name : entries.keySet()) {
                figures.add(Figure.of(name, entries.getObject(name)));
            }
            return new Run(
                    benchmark,
                    jdk,
                    object.getString("date", ""),
                    object.getInt("runs", 1),
                    BenchHost.of(object.getObject("host", new JsonObject())),
                    figures);
        }
    }

    /**
     * A benchmark on all the JDKs that it was run on.
     *
     * @param runs the oldest JDK's first; at least one
     */
    record Subject(String benchmark, List<Run> runs) {
        Subject {
            runs = List.copyOf(runs);
        }

        /** All figures' names, each once. */
        List<String> figureNames() {
            return runs.stream()
                    .flatMap(run -> run.figures().stream())
                    .map(Figure::name)
                    .distinct()
                    .toList();
        }
    }

    /** What the file holds; nothing if it is not there. */
    static Results read(Path file) throws IOException {
        Results results = new Results();
        if (Files.exists(file)) {
            try {
                JsonObject all = JsonParser.object().from(Files.readString(file));
                for (String benchmark : all.keySet()) {
                    JsonObject byJdk = all.getObject(benchmark);
                    for (String jdk : byJdk.keySet()) {
                        results.put(Run.of(benchmark, Integer.parseInt(jdk), byJdk.getObject(jdk)));
                    }
                }
            } catch (JsonParserException | NumberFormatException e) {
                throw new IOException(file + " is no result of ours: " + e.getMessage() + "; name another file", e);
            }
        }
        return results;
    }

    void put(Run run) {
        runs.computeIfAbsent(run.benchmark(), name -> new TreeMap<>()).put(run.jdk(), run);
    }

    List<Subject> subjects() {
        return runs.entrySet().stream()
                .map(each ->
                        new Subject(each.getKey(), List.copyOf(each.getValue().values())))
                .toList();
    }

    void write(Path file) throws IOException {
        JsonObject all = new JsonObject();
        runs.forEach((name, byJdk) -> {
            JsonObject entries = new JsonObject();
            byJdk.forEach((jdk, run) -> entries.put(Integer.toString(jdk), run.json()));
            all.put(name, entries);
        });
        Files.writeString(file, JsonWriter.indent("  ").string().value(all).done() + "\n");
    }
}
