package org.kemari.ft.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * HELLO: who the primary is and what the backup must be like. WELCOME answers with the same of the backup.
 *
 * @param vm the VM's name
 * @param node the primary's name at the arbiter
 * @param machineType for example {@code riscv64-virt}
 * @param memoryBytes guest RAM
 * @param harts how many
 * @param devices type, name and MAC of each device, in slot order
 * @param disks what can be written
 * @param heartbeatMillis the sender gives a sign of life this often
 * @param heartbeatLimitMillis after so much silence the sender gives its peer up
 */
public record Hello(
        String vm,
        String node,
        String machineType,
        long memoryBytes,
        int harts,
        List<String> devices,
        List<Disk> disks,
        int heartbeatMillis,
        int heartbeatLimitMillis) {
    /** More than a board has slots for. */
    private static final int MAX_DEVICES = 256;

    public Hello {
        devices = List.copyOf(devices);
        disks = List.copyOf(disks);
    }

    /** A disk that the guest may write. */
    public record Disk(String device, long sizeBytes, boolean shared) {}

    public byte[] encode() {
        PayloadWriter out = new PayloadWriter(256);
        out.string(vm)
                .string(node)
                .string(machineType)
                .u64(memoryBytes)
                .u32(harts)
                .u32(heartbeatMillis)
                .u32(heartbeatLimitMillis);
        out.u32(devices.size());
        devices.forEach(out::string);
        out.u32(disks.size());
        for (Disk disk : disks) {
            out.string(disk.device()).u64(disk.sizeBytes()).u8(disk.shared() ? 1 : 0);
        }
        return out.toBytes();
    }

    public static Hello decode(byte[] payload) throws PayloadException {
        PayloadReader in = new PayloadReader(payload);
        String vm = in.string();
        String node = in.string();
        String type = in.string();
        long memoryBytes = in.u64();
        int harts = in.u32();
        int heartbeatMillis = in.u32();
        int heartbeatLimitMillis = in.u32();
        int deviceCount = bounded(in.count(4));
        List<String> devices = new ArrayList<>(deviceCount);
        for (int i = 0; i < deviceCount; i++) {
            devices.add(in.string());
        }
        int diskCount = bounded(in.count(13));
        List<Disk> disks = new ArrayList<>(diskCount);
        for (int i = 0; i < diskCount; i++) {
            disks.add(new Disk(in.string(), in.u64(), in.u8() != 0));
        }
        in.end();
        return new Hello(vm, node, type, memoryBytes, harts, devices, disks, heartbeatMillis, heartbeatLimitMillis);
    }

    private static int bounded(int count) throws PayloadException {
        if (count > MAX_DEVICES) {
            throw new PayloadException(count + " devices are more than " + MAX_DEVICES);
        }
        return count;
    }
}
