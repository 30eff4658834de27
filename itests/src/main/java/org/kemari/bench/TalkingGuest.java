package org.kemari.bench;

import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bare-metal guest that does nothing but write to its console, in a distribution of the caller's choice. */
final class TalkingGuest {
    private TalkingGuest() {}

    /** Of the machine thread, from reset to power-off: the tap is on it, and a busy host does not lengthen it. */
    static double seconds(Bench bench, Path distribution) throws IOException, InterruptedException {
        Path report = Files.createTempFile("kemari-bench", ".json");
        try {
            Path kernel = LoopsBenchmark.folder(bench.root).resolve("console.elf");
            bench.peer(bench.bareMetal(
                            distribution, kernel, "--console", "file:/dev/null", "--report", report.toString()))
                    .mustSucceed("the talking guest");
            return JsonParser.object().from(Files.readString(report)).getDouble("cpuSeconds");
        } catch (JsonParserException e) {
            throw new IOException("the report is no JSON", e);
        } finally {
            Files.deleteIfExists(report);
        }
    }
}
