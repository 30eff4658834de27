package org.kemari.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A disk: {@code FILE[,ro][,shared]}.
 *
 * @param path its image; may itself contain commas
 * @param readOnly true if the guest may not write
 * @param shared true if primary and backup reach the same image
 */
public record DiskOption(Path path, boolean readOnly, boolean shared) {
    private static final int SECTOR_BYTES = 512;

    public static DiskOption parse(String text) {
        String rest = text;
        boolean readOnly = false;
        boolean shared = false;
        while (true) {
            if (rest.endsWith(",ro")) {
                readOnly = true;
            } else if (rest.endsWith(",shared")) {
                shared = true;
            } else {
                break;
            }
            rest = rest.substring(0, rest.lastIndexOf(','));
        }
        if (rest.isEmpty()) {
            throw new TypeConversionException(text + " names no file; use FILE[,ro][,shared]");
        }
        return new DiskOption(Path.of(rest), readOnly, shared);
    }

    /** Throws if the image cannot serve as a disk. */
    void check() throws InvalidOptionException {
        if (!Files.exists(path)) {
            throw new InvalidOptionException(
                    "--disk=" + path + " does not exist; make it, for example: truncate -s 1G " + path);
        }
        if (!Files.isRegularFile(path)) {
            throw new InvalidOptionException("--disk=" + path + " is no file; name a raw image");
        }
        if (!Files.isReadable(path) || !readOnly && !Files.isWritable(path)) {
            throw new InvalidOptionException("--disk=" + path + " may not be " + (readOnly ? "read" : "written")
                    + "; change its permissions" + (readOnly ? "" : " or add ,ro"));
        }
        try {
            long bytes = Files.size(path);
            if (bytes == 0 || bytes % SECTOR_BYTES != 0) {
                throw new InvalidOptionException("--disk=" + path + " has " + bytes
                        + " bytes, not a multiple of 512; use: truncate -s "
                        + (bytes / SECTOR_BYTES + 1) * SECTOR_BYTES + " " + path);
            }
        } catch (IOException e) {
            throw new InvalidOptionException("--disk=" + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As it stands in a configuration. */
    public String text() {
        return path.toAbsolutePath() + (readOnly ? ",ro" : "") + (shared ? ",shared" : "");
    }

    /** For picocli. */
    public static final class Converter implements ITypeConverter<DiskOption> {
        @Override
        public DiskOption convert(String value) {
            return parse(value);
        }
    }
}
