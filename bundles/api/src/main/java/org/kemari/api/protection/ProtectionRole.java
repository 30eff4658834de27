package org.kemari.api.protection;

/** Which side of a protection this is. */
public enum ProtectionRole {
    PRIMARY,
    BACKUP
}
