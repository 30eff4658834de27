package org.kemari.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * How long an input takes to wake a hart that waits in WFI: from the inbox to the guest's first instruction after it. The
 * instrument, {@link WakeDevice}, is a bundle in the real container.
 */
final class WakeBenchmark implements Benchmark {
    private static final double LIMIT_MICROS = 100;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String DESCRIPTOR = "OSGI-INF/wake.xml";
    private static final List<String> CLASSES =
            List.of("WakeDevice.class", "WakeDevice$Probe.class", "WakeDevice$Sleeper.class");

    @Override
    public String name() {
        return "wake";
    }

    @Override
    public String about() {
        return "a hart in WFI: from an input in the inbox to the guest's first instruction";
    }

    @Override
    public List<Figure> run(Bench bench) throws IOException, InterruptedException {
        double[] median = new double[bench.runs];
        double[] worst = new double[bench.runs];
        double[] bare = new double[bench.runs];
        Path distribution = Files.createTempDirectory("kemari-with-instrument");
        try {
            TapBenchmark.link(bench.root.resolve("features/target/kemari"), distribution, "kemari-virtio-rng");
            writeBundle(distribution.resolve("bundles").resolve("kemari-bench-wake.jar"));
            for (int i = 0; i < bench.runs; i++) {
                try (LiveProcess process = LiveProcess.start(command(bench, distribution))) {
                    String[] values =
                            process.await(WakeDevice.RESULT + " (.*)", LIMIT).split(" ");
                    median[i] = Double.parseDouble(values[0]);
                    worst[i] = Double.parseDouble(values[1]);
                    bare[i] = Double.parseDouble(values[2]);
                }
                bench.say(String.format(
                        Locale.ROOT,
                        "  run %d: median %.0f µs, 99th percentile %.0f µs; a thread alone %.0f µs",
                        i + 1,
                        median[i],
                        worst[i],
                        bare[i]));
            }
        } finally {
            TapBenchmark.delete(distribution);
        }
        return List.of(Figure.ofRatio(
                "wake-up from WFI p50, µs",
                new Sample(median),
                LIMIT_MICROS,
                false,
                String.format(
                        Locale.ROOT,
                        "p99 %.0f µs, the host wakes a thread alone in %.0f µs",
                        new Sample(worst).median(),
                        new Sample(bare).median())));
    }

    private static List<String> command(Bench bench, Path distribution) {
        return bench.bareMetal(distribution, bench.program("wake.elf"), "--console", "none", "--rng");
    }

    /** A bundle whose one component (Declarative Services, OSGi Compendium 7 §112) is the instrument. */
    private static void writeBundle(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.kemari.bench.wake");
        main.putValue("Bundle-Version", "1");
        main.putValue("Import-Package", "org.kemari.api.device,org.kemari.api.machine,org.kemari.api.state");
        main.putValue("Service-Component", DESCRIPTOR);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String name : CLASSES) {
                out.putNextEntry(new JarEntry("org/kemari/bench/" + name));
                try (InputStream bytes = WakeBenchmark.class.getResourceAsStream(name)) {
                    bytes.transferTo(out);
                }
            }
            out.putNextEntry(new JarEntry(DESCRIPTOR));
            out.write(descriptor().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String descriptor() {
        return """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="wake" immediate="true">
                  <implementation class="%s"/>
                  <property name="kemari.device.type" value="%s"/>
                  <service><provide interface="org.kemari.api.device.DeviceFactory"/></service>
                </scr:component>
                """.formatted(WakeDevice.class.getName(), WakeDevice.TYPE);
    }
}
