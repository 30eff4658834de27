package org.kemari.cli.demo;

import com.grack.nanojson.JsonObject;

/** The protection's part of a status file; zeros and empty texts where it says nothing yet. */
record ChildStatus(JsonObject file) {
    private JsonObject protection() {
        JsonObject object = file.getObject("protection");
        return object == null ? new JsonObject() : object;
    }

    String protectionState() {
        return protection().getString("state", "");
    }

    String protectionReason() {
        return protection().getString("reason", "");
    }

    long epochs() {
        return number("epochs");
    }

    long number(String key) {
        return protection().getLong(key, 0);
    }

    String machineState() {
        JsonObject object = file.getObject("machine");
        return object == null ? "" : object.getString("state", "");
    }
}
