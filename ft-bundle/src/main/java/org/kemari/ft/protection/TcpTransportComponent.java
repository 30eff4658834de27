package org.kemari.ft.protection;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.protection.SessionHandler;
import org.kemari.api.protection.SessionThread;
import org.kemari.ft.transport.TcpTransport;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The TCP transport as a service. */
@Component(service = ReplicationTransport.class, property = ReplicationTransport.TRANSPORT + "=tcp")
public final class TcpTransportComponent implements ReplicationTransport {
    private final TcpTransport transport = new TcpTransport();

    @Override
    public SessionThread newThread(String name) {
        return transport.newThread(name);
    }

    @Override
    public ReplicationSession connect(InetSocketAddress peer, SessionThread thread, SessionHandler handler) {
        return transport.connect(peer, thread, handler);
    }

    @Override
    public Listener listen(InetSocketAddress address, SessionThread thread, HandlerFactory handlers)
            throws IOException {
        return transport.listen(address, thread, handlers);
    }

    @Deactivate
    void close() {
        transport.close();
    }
}
