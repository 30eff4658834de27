package org.kemari.emulator.machine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.kemari.api.device.DeviceFactory;

/** The device models that are there now, and the machines that want to know when one comes or goes. Any thread. */
public final class DeviceModels {
    private final Map<String, List<DeviceFactory>> factories = new ConcurrentHashMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    /** Is told, on the thread that brings or takes the model. */
    public interface Watcher {
        void modelCame(DeviceFactory factory);

        /** When this returns, nothing of the model's is used any more. */
        void modelGoes(DeviceFactory factory);
    }

    public void add(DeviceFactory factory) {
        List<DeviceFactory> now = factories.compute(factory.type(), (type, list) -> {
            List<DeviceFactory> grown = list == null ? new CopyOnWriteArrayList<>() : list;
            grown.add(factory);
            return grown;
        });
        if (now.get(0) == factory) {
            watchers.forEach(watcher -> watcher.modelCame(factory));
        }
    }

    public void remove(DeviceFactory factory) {
        boolean[] first = new boolean[1];
        factories.computeIfPresent(factory.type(), (type, list) -> {
            first[0] = list.get(0) == factory;
            list.remove(factory);
            return list.isEmpty() ? null : list;
        });
        if (first[0]) {
            watchers.forEach(watcher -> watcher.modelGoes(factory));
            find(factory.type()).ifPresent(next -> watchers.forEach(watcher -> watcher.modelCame(next)));
        }
    }

    public Optional<DeviceFactory> find(String type) {
        List<DeviceFactory> list = factories.get(type);
        return list == null ? Optional.empty() : list.stream().findFirst();
    }

    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    public void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }
}
