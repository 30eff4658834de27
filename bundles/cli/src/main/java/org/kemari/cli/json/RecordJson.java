package org.kemari.cli.json;

import com.grack.nanojson.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns a record into a JSON object with the components' names as keys. */
public final class RecordJson {
    private RecordJson() {}

    public static JsonObject of(Record value) {
        JsonObject object = new JsonObject();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                Method accessor = component.getAccessor();
                // A public method of a record that need not be public itself.
                accessor.setAccessible(true);
                object.put(component.getName(), json(accessor.invoke(value)));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(
                        "record " + value.getClass() + " cannot be read: " + component.getName(), e);
            }
        }
        return object;
    }

    private static Object json(Object value) {
        if (value instanceof Record nested) {
            return of(nested);
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(RecordJson::json).orElse(null);
        }
        if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? Integer.valueOf(optional.getAsInt()) : null;
        }
        return value;
    }
}
