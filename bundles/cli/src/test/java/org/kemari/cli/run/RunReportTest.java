package org.kemari.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.MachineState;
import org.kemari.api.machine.MachineStatus;
import org.kemari.cli.json.RecordJson;
import org.kemari.cli.options.HostPort;

class RunReportTest {
    @Test
    void reportHasTheKeysThatOthersRead() {
        MachineStatus status = new MachineStatus(
                MachineState.STOPPED, "", 3_000_000, 0, OptionalInt.of(4), 2_000_000_000L, 1_500_000_000L);
        JsonObject json = RecordJson.of(RunReport.of(status));
        assertEquals(
                List.of("cpuSeconds", "exitCode", "instructions", "mips", "wallSeconds"),
                json.keySet().stream().sorted().toList());
        assertEquals(3_000_000, json.getLong("instructions"));
        assertEquals(2.0, json.getDouble("wallSeconds"));
        assertEquals(1.5, json.getDouble("cpuSeconds"));
        assertEquals(1.5, json.getDouble("mips"));
        assertEquals(4, json.getInt("exitCode"));
    }

    @Test
    void machineThatNeverRanHasNoSpeed() {
        MachineStatus status = new MachineStatus(MachineState.CREATED, "", 0, 0, OptionalInt.empty(), 0, 0);
        assertEquals(0.0, RunReport.of(status).mips());
    }

    @Test
    void protectionIsTheSameAsPropertiesAndAsAFile() {
        ProtectionSettings primary = new ProtectionSettings(true, new HostPort("127.0.0.1", 7000), Path.of("/terms"));
        assertEquals("127.0.0.1:7000", primary.properties("web").get("peer"));
        assertEquals("primary", primary.properties("web").get("role"));
        assertEquals(
                List.of(
                        "vm=web",
                        "role=primary",
                        "mode=event",
                        "peer=127.0.0.1:7000",
                        "arbiter=file",
                        "arbiter.location=/terms"),
                primary.file("web").lines().toList());
        ProtectionSettings backup = new ProtectionSettings(false, new HostPort("127.0.0.1", 7000), Path.of("/terms"));
        assertTrue(backup.file("web").contains("listen=127.0.0.1:7000"));
    }
}
