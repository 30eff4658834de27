package org.kemari.ft.protocol;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The VM's name as each frame carries it: enough to notice a frame that went astray; HELLO carries the name itself. */
public final class VmId {
    private VmId() {}

    public static int of(String vm) {
        CRC32C checksum = new CRC32C();
        checksum.update(vm.getBytes(StandardCharsets.UTF_8));
        return (int) checksum.getValue();
    }
}
