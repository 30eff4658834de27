package org.kemari.bench;

import java.io.IOException;
import java.util.List;

/** One subject of measurement. */
interface Benchmark {
    String name();

    /** One sentence for {@code --help}. */
    String about();

    /** How many values each figure is the median of. */
    default int runs(Bench bench) {
        return bench.runs;
    }

    /** Measures; prints progress through {@code bench}. */
    List<Figure> run(Bench bench) throws IOException, InterruptedException;
}
