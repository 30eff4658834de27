package org.kemari.arbiterfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.protection.Arbiter.Term;
import org.kemari.api.protection.ArbiterException;

class FileArbiterTest {
    @TempDir
    Path directory;

    private final FileArbiter arbiter = new FileArbiter();

    @Test
    void theFirstClaimantWinsATermForEver() throws Exception {
        assertEquals(Optional.empty(), arbiter.current(directory.toString(), "vm1"));
        assertEquals(new Term("vm1", 1, "a"), claim(1, "a"));
        assertEquals(new Term("vm1", 1, "a"), claim(1, "b"));
        assertEquals(new Term("vm1", 1, "a"), claim(1, "a"));
        assertEquals(new Term("vm1", 2, "b"), claim(2, "b"));
        assertEquals(Optional.of(new Term("vm1", 2, "b")), arbiter.current(directory.toString(), "vm1"));
        assertEquals(new Term("vm1", 1, "a"), claim(1, "b"));
    }

    @Test
    void vmsWhoseNamesAreAlikeHaveTermsOfTheirOwn() throws Exception {
        claim(5, "a");
        String location = directory.toString();
        assertEquals(new Term("vm1.term", 1, "b"), arbiter.claim(location, "vm1.term", 1, "b"));
        assertEquals(new Term("vm", 1, "c"), arbiter.claim(location, "vm", 1, "c"));
        assertEquals(Optional.of(new Term("vm1", 5, "a")), arbiter.current(location, "vm1"));
    }

    @Test
    void oldTermsArePrunedAndStayLost() throws Exception {
        for (int term = 1; term <= 40; term++) {
            claim(term, "a");
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(FileArbiter.KEPT_TERMS, files.count());
        }
        assertEquals(new Term("vm1", 40, "a"), claim(3, "b"));
        assertFalse(Files.exists(directory.resolve("vm1.term.3")));
    }

    @Test
    void aDirectoryThatIsMissingOrNoneIsNamedWithTheRemedy() throws Exception {
        Path missing = directory.resolve("none");
        ArbiterException refused =
                assertThrows(ArbiterException.class, () -> arbiter.claim(missing.toString(), "vm1", 1, "a"));
        assertTrue(refused.getMessage().contains("location=" + missing), refused.getMessage());
        assertTrue(refused.getMessage().contains("mkdir -p " + missing), refused.getMessage());
        Path file = Files.createFile(directory.resolve("file"));
        assertThrows(ArbiterException.class, () -> arbiter.current(file.toString(), "vm1"));
        assertThrows(ArbiterException.class, () -> arbiter.current("", "vm1"));
    }

    @Test
    void aTermThatSaysNothingIsAnErrorNotAWin() throws Exception {
        Files.createFile(directory.resolve("vm1.term.1"));
        ArbiterException refused = assertThrows(ArbiterException.class, () -> claim(1, "a"));
        assertTrue(refused.getMessage().contains("vm1.term.1"), refused.getMessage());
    }

    @Test
    void whatAKilledClaimantLeftIsNoTerm() throws Exception {
        Files.writeString(directory.resolve(".vm1.claim.x"), "dead\n");
        assertEquals(new Term("vm1", 1, "a"), claim(1, "a"));
    }

    @Test
    void manyThreadsRaceAndEachTermHasOneHolder() throws Exception {
        int claimants = 8;
        int terms = 500;
        ConcurrentHashMap<Long, String> holders = new ConcurrentHashMap<>();
        AtomicLong last = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(claimants);
        try {
            List<Future<Integer>> wins = new ArrayList<>();
            for (int i = 0; i < claimants; i++) {
                String claimant = "claimant" + i;
                Callable<Integer> race = () -> {
                    int won = 0;
                    for (long term = 1; term <= terms; term++) {
                        Term got = claim(term, claimant);
                        if (got.number() == term) {
                            assertEquals(
                                    got.holder(),
                                    holders.merge(term, got.holder(), (first, second) -> first),
                                    "one holder for term " + term);
                            if (got.holder().equals(claimant)) {
                                won++;
                                last.accumulateAndGet(term, Math::max);
                            }
                        }
                    }
                    return won;
                };
                wins.add(threads.submit(race));
            }
            int sum = 0;
            for (Future<Integer> each : wins) {
                sum += each.get(60, TimeUnit.SECONDS);
            }
            // An overtaken claimant's term may be nobody's.
            assertTrue(sum <= terms, sum + " wins of " + terms + " terms");
            assertEquals(terms, last.get(), "the last term is won");
        } finally {
            threads.shutdownNow();
        }
    }

    /** Another container: prints the terms that it wins. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) throws Exception {
            System.out.println("ready");
            System.in.read();
            for (long term = 1; term <= Long.parseLong(args[2]); term++) {
                Term got = new FileArbiter().claim(args[0], "vm1", term, args[1]);
                if (got.number() == term && got.holder().equals(args[1])) {
                    System.out.println(term);
                }
            }
        }
    }

    @Test
    void twoProcessesRaceAndEachTermHasOneWinner() throws Exception {
        int terms = 1000;
        List<Process> processes = new ArrayList<>();
        try {
            for (String claimant : List.of("left", "right")) {
                processes.add(new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OtherProcess.class.getName(),
                                directory.toString(),
                                claimant,
                                Integer.toString(terms))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
            }
            for (Process process : processes) {
                assertEquals("ready", process.inputReader().readLine());
            }
            for (Process process : processes) {
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
            Map<Long, Integer> winners = new TreeMap<>();
            for (Process process : processes) {
                List<Long> won =
                        process.inputReader().lines().map(Long::valueOf).toList();
                System.out.println("won=" + won.size());
                won.forEach(term -> winners.merge(term, 1, Integer::sum));
                assertEquals(0, process.waitFor());
            }
            // A claimant that is overtaken loses the term that it was about to win: nobody's then, which is safe.
            assertTrue(winners.containsKey((long) terms), "the last term is won");
            assertTrue(winners.values().stream().allMatch(count -> count == 1), "each by one only");
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private Term claim(long term, String claimant) throws ArbiterException {
        return arbiter.claim(directory.toString(), "vm1", term, claimant);
    }

    @Test
    void aClaimantThatMakesNoNameIsRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> claim(1, ""));
        assertThrows(IllegalArgumentException.class, () -> claim(1, "a\nb"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }
}
