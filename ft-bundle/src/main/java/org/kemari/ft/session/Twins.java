package org.kemari.ft.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.machine.MachineConfig;
import org.kemari.api.tap.BlockOutputProxy;
import org.kemari.api.tap.OutputProxy;
import org.kemari.ft.protocol.Hello;

/** Describes this side's VM, and says what keeps two sides from being twins. */
public final class Twins {
    private Twins() {}

    public static Hello describe(Ground ground) {
        MachineConfig config = ground.machine().config();
        List<Hello.Disk> disks = new ArrayList<>();
        for (OutputProxy proxy : ground.tap().proxies()) {
            if (proxy instanceof BlockOutputProxy disk && !disk.readOnly()) {
                disks.add(new Hello.Disk(disk.device(), disk.sizeBytes(), disk.shared()));
            }
        }
        return new Hello(
                ground.settings().vm(),
                ground.settings().node(),
                config.type(),
                config.memoryBytes(),
                config.harts(),
                config.devices().stream().map(Twins::text).toList(),
                disks,
                (int) ground.settings().heartbeatMillis(),
                (int) ground.settings().heartbeatLimitMillis());
    }

    private static String text(DeviceSpec device) {
        String mac = device.properties().get(DeviceSpec.MAC);
        return device.type() + " " + device.name() + (mac == null ? "" : " " + mac);
    }

    /** The first difference that keeps the backup from going on where the primary stopped, with its remedy. */
    public static Optional<String> difference(Hello primary, Hello backup) {
        if (!primary.vm().equals(backup.vm())) {
            return Optional.of(
                    "vm=" + primary.vm() + " is not protected here, vm=" + backup.vm() + " is; check peer and listen");
        }
        if (!primary.machineType().equals(backup.machineType())) {
            return differs("type", primary.machineType(), backup.machineType());
        }
        if (primary.memoryBytes() != backup.memoryBytes()) {
            return differs("memory", primary.memoryBytes(), backup.memoryBytes());
        }
        if (primary.harts() != backup.harts()) {
            return differs("harts", primary.harts(), backup.harts());
        }
        if (!primary.devices().equals(backup.devices())) {
            return differs("devices", primary.devices(), backup.devices());
        }
        return disksDiffer(primary, backup);
    }

    private static Optional<String> disksDiffer(Hello primary, Hello backup) {
        for (Hello.Disk disk : primary.disks()) {
            Optional<Hello.Disk> mine = backup.disks().stream()
                    .filter(other -> other.device().equals(disk.device()))
                    .findFirst();
            if (mine.isEmpty()) {
                return Optional.of("disk " + disk.device()
                        + " cannot be written at the backup; give it an image there, not read-only");
            }
            if (mine.get().shared() != disk.shared()) {
                return differs(
                        "shared of disk " + disk.device(),
                        disk.shared(),
                        mine.get().shared());
            }
            if (mine.get().sizeBytes() != disk.sizeBytes()) {
                return differs(
                        "size of disk " + disk.device(),
                        disk.sizeBytes(),
                        mine.get().sizeBytes());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> differs(String property, Object primary, Object backup) {
        return Optional.of(property + "=" + primary + " at the primary but " + backup
                + " at the backup; configure the VM alike on both");
    }
}
