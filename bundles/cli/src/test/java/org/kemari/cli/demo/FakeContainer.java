package org.kemari.cli.demo;

import com.grack.nanojson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.kemari.cli.json.JsonFile;

/**
 * A program that behaves like a container as far as the driver can see: a client that counts by itself, and servers that
 * say they are protected once a configuration was dropped. The property {@code fake} makes it misbehave.
 */
final class FakeContainer {
    private FakeContainer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = List.of(arguments);
        String fault = System.getProperty("fake", "");
        if (words.contains("client")) {
            count(fault);
            return;
        }
        if (words.get(0).equals("run") && fault.equals("dies")) {
            System.err.println("kemari run: --kernel=x is no kernel; use one");
            System.exit(2);
        }
        System.out.println("GUEST-READY 0.1");
        JsonFile status = new JsonFile(Path.of(words.get(words.indexOf("--status") + 1)));
        int etc = words.indexOf("--etc");
        for (long epoch = 0; ; epoch++) {
            status.write(status(etc >= 0 && configured(Path.of(words.get(etc + 1))), epoch));
            // A fake's pace, not a wait for anything.
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static boolean configured(Path etc) throws IOException {
        try (Stream<Path> files = Files.list(etc)) {
            return files.anyMatch(file -> file.toString().endsWith(".cfg"));
        }
    }

    private static JsonObject status(boolean configured, long epoch) {
        JsonObject protection = new JsonObject();
        protection.put("state", configured ? "PROTECTED" : "CONNECTING");
        protection.put("reason", "");
        protection.put("epoch", epoch);
        protection.put("epochs", epoch);
        protection.put("syncMillis", 12);
        protection.put("detectMillis", 34);
        protection.put("pauseMicrosP50", 400);
        JsonObject status = new JsonObject();
        status.put("protection", protection);
        return status;
    }

    private static void count(String fault) throws IOException {
        Map<String, Long> values = new HashMap<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("GUEST-READY 0.1");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("INCR")) {
                values.merge(words[1], 1L, Long::sum);
            } else if (fault.equals("forgets")) {
                values.merge(words[1], -1L, Long::sum);
            }
            if (fault.equals("resets") && words[0].equals("GET")) {
                System.out.println("RESET");
            }
            System.out.println(values.getOrDefault(words[1], 0L));
        }
    }
}
