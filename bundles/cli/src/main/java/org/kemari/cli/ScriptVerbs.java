package org.kemari.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Verbs that the launcher script does before any container starts; they stand here for the list of verbs. */
final class ScriptVerbs {
    private ScriptVerbs() {}

    private static int elsewhere(CommandSpec spec) {
        spec.commandLine()
                .getErr()
                .println(spec.qualifiedName() + ": is done by the launcher script; start ./kemari " + spec.name());
        return ExitStatus.USAGE;
    }

    /** {@code kemari test}. */
    @Command(
            name = "test",
            description = "Proves the project: all tests, ending with counts.",
            mixinStandardHelpOptions = true)
    static final class Test implements Callable<Integer> {
        @Parameters(paramLabel = "MAVEN-ARGUMENT", description = "Passed on to Maven.", arity = "0..*")
        private List<String> arguments;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            return elsewhere(spec);
        }
    }

    /** {@code kemari bench}. */
    @Command(
            name = "bench",
            description = "Measures speed and memory, against QEMU where it is installed.",
            mixinStandardHelpOptions = true)
    static final class Bench implements Callable<Integer> {
        @Parameters(paramLabel = "ARGUMENT", description = "Passed on to the benchmarks.", arity = "0..*")
        private List<String> arguments;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            return elsewhere(spec);
        }
    }
}
