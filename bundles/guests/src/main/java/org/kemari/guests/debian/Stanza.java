package org.kemari.guests.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One paragraph of a Debian control file, deb822(5): fields by their lower-case names, folded lines joined by spaces. */
record Stanza(Map<String, String> fields) {
    String value(String name) {
        return fields.getOrDefault(name, "");
    }

    List<String> words(String name) {
        String value = value(name).trim();
        return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    }

    static List<Stanza> parseAll(String text) {
        try (BufferedReader reader = new BufferedReader(new StringReader(text))) {
            List<Stanza> stanzas = new ArrayList<>();
            for (Stanza next = read(reader); next != null; next = read(reader)) {
                stanzas.add(next);
            }
            return stanzas;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the next stanza, or null at the end. */
    static Stanza read(BufferedReader reader) throws IOException {
        Map<String, String> fields = new HashMap<>();
        String last = "";
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("#")) {
                continue;
            }
            if (line.isBlank()) {
                if (fields.isEmpty()) {
                    continue;
                }
                return new Stanza(Map.copyOf(fields));
            }
            int colon = line.indexOf(':');
            if (Character.isWhitespace(line.charAt(0))) {
                String folded = " " + line.trim();
                fields.computeIfPresent(last, (name, value) -> value + folded);
            } else if (colon > 0) {
                last = line.substring(0, colon).toLowerCase(Locale.ROOT);
                fields.put(last, line.substring(colon + 1).trim());
            }
        }
        return fields.isEmpty() ? null : new Stanza(Map.copyOf(fields));
    }
}
