package org.kemari.itests.failover;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.kemari.itests.process.Container;

/**
 * The demonstration again and again, with a kill at another time each. A longer campaign:
 * {@code -Dkemari.kills.tiny=1000 -Dkemari.kills.linux=100}; the same again: {@code -Dkemari.seed=S}.
 */
public class DemoCampaignIT {
    private static final Duration LINUX_LIMIT = Duration.ofMinutes(10);
    private static final Duration TINY_LIMIT = Duration.ofMinutes(2);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void tinyGuestLosesNothingWhenItsPrimaryIsKilledAtRandomTimes() throws Exception {
        campaign("tiny", Integer.getInteger("kemari.kills.tiny", 25), "2", TINY_LIMIT);
    }

    @Test
    public void linuxWithRedisLosesNothingWhenItsPrimaryIsKilledAtRandomTimes() throws Exception {
        campaign("linux", Integer.getInteger("kemari.kills.linux", 5), "6", LINUX_LIMIT);
    }

    @Test
    public void nothingIsLostWhenTheBackupIsKilled() throws Exception {
        demo("tiny", "backup", new Random().nextInt(Integer.MAX_VALUE), "4", TINY_LIMIT);
    }

    private void campaign(String guest, int kills, String seconds, Duration limit) throws Exception {
        int seed = Integer.getInteger("kemari.seed", new Random().nextInt(1_000_000_000));
        for (int i = 0; i < kills; i++) {
            demo(guest, "primary", seed + i, seconds, limit);
        }
    }

    private void demo(String guest, String kill, int seed, String seconds, Duration limit) throws Exception {
        Path report = folder.getRoot().toPath().resolve(guest + "-" + seed + ".json");
        try (Container demo = Container.start(
                "demo",
                "demo",
                "--guest",
                guest,
                "--kill",
                kill,
                "--seconds",
                seconds,
                "--seed",
                Integer.toString(seed),
                "--report",
                report.toString())) {
            int exit = demo.awaitExit(limit);
            String which = "--guest " + guest + " --kill " + kill + " --seed " + seed;
            assertEquals(which + ":\n" + demo.tail(), 0, exit);
            JsonObject figures = JsonParser.object().from(Files.readString(report));
            System.out.println(which + ": " + figures.getLong("acked") + " acknowledged, gap "
                    + figures.getLong("gapMillis") + " ms");
            assertEquals(which, guest, figures.getString("guest"));
            assertEquals(which, 0, figures.getLong("lost"));
            assertEquals(which, 0, figures.getLong("connectionResets"));
            assertTrue(which + " had too little traffic to prove anything", figures.getLong("acked") >= 20);
        }
    }
}
