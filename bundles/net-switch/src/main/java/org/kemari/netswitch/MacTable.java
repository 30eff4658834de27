package org.kemari.netswitch;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Where each address was last seen. Entries age out (IEEE 802.1Q §8.8.3); one that is seen elsewhere moves at once,
 * because that is what a gratuitous ARP after a failover is for. Event loop.
 */
final class MacTable<P> {
    /** IEEE 802.1Q §8.8.3, table 8-6: the recommended ageing time. */
    static final long AGEING_NANOS = 300_000_000_000L;
    /** Against a guest that invents addresses; beyond it the one not seen for longest is forgotten. */
    static final int MAX_ENTRIES = 4096;

    private record Seen<P>(P where, long atNanos) {}

    private final LongSupplier nanos;
    /** In order of last sighting: an address is taken out and put in again when it is seen. */
    private final Map<Long, Seen<P>> entries = new LinkedHashMap<>();

    MacTable(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void learn(long address, P where) {
        entries.remove(address);
        if (entries.size() >= MAX_ENTRIES) {
            Iterator<Long> eldest = entries.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
        entries.put(address, new Seen<>(where, nanos.getAsLong()));
    }

    Optional<P> find(long address) {
        Seen<P> seen = entries.get(address);
        if (seen == null) {
            return Optional.empty();
        }
        if (nanos.getAsLong() - seen.atNanos > AGEING_NANOS) {
            entries.remove(address);
            return Optional.empty();
        }
        return Optional.of(seen.where);
    }

    void forget(long address) {
        entries.remove(address);
    }

    void forgetAll(Predicate<P> gone) {
        entries.values().removeIf(seen -> gone.test(seen.where));
    }

    int size() {
        return entries.size();
    }
}
