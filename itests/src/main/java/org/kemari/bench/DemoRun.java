package org.kemari.bench;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished demonstration that held.
 *
 * @param run its processes
 * @param report what it wrote
 */
record DemoRun(ProcessRun run, JsonObject report) {
    static DemoRun of(Bench bench, List<String> what, List<String> more) throws IOException, InterruptedException {
        Path report = Files.createTempFile("kemari-bench", ".json");
        try {
            List<String> arguments = new ArrayList<>(List.of("demo", "--report", report.toString()));
            arguments.addAll(what);
            arguments.addAll(more);
            ProcessRun run = bench.kemari(arguments).mustSucceed(String.join(" ", arguments));
            return new DemoRun(run, JsonParser.object().from(Files.readString(report)));
        } catch (JsonParserException e) {
            throw new IOException("the demo's report is no JSON", e);
        } finally {
            Files.deleteIfExists(report);
        }
    }
}
