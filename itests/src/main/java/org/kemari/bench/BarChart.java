package org.kemari.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Figures as bars in SVG 1.1: each bar begins at the target's line and goes right for better, left for worse, on a
 * logarithmic scale, so that twice as good is as long as half as good. A figure has a bar for each JDK, the oldest on
 * top; the newer ones are lighter. Bars of figures without a target are grey, and their line is the peer's own speed.
 */
final class BarChart {
    private static final int BAR = 12;
    private static final int GAP = 8;
    private static final int TOP = 52;
    private static final int LABEL_WIDTH = 400;
    private static final int HALF_WIDTH = 180;
    private static final int VALUE_WIDTH = 190;
    /** A bar ends here at the latest: eight times better or worse than the target. */
    private static final double LOG_LIMIT = 3;
    /** Each newer JDK's bars have this much of the colour of the one before. */
    private static final double LIGHTER = 0.6;

    private static final String BETTER = "#2a7a4b";
    private static final String WORSE = "#b3442e";
    private static final String NO_TARGET = "#777777";

    private final StringBuilder svg = new StringBuilder();
    private final int target = LABEL_WIDTH + HALF_WIDTH;

    private BarChart() {}

    static String svg(List<Results.Subject> subjects) {
        return new BarChart().draw(subjects);
    }

    private String draw(List<Results.Subject> subjects) {
        int width = LABEL_WIDTH + 2 * HALF_WIDTH + VALUE_WIDTH;
        int height = TOP + GAP;
        for (Results.Subject subject : subjects) {
            height += subject.figureNames().size() * (subject.runs().size() * BAR + GAP);
        }
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">",
                width, height, width, height);
        line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
        legend(subjects);
        for (int power = -2; power <= 2; power++) {
            int x = target + x(Math.pow(2, power));
            line("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>", x, TOP - 6, x, height);
            String text = power == 0 ? "target" : power > 0 ? (1 << power) + " × better" : (1 << -power) + " × worse";
            line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", x, TOP - 14, text);
        }
        int y = TOP;
        for (Results.Subject subject : subjects) {
            for (String name : subject.figureNames()) {
                y = row(subject, name, y);
            }
        }
        line("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#333333\"/>", target, TOP - 6, target, height);
        return svg.append("</svg>\n").toString();
    }

    private void legend(List<Results.Subject> subjects) {
        List<Integer> jdks = subjects.stream()
                .flatMap(subject -> subject.runs().stream())
                .map(Results.Run::jdk)
                .distinct()
                .sorted()
                .toList();
        StringBuilder text = new StringBuilder("each figure's bars from top to bottom: ");
        for (int i = 0; i < jdks.size(); i++) {
            text.append(i == 0 ? "JDK " : ", lighter JDK ").append(jdks.get(i));
        }
        line("<text x=\"8\" y=\"18\">%s; grey: no target, against the peer</text>", escaped(text.toString()));
    }

    /** Returns where the next row begins. */
    private int row(Results.Subject subject, String name, int top) {
        int bars = subject.runs().size();
        line(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                LABEL_WIDTH - 8, top + bars * BAR / 2 + 4, escaped(name));
        double opacity = 1;
        int y = top;
        for (Results.Run run : subject.runs()) {
            Optional<Figure> figure = run.figure(name);
            if (figure.isPresent()) {
                bar(figure.get(), y, opacity);
            }
            y += BAR;
            opacity *= LIGHTER;
        }
        return y + GAP;
    }

    private void bar(Figure figure, int y, double opacity) {
        int length = x(figure.shareOfTarget());
        String colour = figure.limit().isEmpty() ? NO_TARGET : figure.reached() ? BETTER : WORSE;
        line(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" fill-opacity=\"%.2f\"/>",
                target + Math.min(0, length), y, Math.max(1, Math.abs(length)), BAR - 1, colour, opacity);
        line(
                "<text x=\"%d\" y=\"%d\">%.3g%s</text>",
                LABEL_WIDTH + 2 * HALF_WIDTH + 8,
                y + BAR - 2,
                figure.value(),
                figure.limit().isEmpty() ? "" : " (" + figure.target() + ")");
    }

    private static int x(double shareOfTarget) {
        double log = Math.log(Math.max(shareOfTarget, Double.MIN_NORMAL)) / Math.log(2);
        return (int) Math.round(Math.max(-LOG_LIMIT, Math.min(LOG_LIMIT, log)) / LOG_LIMIT * HALF_WIDTH);
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
