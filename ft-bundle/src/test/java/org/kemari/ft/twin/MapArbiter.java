package org.kemari.ft.twin;

import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ArbiterException;

/** Terms in a map. */
public final class MapArbiter implements Arbiter {
    private final ConcurrentMap<Long, String> terms = new ConcurrentHashMap<>();
    private volatile boolean unreachable;

    public void unreachable(boolean is) {
        unreachable = is;
    }

    private void reach() throws ArbiterException {
        if (unreachable) {
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
