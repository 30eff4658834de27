package org.kemari.ft.protection;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.kemari.api.protection.ReplicationSession;
import org.kemari.api.protection.ReplicationTransport;
import org.kemari.api.protection.SessionHandler;
import org.kemari.ft.transport.TcpTransport;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The TCP transport as a service. */
@Component(service = ReplicationTransport.class, property = ReplicationTransport.TRANSPORT + "=tcp")
public final class TcpTransportComponent implements ReplicationTransport {
    private final TcpTransport transport = new TcpTransport();

    @Override
    public ReplicationSession connect(InetSocketAddress peer, SessionHandler handler) {
        return transport.connect(peer, handler);
    }

    @Override
    public Listener listen(InetSocketAddress address, HandlerFactory handlers) throws IOException {
        return transport.listen(address, handlers);
    }

    @Deactivate
    void close() {
        transport.close();
    }
}
