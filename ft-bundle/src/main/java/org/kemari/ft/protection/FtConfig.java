package org.kemari.ft.protection;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Configuration {@code org.kemari.ft}, one per VM; {@code FtSettings} reads and checks it. */
@ObjectClassDefinition(name = "Kemari protection", description = "Protects a VM by a second container.")
@interface FtConfig {
    @AttributeDefinition(name = "VM", description = "Name of the VM.")
    String vm();

    @AttributeDefinition(
            name = "Role",
            description = "primary: the VM runs here. backup: it goes on here when the primary is lost.",
            options = {@Option(label = "Primary", value = "primary"), @Option(label = "Backup", value = "backup")})
    String role() default "primary";

    @AttributeDefinition(
            name = "Mode",
            description = "event: the state travels when an output waits. periodic: every epoch. off: not at all.",
            options = {
                @Option(label = "Off", value = "off"),
                @Option(label = "Event", value = "event"),
                @Option(label = "Periodic", value = "periodic")
            })
    String mode() default "event";

    @AttributeDefinition(
            name = "Peer",
            description = "HOST:PORT of the backup. On a backup: whom it protects itself with after a failover.",
            required = false)
    String peer() default "";

    @AttributeDefinition(name = "Listen", description = "HOST:PORT where the backup listens.", required = false)
    String listen() default "";

    @AttributeDefinition(name = "Longest epoch", description = "Milliseconds, 1 to 60000.")
    long epoch_ms() default 100;

    @AttributeDefinition(name = "Shortest epoch", description = "Milliseconds, 0 up to the longest epoch.")
    long epoch_min_ms() default 1;

    @AttributeDefinition(
            name = "Settling",
            description =
                    "Microseconds that a busy guest may go on once an output waits, so that one epoch takes all that"
                            + " it says in one go; 0 to 100000. A guest that waits, or says nothing for 200, ends the"
                            + " epoch at once.")
    long epoch_settle_us() default 2000;

    @AttributeDefinition(name = "Heartbeat", description = "Milliseconds between two signs of life.")
    long heartbeat_ms() default 50;

    @AttributeDefinition(
            name = "Heartbeat limit",
            description = "Milliseconds of silence after which the peer is lost; at least two heartbeats.")
    long heartbeat_limit_ms() default 250;

    @AttributeDefinition(name = "Arbiter", description = "Kind of arbiter, for example file.")
    String arbiter() default "file";

    @AttributeDefinition(
            name = "Arbiter location",
            description = "Where the arbiter keeps its terms; for file a directory that both hosts reach.")
    String arbiter_location();

    @AttributeDefinition(
            name = "Node",
            description = "Name of this host at the arbiter; if empty, one that this container keeps.",
            required = false)
    String node() default "";
}
