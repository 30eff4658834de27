package org.kemari.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts the last results into {@code docs/performance.md}, between two marks; what is written around them stays. */
final class PerformancePage {
    static final String BEGIN = "<!-- written by ./kemari bench --write-docs: begin -->";
    static final String END = "<!-- written by ./kemari bench --write-docs: end -->";

    private static final String CHART = "performance.svg";
    private static final String NEW_PAGE = "# Performance\n\n" + BEGIN + "\n" + END + "\n";
    private static final int DATE_LENGTH = 10;

    private PerformancePage() {}

    static void write(Results results, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path page = folder.resolve("performance.md");
        String old = Files.exists(page) ? Files.readString(page) : NEW_PAGE;
        Files.writeString(page, replaced(old, section(results)));
        Files.writeString(folder.resolve(CHART), BarChart.svg(results.subjects()));
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
        for (Results.Subject subject : results.subjects()) {
            text.append("\n**").append(subject.benchmark()).append("**\n\n");
            for (Results.Run run : subject.runs()) {
                text.append("- ").append(origin(run)).append('\n');
            }
            text.append(table(subject));
        }
        return text.toString();
    }

    /** When, how often and on what; the JDK first, as the columns are called by it. */
    private static String origin(Results.Run run) {
        return "JDK " + run.jdk() + ": " + run.host().java() + ", against "
                + run.host().peer() + "; "
                + run.date().substring(0, Math.min(DATE_LENGTH, run.date().length())) + ", "
                + (run.count() == 1 ? "1 run" : "median of " + run.count() + " runs") + "; "
                + run.host().text();
    }

    /** A line for each figure, two columns for each JDK. */
    private static String table(Results.Subject subject) {
        StringBuilder head = new StringBuilder("\n| figure | to reach |");
        StringBuilder rule = new StringBuilder("|---|---|");
        for (Results.Run run : subject.runs()) {
            head.append(" JDK ").append(run.jdk()).append(" (spread) | |");
            rule.append("---:|---|");
        }
        StringBuilder text = head.append('\n').append(rule).append('\n');
        for (String name : subject.figureNames()) {
            List<Optional<Figure>> figures =
                    subject.runs().stream().map(run -> run.figure(name)).toList();
            String target = figures.stream()
                    .flatMap(Optional::stream)
                    .map(Figure::target)
                    .findFirst()
                    .orElse("");
            text.append("| ").append(name).append(" | ").append(target).append(" |");
            figures.forEach(figure -> text.append(cells(figure)));
            text.append('\n');
        }
        return text.toString();
    }

    private static String cells(Optional<Figure> measured) {
        if (measured.isEmpty()) {
            return " | |";
        }
        Figure figure = measured.get();
        String verdict = figure.limit().isEmpty() ? "" : figure.reached() ? "reached" : "**missed**";
        String separator = verdict.isEmpty() || figure.note().isEmpty() ? "" : "; ";
        return String.format(
                Locale.ROOT,
                " **%.3g** (%.3g to %.3g) | %s%s%s |",
                figure.value(),
                figure.least(),
                figure.most(),
                verdict,
                separator,
                figure.note());
    }
}
