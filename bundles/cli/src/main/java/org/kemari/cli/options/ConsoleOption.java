package org.kemari.cli.options;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a console ends: {@code stdio}, {@code none}, {@code file:PATH} or {@code tcp:HOST:PORT[,exposed]}. A host that is
 * not loopback must be asked for in so many words: who reaches the console is the guest's operator.
 */
public record ConsoleOption(String text) {
    private static final String EXPOSED = ",exposed";

    public static ConsoleOption parse(String text) {
        if (text.equals("stdio") || text.equals("none")) {
            return new ConsoleOption(text);
        }
        if (text.startsWith("file:") && text.length() > "file:".length()) {
            return new ConsoleOption(
                    "file:" + Path.of(text.substring("file:".length())).toAbsolutePath());
        }
        if (text.startsWith("tcp:")) {
            boolean exposed = text.endsWith(EXPOSED);
            HostPort address =
                    HostPort.parse(text.substring("tcp:".length(), text.length() - (exposed ? EXPOSED.length() : 0)));
            if (!exposed && !address.isLoopback()) {
                throw new TypeConversionException(text
                        + " is not on loopback, and a console has neither password nor encryption; use 127.0.0.1 and a"
                        + " tunnel, or say so: " + text + EXPOSED);
            }
            return new ConsoleOption("tcp:" + address + (exposed ? EXPOSED : ""));
        }
        throw new TypeConversionException(
                text + " is no console; use stdio, none, file:PATH or tcp:HOST:PORT[,exposed]");
    }

    public boolean isStdio() {
        return text.equals("stdio");
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<ConsoleOption> {
        @Override
        public ConsoleOption convert(String value) {
            return parse(value);
        }
    }
}
