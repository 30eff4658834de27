package org.kemari.ports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.kemari.api.device.DeviceConfigException;
import org.kemari.api.device.DeviceSpec;

/** The properties of a device, checked: a name that the device does not know is refused, not ignored. */
public final class DeviceProperties {
    private final DeviceSpec spec;

    public DeviceProperties(DeviceSpec spec, String... known) throws DeviceConfigException {
        this.spec = spec;
        for (String name : new TreeSet<>(spec.properties().keySet())) {
            if (!Arrays.asList(known).contains(name)) {
                String remedy = known.length == 0
                        ? "it has no properties"
                        : "use one of " + String.join(", ", new TreeSet<>(Arrays.asList(known)));
                throw new DeviceConfigException(spec.name() + "." + name + "=" + text(name, "") + " is not known to "
                        + spec.type() + "; " + remedy);
            }
        }
    }

    /** For a device that has no properties: refuses any. */
    public static void none(DeviceSpec spec) throws DeviceConfigException {
        new DeviceProperties(spec);
    }

    public String text(String name, String otherwise) {
        return given(name).orElse(otherwise);
    }

    public String required(String name, String remedy) throws DeviceConfigException {
        return given(name)
                .orElseThrow(() -> new DeviceConfigException(spec.name() + "." + name + "= is missing; " + remedy));
    }

    public boolean flag(String name) throws DeviceConfigException {
        String value = text(name, "false").toLowerCase(Locale.ROOT);
        if (!value.equals("true") && !value.equals("false")) {
            throw new DeviceConfigException(
                    spec.name() + "." + name + "=" + text(name, "") + " is no truth value; use true or false");
        }
        return value.equals("true");
    }

    /** A property that is there and not blank. */
    public Optional<String> given(String name) {
        return Optional.ofNullable(spec.properties().get(name))
                .map(String::trim)
                .filter(value -> !value.isEmpty());
    }
}
