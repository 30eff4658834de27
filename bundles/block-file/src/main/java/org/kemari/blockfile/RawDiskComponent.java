package org.kemari.blockfile;

import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.BlockBackend;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.DiskSpec;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Offers raw images to the devices' ports. Immediate, because open disks live as long as it does. */
@Component(immediate = true, property = BlockBackendFactory.TYPE + "=raw")
public final class RawDiskComponent implements BlockBackendFactory {
    private final OpenImages images = new OpenImages();

    @Activate
    public RawDiskComponent() {}

    @Override
    public BlockBackend open(String vm, DiskSpec spec) throws BackendException {
        return images.open(vm, spec);
    }

    @Deactivate
    void deactivate() {
        images.close();
    }
}
