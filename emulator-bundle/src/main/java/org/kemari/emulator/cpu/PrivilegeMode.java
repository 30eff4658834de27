package org.kemari.emulator.cpu;

/** Privilege modes with the codes that mstatus.MPP has for them (privileged 1.13 §1.2). */
public enum PrivilegeMode {
    USER(0),
    SUPERVISOR(1),
    MACHINE(3);

    private final int code;

    PrivilegeMode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    static PrivilegeMode of(int code) {
        return switch (code) {
            case 0 -> USER;
            case 1 -> SUPERVISOR;
            case 3 -> MACHINE;
            default -> throw new IllegalArgumentException("mode=" + code + " is no privilege mode; use 0, 1 or 3");
        };
    }
}
