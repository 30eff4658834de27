package org.kemari.chartcp;

import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Offers TCP ports to consoles. Immediate, because open ports live as long as it does. */
@Component(immediate = true, property = BlockBackendFactory.TYPE + "=tcp")
public final class TcpConsoleComponent implements CharBackendFactory {
    private final TcpConsoles consoles = new TcpConsoles();

    @Activate
    public TcpConsoleComponent() {}

    @Override
    public CharBackend open(String vm, String target, ByteSink received) throws BackendException {
        return consoles.open(vm, target, received);
    }

    @Deactivate
    void deactivate() {
        consoles.close();
    }
}
