package org.kemari.netswitch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerTableTest {
    private static final InetSocketAddress A = new InetSocketAddress("10.0.0.1", 4789);
    private static final InetSocketAddress A2 = new InetSocketAddress("10.0.0.1", 4790);
    private static final InetSocketAddress B = new InetSocketAddress("10.0.0.2", 4789);

    @Test
    void aPeerIsKnownByItsPortOrByAnAddressThatItSharesWithNone() {
        PeerTable peers = new PeerTable(List.of(A, A2, B));
        assertEquals(new PeerTable.Origin.Known(A2), peers.origin(A2));
        assertEquals(new PeerTable.Origin.Known(B), peers.origin(new InetSocketAddress("10.0.0.2", 50000)));
        assertEquals(new PeerTable.Origin.Ambiguous(), peers.origin(new InetSocketAddress("10.0.0.1", 50000)));
        assertEquals(new PeerTable.Origin.Stranger(), peers.origin(new InetSocketAddress("10.0.0.3", 4789)));
    }
}
