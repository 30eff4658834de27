package org.kemari.conformance;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

/** Saved state in maps: for tests that look into it. */
public final class MapState implements StateWriter, StateReader {
    private final int version;
    private final Map<String, Object> values = new TreeMap<>();

    public MapState() {
        this(0);
    }

    private MapState(int version) {
        this.version = version;
    }

    private void put(String name, Object value) {
        if (values.put(name, value) != null) {
            throw new IllegalArgumentException("name " + name + " is there twice");
        }
    }

    private <T> T get(String name, Class<T> kind) throws StateFormatException {
        return Optional.ofNullable(values.get(name))
                .filter(kind::isInstance)
                .map(kind::cast)
                .orElseThrow(() -> new StateFormatException(name + " is not there, or is no " + kind.getSimpleName()));
    }

    /** Everything, in one order. */
    public String text() {
        StringBuilder text = new StringBuilder("v" + version + "{");
        values.forEach((name, value) ->
                text.append(name).append('=').append(text(value)).append('\n'));
        return text.append('}').toString();
    }

    private static String text(Object value) {
        if (value instanceof MapState section) {
            return section.text();
        }
        if (value instanceof byte[] bytes) {
            return Arrays.toString(bytes);
        }
        return value instanceof long[] longs ? Arrays.toString(longs) : value.toString();
    }

    /** The same state without one value, somewhere in it: {@code path} has dots between sections. */
    public MapState without(String path) {
        MapState copy = new MapState(version);
        String first = path.split("\\.", 2)[0];
        values.forEach((name, value) -> {
            if (!name.equals(first)) {
                copy.values.put(name, value);
            } else if (path.contains(".")) {
                copy.values.put(name, ((MapState) value).without(path.split("\\.", 2)[1]));
            }
        });
        return copy;
    }

    @Override
    public StateWriter section(String name, int sectionVersion) {
        MapState section = new MapState(sectionVersion);
        put(name, section);
        return section;
    }

    @Override
    public void putLong(String name, long value) {
        put(name, value);
    }

    @Override
    public void putInt(String name, int value) {
        put(name, value);
    }

    @Override
    public void putBoolean(String name, boolean value) {
        put(name, value);
    }

    @Override
    public void putString(String name, String value) {
        put(name, value);
    }

    @Override
    public void putBytes(String name, byte[] value) {
        put(name, value.clone());
    }

    @Override
    public void putLongs(String name, long[] value) {
        put(name, value.clone());
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public boolean has(String name) {
        return values.containsKey(name);
    }

    @Override
    public StateReader section(String name) throws StateFormatException {
        return get(name, MapState.class);
    }

    @Override
    public long getLong(String name) throws StateFormatException {
        return get(name, Long.class);
    }

    @Override
    public int getInt(String name) throws StateFormatException {
        return get(name, Integer.class);
    }

    @Override
    public boolean getBoolean(String name) throws StateFormatException {
        return get(name, Boolean.class);
    }

    @Override
    public String getString(String name) throws StateFormatException {
        return get(name, String.class);
    }

    @Override
    public byte[] getBytes(String name) throws StateFormatException {
        return get(name, byte[].class).clone();
    }

    @Override
    public long[] getLongs(String name) throws StateFormatException {
        return get(name, long[].class).clone();
    }
}
