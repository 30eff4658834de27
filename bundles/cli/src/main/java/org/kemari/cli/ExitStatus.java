package org.kemari.cli;

/** What the program returns where the guest has no say. */
public final class ExitStatus {
    public static final int OK = 0;
    /** The verb ran and its outcome is bad. */
    public static final int FAILED = 1;
    /** Options or configuration cannot be honoured. */
    public static final int USAGE = 2;
    /** This copy of the VM was fenced: the other side has it. */
    public static final int FENCED = 3;
    /** An error of ours. */
    public static final int SOFTWARE = 70;
    /** Ended by a signal (128 + SIGINT). */
    public static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
