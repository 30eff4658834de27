package org.kemari.bench;

import java.util.List;
import java.util.Locale;

/**
 * Figures as bars in SVG 1.1: each bar begins at the target's line and goes right for better, left for worse, on a
 * logarithmic scale, so that twice as good is as long as half as good.
 */
final class BarChart {
    private static final int ROW = 22;
    private static final int BAR = 14;
    private static final int TOP = 34;
    private static final int LABEL_WIDTH = 380;
    private static final int HALF_WIDTH = 180;
    private static final int VALUE_WIDTH = 170;
    /** A bar ends here at the latest: eight times better or worse than the target. */
    private static final double LOG_LIMIT = 3;

    private static final String BETTER = "#2a7a4b";
    private static final String WORSE = "#b3442e";

    private BarChart() {}

    static String svg(List<Figure> figures) {
        int width = LABEL_WIDTH + 2 * HALF_WIDTH + VALUE_WIDTH;
        int height = TOP + figures.size() * ROW + 10;
        int target = LABEL_WIDTH + HALF_WIDTH;
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">",
                width,
                height,
                width,
                height);
        line(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
        for (int power = -2; power <= 2; power++) {
            int x = target + x(Math.pow(2, power));
            line(svg, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>", x, TOP - 6, x, height);
            String text = power == 0 ? "target" : power > 0 ? (1 << power) + " × better" : (1 << -power) + " × worse";
            line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", x, TOP - 14, text);
        }
        for (int i = 0; i < figures.size(); i++) {
            row(svg, figures.get(i), TOP + i * ROW, target);
        }
        line(
                svg,
                "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#333333\"/>",
                target,
                TOP - 6,
                target,
                height);
        return svg.append("</svg>\n").toString();
    }

    private static void row(StringBuilder svg, Figure figure, int y, int target) {
        int length = x(figure.shareOfTarget());
        int baseline = y + BAR - 3;
        line(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                LABEL_WIDTH - 8,
                baseline,
                escaped(figure.name()));
        line(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
                target + Math.min(0, length),
                y,
                Math.max(1, Math.abs(length)),
                BAR,
                figure.reached() ? BETTER : WORSE);
        line(
                svg,
                "<text x=\"%d\" y=\"%d\">%.3g (%s %.3g)</text>",
                LABEL_WIDTH + 2 * HALF_WIDTH + 8,
                baseline,
                figure.value(),
                figure.atLeast() ? "≥" : "≤",
                figure.limit());
    }

    private static int x(double shareOfTarget) {
        double log = Math.log(Math.max(shareOfTarget, Double.MIN_NORMAL)) / Math.log(2);
        return (int) Math.round(Math.max(-LOG_LIMIT, Math.min(LOG_LIMIT, log)) / LOG_LIMIT * HALF_WIDTH);
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
