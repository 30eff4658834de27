package org.kemari.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.cli.container.Container;
import picocli.CommandLine;

class KemariTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** What these tests do never gets as far as the container. */
    private static final Container NO_CONTAINER = (Container) Proxy.newProxyInstance(
            KemariTest.class.getClassLoader(), new Class<?>[] {Container.class}, (proxy, method, arguments) -> {
                throw new AssertionError(method + " was called");
            });

    private int execute(String... arguments) {
        CommandLine line = Kemari.commandLine(NO_CONTAINER);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "backup",
                "demo",
                "selftest",
                "guest",
                "test",
                "bench",
                "version",
                "generate-completion",
                "help"
            })
    void everyVerbIsListedAndHasHelp(String verb) {
        assertEquals(0, execute("help"));
        assertTrue(out.toString().contains("  " + verb + " "), out.toString());
        assertEquals(0, execute(verb, "--help"));
        assertTrue(out.toString().contains("Usage: kemari " + verb), out.toString());
    }

    @Test
    void guestFetchHasHelp() {
        assertEquals(0, execute("guest", "fetch", "--help"));
        assertTrue(out.toString().contains("--mirror"), out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --memory 12Q",
                "run --harts many",
                "run --heartbeat 20",
                "backup --listen 127.0.0.1:7000 --heartbeat often",
                "run --kernel /does/not/exist",
                "run --colour red",
                "backup",
                "backup --listen nowhere",
                "fly",
                "demo --kill everybody",
                "demo --seconds 0",
                "demo --client nowhere",
                "count",
                "count --server 127.0.0.1:1 --protocol telnet",
                "selftest --elfs /does/not/exist",
                "test",
                "bench"
            })
    void wrongArgumentsGetOneLineAndStatusTwo(String words) {
        assertEquals(ExitStatus.USAGE, execute(words.split(" ")), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("kemari"), err.toString());
    }

    @Test
    void completionScriptIsMade() {
        assertEquals(0, execute("generate-completion"));
        assertTrue(out.toString().contains("complete -F"), out.toString());
    }
}
