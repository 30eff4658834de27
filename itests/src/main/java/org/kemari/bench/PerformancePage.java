package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Puts the last results into {@code docs/performance.md}, between two marks; what is written around them stays. */
final class PerformancePage {
    static final String BEGIN = "<!-- written by ./kemari bench --write-docs: begin -->";
    static final String END = "<!-- written by ./kemari bench --write-docs: end -->";

    private static final String CHART = "performance.svg";
    private static final String NEW_PAGE = "# Performance\n\n" + BEGIN + "\n" + END + "\n";

    private PerformancePage() {}

    static void write(Results results, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path page = folder.resolve("performance.md");
        String old = Files.exists(page) ? Files.readString(page) : NEW_PAGE;
        Files.writeString(page, replaced(old, section(results)));
        Files.writeString(
                folder.resolve(CHART),
                BarChart.svg(results.runs().stream()
                        .flatMap(run -> run.figures().stream())
                        .toList()));
    }

    /** {@code old} with {@code section} between the marks. */
    static String replaced(String old, String section) throws IOException {
        int begin = old.indexOf(BEGIN);
        int end = old.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException("docs/performance.md has lost its marks; put these two lines where the figures go:\n"
                    + BEGIN + "\n" + END);
        }
        return old.substring(0, begin + BEGIN.length()) + "\n" + section + old.substring(end);
    }

    private static String section(Results results) {
        StringBuilder text = new StringBuilder("![Figures against their targets](" + CHART + ")\n");
        for (Results.Run run : results.runs()) {
            text.append("\n**")
                    .append(run.benchmark())
                    .append("** — ")
                    .append(run.date(), 0, Math.min(10, run.date().length()))
                    .append(", ")
                    .append(run.count() == 1 ? "1 run" : "median of " + run.count() + " runs")
                    .append("; ")
                    .append(run.host().text())
                    .append("\n\n| figure | value | spread | to reach | | |\n|---|---:|---:|---:|---|---|\n");
            for (Figure figure : run.figures()) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %.3g | %.3g to %.3g | %s %.3g | %s | %s |%n",
                        figure.name(),
                        figure.value(),
                        figure.least(),
                        figure.most(),
                        figure.atLeast() ? "≥" : "≤",
                        figure.limit(),
                        figure.reached() ? "reached" : "**missed**",
                        figure.note()));
            }
        }
        return text.toString();
    }
}
