package org.kemari.cli.run;

/** Ends this process when the one that started it does. */
public final class ParentWatch {
    private static final int EXIT_ORPHANED = 137;

    private ParentWatch() {}

    public static void watch(long pid) {
        ProcessHandle.of(pid).ifPresentOrElse(parent -> parent.onExit().thenRun(ParentWatch::end), ParentWatch::end);
    }

    private static void end() {
        Runtime.getRuntime().halt(EXIT_ORPHANED);
    }
}
