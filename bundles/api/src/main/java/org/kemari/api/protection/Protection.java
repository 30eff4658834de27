package org.kemari.api.protection;

import java.util.concurrent.CompletableFuture;

/** One VM's protection on this host. Registered by ft-bundle with {@code kemari.vm} and {@link #ROLE}. */
public interface Protection {
    String ROLE = "kemari.role";

    String vm();

    ProtectionStatus status();

    /** Primary: hands the VM over to the backup in good order. Fails, and the VM stays here, if that cannot be done. */
    CompletableFuture<Void> handOver();
}
