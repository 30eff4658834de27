package org.kemari.netswitch;

import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configuration of a network. A wrong one is logged and leaves things as they are, so that the next change of the
 * same configuration can mend it.
 */
@Component(
        immediate = true,
        service = {},
        configurationPid = NetworkComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = NetworkConfiguration.class, factory = true)
public final class NetworkComponent {
    static final String PID = "org.kemari.network";

    private static final Logger LOG = LoggerFactory.getLogger(NetworkComponent.class);

    private final Switchboard switchboard;
    private Optional<Switchboard.Definition> definition = Optional.empty();

    @Activate
    public NetworkComponent(@Reference SwitchboardComponent switchboard, Map<String, Object> properties) {
        this.switchboard = switchboard.switchboard();
        apply(properties);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        apply(properties);
    }

    private void apply(Map<String, Object> properties) {
        try {
            NetworkSpec spec = NetworkSpec.of(properties);
            if (definition.isPresent()) {
                definition.get().change(spec);
            } else {
                definition = Optional.of(switchboard.define(spec));
            }
        } catch (IllegalArgumentException | NetworkException e) {
            LOG.error(
                    "configuration {} is refused: {}{}",
                    properties.getOrDefault("service.pid", PID),
                    e.getMessage(),
                    definition.isPresent() ? "; the network goes on as it was" : "");
        }
    }

    @Deactivate
    void deactivate() {
        definition.ifPresent(Switchboard.Definition::remove);
    }
}
