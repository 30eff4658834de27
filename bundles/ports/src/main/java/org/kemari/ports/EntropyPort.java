package org.kemari.ports;

import java.security.SecureRandom;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;

/**
 * Where a device gets random bytes from. It says nothing to the outside, so it is no output proxy: the guest learns the
 * bytes by an input like any other, and what it then says about them waits in other ports.
 */
public final class EntropyPort implements AutoCloseable {
    /** A request for more is cut: the device serves what it got. */
    public static final int MAX_BYTES = 4096;

    private final PortHost host;
    private final PortId id;
    private final Inbox inbox;
    private final SecureRandom source;
    private volatile boolean closed;

    public EntropyPort(PortHost host, PortId id, Inbox inbox) {
        this.host = host;
        this.id = id;
        this.inbox = inbox;
        this.source = new SecureRandom();
        host.opened(this);
    }

    /** Asks for {@code count} bytes; they come by the inbox. Machine thread. */
    public void ask(int count) {
        host.execute(() -> {
            if (!closed) {
                byte[] bytes = new byte[Math.min(count, MAX_BYTES)];
                source.nextBytes(bytes);
                inbox.offer(new Input.EntropyReceived(id.device(), bytes));
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        host.closed(this);
    }
}
