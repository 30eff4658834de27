package org.kemari.arbiterfile;

import java.util.Optional;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ArbiterException;
import org.osgi.service.component.annotations.Component;

/** Offers the file arbiter; the location is a directory. */
@Component(property = Arbiter.ARBITER + "=file")
public final class FileArbiterComponent implements Arbiter {
    private final FileArbiter arbiter = new FileArbiter();

    @Override
    public Term claim(String location, String vm, long term, String claimant) throws ArbiterException {
        return arbiter.claim(location, vm, term, claimant);
    }

    @Override
    public Optional<Term> current(String location, String vm) throws ArbiterException {
        return arbiter.current(location, vm);
    }
}
