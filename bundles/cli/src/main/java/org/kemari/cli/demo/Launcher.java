package org.kemari.cli.demo;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a container is started as a process.
 *
 * @param before the command up to the heap's size
 * @param after the command from there to the verb
 * @param sized true if the command takes {@code -Xmx}
 */
record Launcher(List<String> before, List<String> after, boolean sized) {
    private static final String MAIN = "org.kemari.launcher.Main";
    /** What a container needs beside guest RAM. */
    private static final long CONTAINER_MEBIBYTES = 104;

    Launcher {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** The JVM, flags, class path and main class that this process was started with. */
    static Launcher likeThisProcess() {
        List<String> flags = new ArrayList<>();
        flags.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // Heap differs per verb; a debugger's or profiler's port cannot be shared.
            if (!flag.startsWith("-Xmx") && !flag.startsWith("-agent") && !flag.startsWith("-javaagent")) {
                flags.add(flag);
            }
        }
        return new Launcher(flags, List.of("-cp", System.getProperty("java.class.path"), MAIN), true);
    }

    /** A program in the container's stead. */
    static Launcher of(List<String> command) {
        return new Launcher(command, List.of(), false);
    }

    /** The command for a verb; {@code memoryMebibytes} is guest RAM. */
    List<String> command(List<String> verb, long memoryMebibytes) {
        List<String> command = new ArrayList<>(before);
        if (sized) {
            // A backup also stages the transaction that is under way, which may be all of RAM.
            long extra = verb.get(0).equals("backup") ? memoryMebibytes : memoryMebibytes / 64;
            command.add("-Xmx" + (memoryMebibytes + extra + CONTAINER_MEBIBYTES) + "m");
        }
        command.addAll(after);
        command.addAll(verb);
        return command;
    }
}
