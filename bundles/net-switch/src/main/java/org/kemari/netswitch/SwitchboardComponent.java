package org.kemari.netswitch;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.kemari.api.backend.BlockBackendFactory;
import org.kemari.api.backend.NetBackendFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Registers the switch as a backend. The service says in {@value #NETWORKS} which networks there are, and is modified as
 * they come and go, so that a network card whose network was missing can try again.
 */
@Component(immediate = true, service = SwitchboardComponent.class)
public final class SwitchboardComponent {
    static final String TYPE = "switch";
    static final String NETWORKS = "kemari.networks";

    private final Switchboard switchboard = new Switchboard(System::nanoTime, this::publish);
    private final ServiceRegistration<NetBackendFactory> registration;

    @Activate
    public SwitchboardComponent(BundleContext context) {
        registration = context.registerService(NetBackendFactory.class, switchboard, properties(List.of()));
    }

    Switchboard switchboard() {
        return switchboard;
    }

    /** Two networks may change at once, on two threads: whoever publishes last looks again, so the newest list stands. */
    private void publish() {
        List<String> published;
        do {
            published = switchboard.names();
            try {
                registration.setProperties(properties(published));
            } catch (IllegalStateException e) {
                return; // Unregistered: the bundle stops.
            }
        } while (!published.equals(switchboard.names()));
    }

    private static Dictionary<String, Object> properties(List<String> networks) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(BlockBackendFactory.TYPE, TYPE);
        properties.put(NETWORKS, networks.toArray(String[]::new));
        return properties;
    }

    @Deactivate
    void deactivate() {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            // The framework was faster.
        }
        switchboard.close();
    }
}
