package org.kemari.cli.options;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of guest RAM: a number of bytes, or one with K, M or G behind it. */
public record MemorySize(long bytes) {
    private static final long MIN_BYTES = 1L << 20;
    private static final long MAX_BYTES = 64L << 30;
    private static final int PAGE_BYTES = 4096;

    public static MemorySize parse(String text) {
        String digits = text.replaceAll("[KMGkmg](i?[Bb])?$", "");
        // 12 digits are more than any RAM, and far from overflow even with a G behind them shifted by 30.
        if (!digits.matches("[0-9]{1,12}")) {
            throw new TypeConversionException(text + " is no size; use a number with K, M or G, for example 512M");
        }
        String unit = text.substring(digits.length()).toUpperCase(Locale.ROOT);
        long number = Long.parseLong(digits);
        long factor = unit.isEmpty()
                ? 1
                : switch (unit.charAt(0)) {
                    case 'K' -> 1L << 10;
                    case 'M' -> 1L << 20;
                    default -> 1L << 30;
                };
        if (number > MAX_BYTES / factor || number * factor < MIN_BYTES) {
            throw new TypeConversionException(text + " is out of range; use 1M to 64G");
        }
        long bytes = number * factor;
        if (bytes % PAGE_BYTES != 0) {
            throw new TypeConversionException(
                    text + " is not a multiple of 4096; use " + (bytes / PAGE_BYTES + 1) * PAGE_BYTES);
        }
        return new MemorySize(bytes);
    }

    public long mebibytes() {
        return bytes >> 20;
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<MemorySize> {
        @Override
        public MemorySize convert(String value) {
            return parse(value);
        }
    }
}
