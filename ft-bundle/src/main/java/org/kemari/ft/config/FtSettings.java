package org.kemari.ft.config;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.protection.ProtectionMode;
import org.kemari.api.protection.ProtectionRole;

/**
 * One VM's protection, as configured.
 *
 * @param vm whose
 * @param role this side
 * @param mode what is shipped when
 * @param peer primary: its backup; backup: whom it protects itself with after a failover
 * @param listen backup: where it listens
 * @param epochMaxMillis an epoch ends after this, also if nothing waits
 * @param epochMinMillis an epoch lasts at least this
 * @param epochSettleMicros how long a busy guest may go on once an output waits, so that one epoch takes all it says
 * @param heartbeatMillis a sign of life this often
 * @param heartbeatLimitMillis silence for this long means that the peer is lost
 * @param arbiter kind of arbiter
 * @param arbiterLocation where its terms are
 * @param node name of this host at the arbiter
 */
public record FtSettings(
        String vm,
        ProtectionRole role,
        ProtectionMode mode,
        Optional<InetSocketAddress> peer,
        Optional<InetSocketAddress> listen,
        long epochMaxMillis,
        long epochMinMillis,
        long epochSettleMicros,
        long heartbeatMillis,
        long heartbeatLimitMillis,
        String arbiter,
        String arbiterLocation,
        String node) {
    private static final int MAX_PORT = 65_535;
    /** Longer, and nobody could call it protection. */
    private static final long MAX_MILLIS = 60_000;

    private static final long MAX_SETTLE_MICROS = 100_000;

    /**
     * Reads and checks all properties.
     *
     * @param defaultNode this host's name where none is configured
     */
    public static FtSettings parse(Map<String, ?> properties, String defaultNode) throws FtConfigException {
        Properties in = new Properties(properties);
        String vm = in.text("vm", "");
        if (!vm.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new FtConfigException("vm=" + vm + " is no VM name; use the name of the VM to protect");
        }
        ProtectionRole role = in.choice("role", "primary", ProtectionRole.class);
        ProtectionMode mode = in.choice("mode", "event", ProtectionMode.class);
        if (mode == ProtectionMode.LOCKSTEP) {
            throw new FtConfigException("mode=lockstep does not exist yet; use event, periodic or off");
        }
        Optional<InetSocketAddress> peer = in.address("peer");
        Optional<InetSocketAddress> listen = in.address("listen");
        String location = in.text("arbiter.location", "");
        if (mode != ProtectionMode.OFF) {
            if (role == ProtectionRole.PRIMARY && peer.isEmpty()) {
                throw new FtConfigException("peer is missing; set it to HOST:PORT of the backup");
            }
            if (role == ProtectionRole.BACKUP && listen.isEmpty()) {
                throw new FtConfigException(
                        "listen is missing; set it to HOST:PORT where the primary finds this backup");
            }
            if (location.isEmpty()) {
                throw new FtConfigException(
                        "arbiter.location is missing; set it to what both hosts reach, for arbiter=file a directory");
            }
        }
        long epochMax = in.millis("epoch.ms", 100, 1);
        long epochMin = in.millis("epoch.min.ms", 1, 0);
        if (epochMin > epochMax) {
            throw new FtConfigException(
                    "epoch.min.ms=" + epochMin + " is more than epoch.ms=" + epochMax + "; use at most that");
        }
        long settle = in.number("epoch.settle.us", 2_000, 0, MAX_SETTLE_MICROS, "microseconds");
        long heartbeat = in.millis("heartbeat.ms", 50, 1);
        long limit = in.millis("heartbeat.limit.ms", 250, 2);
        if (limit < 2 * heartbeat) {
            throw new FtConfigException(
                    "heartbeat.limit.ms=" + limit + " is less than two heartbeats; use " + 2 * heartbeat + " or more");
        }
        return new FtSettings(
                vm,
                role,
                mode,
                peer,
                listen,
                epochMax,
                epochMin,
                settle,
                heartbeat,
                limit,
                in.text("arbiter", "file"),
                location,
                in.text("node", defaultNode));
    }

    /** The same VM with the other role: what a backup becomes after a failover. */
    public FtSettings asPrimary() {
        return new FtSettings(
                vm,
                ProtectionRole.PRIMARY,
                mode,
                peer,
                Optional.empty(),
                epochMaxMillis,
                epochMinMillis,
                epochSettleMicros,
                heartbeatMillis,
                heartbeatLimitMillis,
                arbiter,
                arbiterLocation,
                node);
    }

    /** Values come as what ConfigAdmin has: strings from a file, numbers from a program. */
    private record Properties(Map<String, ?> values) {
        String text(String name, String otherwise) {
            Object value = values.get(name);
            String text = value == null ? "" : value.toString().trim();
            return text.isEmpty() ? otherwise : text;
        }

        <E extends Enum<E>> E choice(String name, String otherwise, Class<E> type) throws FtConfigException {
            String text = text(name, otherwise);
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text)) {
                    return constant;
                }
            }
            StringBuilder choices = new StringBuilder();
            for (E constant : type.getEnumConstants()) {
                choices.append(choices.isEmpty() ? "" : ", ")
                        .append(constant.name().toLowerCase(Locale.ROOT));
            }
            throw new FtConfigException(name + "=" + text + " is unknown; use one of " + choices);
        }

        long millis(String name, long otherwise, long least) throws FtConfigException {
            return number(name, otherwise, least, MAX_MILLIS, "milliseconds");
        }

        long number(String name, long otherwise, long least, long most, String unit) throws FtConfigException {
            String text = text(name, Long.toString(otherwise));
            try {
                long value = Long.parseLong(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new FtConfigException(
                        name + "=" + text + " is no number; use " + unit + ", for example " + otherwise);
            }
            throw new FtConfigException(name + "=" + text + " is out of range; use " + least + " to " + most);
        }

        Optional<InetSocketAddress> address(String name) throws FtConfigException {
            String text = text(name, "");
            if (text.isEmpty()) {
                return Optional.empty();
            }
            int colon = text.lastIndexOf(':');
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (colon > 0 && port >= 0 && port <= MAX_PORT) {
                    String host = text.substring(0, colon);
                    return Optional.of(new InetSocketAddress(
                            host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
                            port));
                }
            } catch (NumberFormatException e) {
                // Told below: whatever is wrong, the remedy is the same.
            }
            throw new FtConfigException(
                    name + "=" + text + " is no address; use HOST:PORT, for example 127.0.0.1:7000");
        }
    }
}
