package org.kemari.cli.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.cli.ExitStatus;
import org.kemari.cli.container.Container;
import org.kemari.cli.container.VmProblemException;
import picocli.CommandLine;

class SelftestCommandTest {
    @TempDir
    Path folder;

    /** In which no VM comes up. */
    private static final Container BARREN = (Container) Proxy.newProxyInstance(
            SelftestCommandTest.class.getClassLoader(),
            new Class<?>[] {Container.class},
            (proxy, method, arguments) -> {
                if (method.getName().equals("awaitMachine")) {
                    throw new VmProblemException("kernel is cut off; copy it again");
                }
                return null;
            });

    @Test
    void elfThatCannotBeLoadedHasAWordForACodeAndItsReasonOnStandardError() throws IOException {
        for (String name : List.of("add", "sub")) {
            Files.write(folder.resolve(name), new byte[] {0x7f, 'E', 'L', 'F'});
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = new CommandLine(new SelftestCommand(BARREN))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute("--elfs", folder.toString());
        assertEquals(ExitStatus.FAILED, status);
        assertEquals(
                List.of("FAIL add unloadable", "FAIL sub unloadable", "0 passed, 2 failed"),
                out.toString().lines().toList());
        assertEquals(
                List.of(
                        "selftest: add: kernel is cut off; copy it again",
                        "selftest: sub: kernel is cut off; copy it again"),
                err.toString().lines().toList());
    }
}
