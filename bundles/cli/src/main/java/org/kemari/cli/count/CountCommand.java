package org.kemari.cli.count;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.kemari.cli.CliException;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.options.HostPort;
import org.kemari.cli.run.ParentWatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code kemari count}, for the demo alone: takes {@code CONNECT}, {@code INCR key}, {@code GET key} and {@code MEASURE} as
 * lines and answers each with one.
 */
@Command(
        name = "count",
        hidden = true,
        description = "The demo's client on the host: takes CONNECT, INCR KEY, GET KEY and MEASURE, line by line.",
        mixinStandardHelpOptions = true)
public final class CountCommand implements Callable<Integer> {
    /** Said once the process is up, before it looks at the network. */
    public static final String READY = "CLIENT-READY";

    public static final String CONNECTED = "CONNECTED";
    /** Begins the last line: the connection is gone, whatever ended it. */
    public static final String BROKEN = "CONNECTION-BROKEN";

    @Option(names = "--server", paramLabel = "HOST:PORT", required = true, converter = HostPort.Converter.class)
    private HostPort server;

    @Option(names = "--protocol", paramLabel = "redis|tiny", required = true)
    private String protocol;

    @Option(names = "--requests", paramLabel = "N", defaultValue = "1000")
    private int requests;

    @Option(names = "--parent-pid", paramLabel = "PID", hidden = true)
    private Long parentPid;

    @Override
    public Integer call() throws Exception {
        CounterProtocol spoken = CounterProtocol.of(protocol)
                .orElseThrow(() -> new CliException(
                        ExitStatus.USAGE, "--protocol=" + protocol + " is unknown; use redis or tiny"));
        if (requests < 1) {
            throw new CliException(ExitStatus.USAGE, "--requests=" + requests + " is out of range; use 1 or more");
        }
        if (parentPid != null) {
            ParentWatch.watch(parentPid);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return serve(spoken, new InetSocketAddress(server.host(), server.port()), requests, in, System.out);
    }

    /** Until there are no more lines, or the connection breaks. */
    static int serve(
            CounterProtocol protocol, InetSocketAddress server, int requests, BufferedReader in, PrintStream out)
            throws IOException, InterruptedException {
        CounterConnection connection = null;
        out.println(READY);
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("MEASURE")) {
                    out.println(String.format(
                            Locale.ROOT, "%.1f", Throughput.requestsPerSecond(protocol, server, requests)));
                } else if (words[0].equals("CONNECT") && connection == null) {
                    connection = protocol.open(server);
                    out.println(CONNECTED);
                } else if (words.length == 2 && words[0].equals("INCR") && connection != null) {
                    out.println(connection.increment(words[1]));
                } else if (words.length == 2 && words[0].equals("GET") && connection != null) {
                    out.println(connection.value(words[1]));
                } else {
                    out.println("ERR use CONNECT once, then INCR KEY and GET KEY; or MEASURE");
                }
                out.flush();
            }
            return ExitStatus.OK;
        } catch (IOException e) {
            out.println(BROKEN + " " + e.getMessage());
            return ExitStatus.FAILED;
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }
}
