package org.kemari.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the launcher itself reads from the command line.
 *
 * @param etc folder whose {@code *.cfg} files become configurations; the cli bundle sees this option too
 * @param home where the framework's cache is kept; without it the cache is private to the process and deleted at exit
 * @param arguments everything for the cli bundle, without {@code --home}
 */
public record LaunchOptions(Optional<Path> etc, Optional<Path> home, List<String> arguments) {
    private static final String ETC = "--etc";
    private static final String HOME = "--home";

    public LaunchOptions {
        arguments = List.copyOf(arguments);
    }

    /** @throws IllegalArgumentException if an option has no value; the message says which */
    public static LaunchOptions parse(List<String> commandLine) {
        Optional<Path> etc = Optional.empty();
        Optional<Path> home = Optional.empty();
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < commandLine.size(); i++) {
            String word = commandLine.get(i);
            if (is(word, ETC)) {
                etc = Optional.of(Path.of(value(commandLine, i, ETC)));
                rest.add(word);
            } else if (is(word, HOME)) {
                home = Optional.of(Path.of(value(commandLine, i, HOME)));
                if (word.equals(HOME)) {
                    i++;
                }
            } else {
                rest.add(word);
            }
        }
        return new LaunchOptions(etc, home, rest);
    }

    private static boolean is(String word, String option) {
        return word.equals(option) || word.startsWith(option + "=");
    }

    private static String value(List<String> commandLine, int index, String option) {
        String word = commandLine.get(index);
        if (!word.equals(option)) {
            return word.substring(option.length() + 1);
        }
        if (index + 1 == commandLine.size()) {
            throw new IllegalArgumentException(option + " needs a folder; use " + option + " DIR");
        }
        return commandLine.get(index + 1);
    }
}
