package org.kemari.cli;

import java.util.List;
import org.kemari.cli.container.Container;
import org.kemari.cli.count.CountCommand;
import org.kemari.cli.demo.DemoCommand;
import org.kemari.cli.run.BackupCommand;
import org.kemari.cli.run.RunCommand;
import org.kemari.cli.selftest.SelftestCommand;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The program: its verbs, and how errors are told. */
@Command(
        name = "kemari",
        description = "A virtual machine that does not die with its host.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = "%nkemari VERB --help tells a verb's options.",
        subcommands = {HelpCommand.class, VersionCommand.class, ScriptVerbs.Test.class, ScriptVerbs.Bench.class})
public final class Kemari implements Runnable {
    private CommandLine line;

    private Kemari() {}

    /** Runs the verb that {@code arguments} name and returns the exit status. */
    static int execute(Container container, List<String> arguments) {
        return commandLine(container).execute(arguments.toArray(String[]::new));
    }

    static CommandLine commandLine(Container container) {
        Kemari program = new Kemari();
        CommandLine line = new CommandLine(program);
        program.line = line;
        line.addSubcommand(new DemoCommand(container));
        line.addSubcommand(new RunCommand(container));
        line.addSubcommand(new BackupCommand(container));
        line.addSubcommand(new GuestCommand(container));
        line.addSubcommand(new CountCommand());
        line.addSubcommand(new SelftestCommand(container));
        line.addSubcommand(new AutoComplete.GenerateCompletion());
        line.setParameterExceptionHandler(Kemari::wrongArguments);
        line.setExecutionExceptionHandler(Kemari::failed);
        return line;
    }

    @Override
    public void run() {
        line.usage(line.getOut());
    }

    private static int wrongArguments(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        line.getErr().println(name + ": " + wrong.getMessage() + " (see " + name + " --help)");
        return ExitStatus.USAGE;
    }

    private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
        String name = line.getCommandSpec().qualifiedName();
        if (failure instanceof InterruptedException) {
            return ExitStatus.INTERRUPTED;
        }
        boolean expected = failure instanceof CliException;
        line.getErr().println(name + ": " + (expected ? failure.getMessage() : failure.toString()));
        if (!expected) {
            failure.printStackTrace(line.getErr());
        }
        return expected ? ((CliException) failure).status() : ExitStatus.SOFTWARE;
    }
}
