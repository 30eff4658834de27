package org.kemari.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Looks through the classes of a device for ways to the outside that are not its port. */
public final class ForbiddenDoors {
    private static final List<String> CLASSES = List.of(
            "java/lang/Thread",
            "java/lang/Process",
            "java/lang/Runtime",
            "java/lang/ref/",
            "java/io/",
            "java/net/",
            "java/nio/file/",
            "java/nio/channels/",
            "java/time/",
            "java/util/Date",
            "java/util/Random",
            "java/util/SplittableRandom",
            "java/util/UUID",
            "java/util/Timer",
            "java/util/concurrent/",
            "java/security/",
            "jdk/",
            "sun/");

    private static final Set<String> METHODS = Set.of(
            "java/lang/System.nanoTime",
            "java/lang/System.currentTimeMillis",
            "java/lang/System.getenv",
            "java/lang/System.getProperty",
            "java/lang/System.identityHashCode",
            "java/lang/Math.random");

    private ForbiddenDoors() {}

    /** What the classes in the package of {@code member} must not use, one line each. */
    public static List<String> of(Class<?> member) throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path folder = classes.resolve(member.getPackageName().replace('.', '/'));
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                for (String used : uses(file)) {
                    if (METHODS.contains(used) || CLASSES.stream().anyMatch(used::startsWith)) {
                        found.add(file.getFileName() + " uses " + used);
                    }
                }
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    mutableStatics(Class.forName(member.getPackageName() + '.' + name), found);
                }
            }
        }
        return found;
    }

    private static void mutableStatics(Class<?> type, List<String> found) {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers())) {
                found.add(type.getSimpleName() + " has the mutable static " + field.getName());
            }
        }
    }

    /** Class names, and methods as class.method, of a class file's constant pool (JVMS 17 §4.4). */
    private static List<String> uses(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            in.readLong();
            int count = in.readUnsignedShort();
            String[] texts = new String[count];
            int[] first = new int[count];
            int[] second = new int[count];
            int[] tags = new int[count];
            for (int index = 1; index < count; index++) {
                tags[index] = in.readUnsignedByte();
                switch (tags[index]) {
                    case 1 -> texts[index] = in.readUTF();
                    case 3, 4 -> in.readInt();
                    case 5, 6 -> {
                        in.readLong();
                        index++;
                    }
                    case 7, 8, 16, 19, 20 -> first[index] = in.readUnsignedShort();
                    case 15 -> {
                        in.readUnsignedByte();
                        first[index] = in.readUnsignedShort();
                    }
                    default -> {
                        first[index] = in.readUnsignedShort();
                        second[index] = in.readUnsignedShort();
                    }
                }
            }
            List<String> used = new ArrayList<>();
            for (int index = 1; index < count; index++) {
                if (tags[index] == 7) {
                    used.add(texts[first[index]]);
                } else if (tags[index] == 10) {
                    used.add(texts[first[first[index]]] + '.' + texts[first[second[index]]]);
                }
            }
            return used;
        }
    }
}
