package org.kemari.charfile;

import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Offers files to consoles. Immediate, because open files live as long as it does. */
@Component(immediate = true, property = BlockBackendFactory.TYPE + "=file")
public final class FileConsoleComponent implements CharBackendFactory {
    private final ConsoleFiles files = new ConsoleFiles();

    @Activate
    public FileConsoleComponent() {}

    @Override
    public CharBackend open(String vm, String target, ByteSink received) throws BackendException {
        return files.open(vm, target);
    }

    @Deactivate
    void deactivate() {
        files.close();
    }
}
