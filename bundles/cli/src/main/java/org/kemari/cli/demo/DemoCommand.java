package org.kemari.cli.demo;

import java.util.concurrent.Callable;
import org.kemari.cli.ExitStatus;
import picocli.CommandLine.Command;

/** {@code kemari demo}. */
@Command(name = "demo", description = "demo", mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return ExitStatus.USAGE;
    }
}
