package org.kemari.ft.session;

import org.kemari.api.machine.Machine;
import org.kemari.api.protection.Arbiter;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.tap.EventTap;
import org.kemari.ft.config.FtSettings;

/** What a protection works with. */
public record Ground(
        FtSettings settings, Machine machine, EventTap tap, ReplicationTransport transport, Arbiter arbiter) {}
