package org.kemari.bench;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

public class PerformancePageTest {
    private static final BenchHost HOST = new BenchHost("Some CPU", 2, 24_000, "Linux 6", "JVM 17", "QEMU 7.2");
    private static final Figure GOOD =
            new Figure("loop x, speed ÷ QEMU", 0.25, 0.2, 0.3, OptionalDouble.of(0.1), true, "200 MIPS");
    private static final Figure BAD = new Figure("gap, <ms>", 600, 500, 700, OptionalDouble.of(150), false, "");
    private static final Figure FREE = new Figure("disk, speed ÷ QEMU", 2, 2, 2, OptionalDouble.empty(), true, "1 s");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static Results.Run run(String benchmark, int jdk, Figure... figures) {
        return new Results.Run(benchmark, jdk, "2026-01-02T03:04:05Z", 5, HOST, List.of(figures));
    }

    private static Results results(String benchmark, Figure... figures) {
        Results results = new Results();
        results.put(run(benchmark, 17, figures));
        return results;
    }

    @Test
    public void resultsAreReadAsTheyWereWritten() throws Exception {
        Path file = folder.getRoot().toPath().resolve("bench.json");
        results("loops", GOOD, BAD, FREE).write(file);
        assertEquals(
                results("loops", GOOD, BAD, FREE).subjects(), Results.read(file).subjects());
    }

    @Test
    public void benchmarkThatIsNotRunAnewKeepsItsFigures() throws Exception {
        Path file = folder.getRoot().toPath().resolve("bench.json");
        results("loops", GOOD).write(file);
        Results both = Results.read(file);
        both.put(run("gap", 17, BAD));
        both.write(file);
        assertEquals(2, Results.read(file).subjects().size());
    }

    @Test
    public void eachJdkKeepsItsFiguresAndHasItsColumnsAndBars() throws Exception {
        Path docs = folder.getRoot().toPath();
        Path file = docs.resolve("bench.json");
        results("loops", GOOD, BAD).write(file);
        Results both = Results.read(file);
        both.put(run("loops", 25, GOOD));
        both.write(file);
        Results read = Results.read(file);
        assertEquals(1, read.subjects().size());
        PerformancePage.write(read, docs);
        String text = Files.readString(docs.resolve("performance.md"));
        assertTrue(text, text.contains("| JDK 17 (spread) | | JDK 25 (spread) | |"));
        String good = " **0.250** (0.200 to 0.300) | reached; 200 MIPS |";
        assertTrue(text, text.contains("| loop x, speed ÷ QEMU | ≥ 0.100 |" + good + good + "\n"));
        assertTrue(text, text.contains("| gap, <ms> | ≤ 150 | **600** (500 to 700) | **missed** | | |\n"));
        assertEquals(
                "background and three bars",
                4,
                chart(read).getElementsByTagName("rect").getLength());
    }

    @Test
    public void figureWithoutTargetIsNeitherReachedNorMissed() throws Exception {
        Path docs = folder.getRoot().toPath();
        PerformancePage.write(results("disk", FREE), docs);
        String text = Files.readString(docs.resolve("performance.md"));
        assertTrue(text, text.contains("| disk, speed ÷ QEMU |  | **2.00** (2.00 to 2.00) | 1 s |\n"));
    }

    @Test
    public void pageKeepsWhatIsWrittenAroundTheFigures() throws Exception {
        Path docs = folder.getRoot().toPath();
        PerformancePage.write(results("loops", GOOD), docs);
        Path page = docs.resolve("performance.md");
        Files.writeString(page, "before\n" + Files.readString(page) + "after\n");
        PerformancePage.write(results("gap", BAD), docs);
        String text = Files.readString(page);
        assertTrue(text, text.startsWith("before\n") && text.endsWith("after\n"));
        assertTrue(text, text.contains("Some CPU, 2 cores") && text.contains("2026-01-02"));
        assertTrue(text, text.contains("**missed**") && !text.contains("loop x"));
    }

    @Test
    public void pageThatLostItsMarksIsLeftAlone() throws Exception {
        Path page = Files.writeString(folder.getRoot().toPath().resolve("performance.md"), "mine");
        assertThrows(IOException.class, () -> PerformancePage.write(results("loops", GOOD), page.getParent()));
        assertEquals("mine", Files.readString(page));
    }

    @Test
    public void barsGoRightWhereTheTargetIsReachedAndLeftWhereItIsNot() throws Exception {
        Document svg = chart(results("loops", GOOD, BAD));
        var rows = svg.getElementsByTagName("rect");
        assertEquals("background and two bars", 3, rows.getLength());
        String target = attribute(rows.item(1), "x");
        double end =
                Double.parseDouble(attribute(rows.item(2), "x")) + Double.parseDouble(attribute(rows.item(2), "width"));
        assertEquals(Double.parseDouble(target), end, 0);
        assertTrue(!attribute(rows.item(1), "fill").equals(attribute(rows.item(2), "fill")));
        assertTrue(svg.getDocumentElement().getTextContent().contains("gap, <ms>"));
    }

    private static Document chart(Results results) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(BarChart.svg(results.subjects()))));
    }

    private static String attribute(Node node, String name) {
        return node.getAttributes().getNamedItem(name).getNodeValue();
    }
}
