package org.kemari.cli.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kemari.cli.options.HostPort;
import org.kemari.cli.options.InvalidOptionException;

/**
 * One side of a protection.
 *
 * @param primary true for the side that runs the VM
 * @param address the backup's: where to connect to, or where to listen
 * @param arbiterFolder where {@code arbiter-file} keeps terms
 * @param heartbeat how soon it gives the other side up
 */
public record ProtectionSettings(boolean primary, HostPort address, Path arbiterFolder, HeartbeatOptions heartbeat) {
    /** With the usual heartbeat. */
    public ProtectionSettings(boolean primary, HostPort address, Path arbiterFolder) {
        this(primary, address, arbiterFolder, new HeartbeatOptions());
    }

    /** Throws if the transport would refuse the address: a guest must not run on in the belief that it is protected. */
    void check() throws InvalidOptionException {
        if (!address.isLoopback()) {
            throw new InvalidOptionException((primary ? "--protect=" : "--listen=") + address
                    + " is not on loopback, and replication is not encrypted yet; use a tunnel that ends on 127.0.0.1");
        }
        heartbeat.check();
    }

    /** Properties of the factory configuration {@code org.kemari.ft}. */
    public Map<String, Object> properties(String vm) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("vm", vm);
        map.put("role", primary ? "primary" : "backup");
        map.put("mode", "event");
        map.put(primary ? "peer" : "listen", address.toString());
        if (heartbeat.given()) {
            map.put("heartbeat.ms", heartbeat.intervalMillis());
            map.put("heartbeat.limit.ms", heartbeat.limitMillis());
        }
        map.put("arbiter", "file");
        map.put("arbiter.location", arbiterFolder.toString());
        return map;
    }

    /** The same as lines of a {@code .cfg} file for File Install. */
    public String file(String vm) {
        StringBuilder text = new StringBuilder();
        properties(vm)
                .forEach((key, value) -> text.append(key)
                        .append('=')
                        .append(value.toString().replace("\\", "\\\\"))
                        .append('\n'));
        return text.toString();
    }
}
