package org.kemari.ft.twin;

import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ArbiterException;

/** Terms in a map. */
public final class MapArbiter implements Arbiter {
    private final ConcurrentMap<Long, String> terms = new ConcurrentHashMap<>();
    private final AtomicInteger askedInVain = new AtomicInteger();
    private volatile boolean unreachable;

    public void unreachable(boolean is) {
        unreachable = is;
    }

    /** How often somebody asked while it could not be reached. */
    public int askedInVain() {
        return askedInVain.get();
    }

    private void reach() throws ArbiterException {
        if (unreachable) {
            askedInVain.incrementAndGet();
            throw new ArbiterException("the directory is gone", new IOException("gone"));
        }
    }

    @Override
    public Term claim(String location, String vm, long term, String claimant) throws ArbiterException {
        reach();
        String before = terms.putIfAbsent(term, claimant);
        return new Term(vm, term, before == null ? claimant : before);
    }

    @Override
    public Optional<Term> current(String location, String vm) throws ArbiterException {
        reach();
        return terms.entrySet().stream()
                .max(Comparator.comparing(entry -> entry.getKey()))
                .map(entry -> new Term(vm, entry.getKey(), entry.getValue()));
    }
}
