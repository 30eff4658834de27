package org.kemari.cli.demo;

import java.util.List;
import java.util.OptionalLong;

/** What the demo needs to know of a kind of guest. */
interface GuestKit {
    /** {@code linux} or {@code tiny}, as reported. */
    String name();

    long serverMebibytes();

    long clientMebibytes();

    /** VM options of the guest that is protected, without memory, disk and network. */
    List<String> serverOptions();

    /** VM options of the guest that is the client, without memory and network. */
    List<String> clientOptions();

    /** Options of {@code kemari count} for a client on the host. */
    List<String> hostClientOptions();

    /** Size of the protected guest's disk, if it has one; empty at first. */
    OptionalLong diskBytes();

    /** A client over the console of a client guest that has said GUEST-READY. */
    CounterClient client(ChildProcess child) throws DemoException, InterruptedException;
}
