package org.kemari.cli.options;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where the guest's serial line ends: {@code stdio}, {@code none}, {@code file:PATH} or {@code tcp:HOST:PORT}. */
public record ConsoleOption(String text) {
    public static ConsoleOption parse(String text) {
        if (text.equals("stdio") || text.equals("none")) {
            return new ConsoleOption(text);
        }
        if (text.startsWith("file:") && text.length() > "file:".length()) {
            return new ConsoleOption(
                    "file:" + Path.of(text.substring("file:".length())).toAbsolutePath());
        }
        if (text.startsWith("tcp:")) {
            return new ConsoleOption("tcp:" + HostPort.parse(text.substring("tcp:".length())));
        }
        throw new TypeConversionException(text + " is no console; use stdio, none, file:PATH or tcp:HOST:PORT");
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
