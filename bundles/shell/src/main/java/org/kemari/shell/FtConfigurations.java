package org.kemari.shell;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The factory configurations {@code org.kemari.ft}, one per VM, whoever wrote them. */
final class FtConfigurations implements ProtectionSwitch.Store {
    private static final String PID = "org.kemari.ft";

    private final ConfigurationAdmin configurations;

    FtConfigurations(ConfigurationAdmin configurations) {
        this.configurations = configurations;
    }

    @Override
    public Optional<Map<String, Object>> read(String vm) throws IOException {
        return find(vm).map(FtConfigurations::properties);
    }

    @Override
    public void write(String vm, Map<String, Object> properties) throws IOException {
        Optional<Configuration> found = find(vm);
        Configuration configuration =
                found.isPresent() ? found.get() : configurations.getFactoryConfiguration(PID, vm, "?");
        configuration.update(new Hashtable<>(properties));
    }

    private Optional<Configuration> find(String vm) throws IOException {
        try {
            // A VM's name has no character that a filter would read otherwise (RFC 4515 §3).
            Configuration[] found =
                    configurations.listConfigurations("(&(service.factoryPid=" + PID + ")(vm=" + vm + "))");
            return found == null ? Optional.empty() : Optional.of(found[0]);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("VM " + vm + " has a name that no VM may have", e);
        }
    }

    private static Map<String, Object> properties(Configuration configuration) {
        Dictionary<String, Object> dictionary = configuration.getProperties();
        Map<String, Object> map = new LinkedHashMap<>();
        for (Enumeration<String> keys = dictionary.keys(); keys.hasMoreElements(); ) {
            String key = keys.nextElement();
            map.put(key, dictionary.get(key));
        }
        return map;
    }
}
