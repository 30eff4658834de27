package org.kemari.emulator.cpu;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the tiers have done since the machine was made.
 *
 * @param executed instructions, by whichever tier
 * @param translated those that were executed in regions
 * @param regions regions in place
 * @param installed regions that were ever put in place
 * @param stale regions that were not, because their code had changed meanwhile
 * @param evicted regions that went because there were too many
 * @param rehearsed regions that were made, and executed dry to the end, before the first run
 * @param foretold those that were put in place
 */
public record TierCounters(
        long executed,
        long translated,
        long regions,
        long installed,
        long stale,
        long evicted,
        long rehearsed,
        long foretold) {
    public static final TierCounters NONE = new TierCounters(0, 0, 0, 0, 0, 0, 0, 0);

    public TierCounters plus(TierCounters other) {
        return new TierCounters(
                executed + other.executed,
                translated + other.translated,
                regions + other.regions,
                installed + other.installed,
                stale + other.stale,
                evicted + other.evicted,
                rehearsed + other.rehearsed,
                foretold + other.foretold);
    }

    /** By name, in the order to be shown. */
    public Map<String, Long> byName() {
        Map<String, Long> named = new LinkedHashMap<>();
        named.put("interpreted instructions", executed - translated);
        named.put("translated instructions", translated);
        named.put("regions in place", regions);
        named.put("regions installed", installed);
        named.put("regions stale", stale);
        named.put("regions evicted", evicted);
        named.put("regions rehearsed", rehearsed);
        named.put("regions foretold in place", foretold);
        return named;
    }
}
