package org.kemari.cli.demo;

import java.nio.file.Path;

/**
 * What a demo is to do.
 *
 * @param kill whose process gets SIGKILL
 * @param client where the client runs
 * @param seconds how long the client counts
 * @param seed decides when the kill comes
 * @param folder for logs, disks and status files of the children
 */
record DemoSettings(Kill kill, ClientPlace client, int seconds, long seed, Path folder) {}
