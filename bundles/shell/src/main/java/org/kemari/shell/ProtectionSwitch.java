package org.kemari.shell;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Switches VMs' protection on and off by their configurations; what else stands in them stays. */
final class ProtectionSwitch {
    private static final String MODE = "mode";
    private static final String PEER = "peer";
    private static final String ADDRESS = "(\\[[0-9A-Fa-f:.%]+\\]|[^:\\s]+):[0-9]{1,5}";

    private final Store store;
    private final TermsFolder terms;

    /** {@code terms} serves VMs whose protection nobody has configured before. */
    ProtectionSwitch(Store store, TermsFolder terms) {
        this.store = store;
        this.terms = terms;
    }

    /** Where configurations are kept. */
    interface Store {
        Optional<Map<String, Object>> read(String vm) throws IOException;

        void write(String vm, Map<String, Object> properties) throws IOException;
    }

    /** {@code peer} holds the backup's address, or nothing: then the one configured before. */
    String on(String vm, List<String> peer) throws IOException {
        Optional<Map<String, Object>> before = store.read(vm);
        Map<String, Object> properties = before.orElseGet(LinkedHashMap::new);
        for (String address : peer) {
            if (!address.matches(ADDRESS)) {
                throw new IllegalArgumentException(
                        "VM " + vm + ": peer=" + address + " is no HOST:PORT; use for example 127.0.0.1:7000");
            }
            properties.put(PEER, address);
        }
        if (!properties.containsKey(PEER)) {
            throw new IllegalArgumentException(
                    "VM " + vm + " has no backup configured; use kemari:protect " + vm + " HOST:PORT");
        }
        if (before.isEmpty()) {
            properties.put("vm", vm);
            properties.put("arbiter", "file");
            properties.put("arbiter.location", terms.made().toString());
        }
        properties.put("role", "primary");
        if (!properties.containsKey(MODE) || properties.get(MODE).equals("off")) {
            properties.put(MODE, "event");
        }
        store.write(vm, properties);
        return "VM " + vm + " is to be protected by " + properties.get(PEER) + "; kemari:status " + vm
                + " tells how far it is";
    }

    String off(String vm) throws IOException {
        Optional<Map<String, Object>> properties = store.read(vm);
        if (properties.isEmpty()) {
            throw new IllegalArgumentException("VM " + vm + " is not protected; there is nothing to switch off");
        }
        properties.get().put(MODE, "off");
        store.write(vm, properties.get());
        return "VM " + vm + " goes on unprotected; kemari:protect " + vm + " switches protection on again";
    }
}
