package org.kemari.netswitch;

import java.util.concurrent.atomic.LongAdder;

/** What a switch did with frames; any thread. */
final class SwitchCounters {
    final LongAdder delivered = new LongAdder();
    final LongAdder sentToPeers = new LongAdder();
    /** A port's queue, or the socket's, was full. */
    final LongAdder droppedFull = new LongAdder();
    /** Too short, no valid VNI, or a group address as source. */
    final LongAdder droppedMalformed = new LongAdder();
    /** Another network's VNI. */
    final LongAdder droppedForeignVni = new LongAdder();
    /** From an address that is no configured peer's. */
    final LongAdder droppedUnknownPeer = new LongAdder();
    /** The operating system refused to send. */
    final LongAdder sendFailures = new LongAdder();

    @Override
    public String toString() {
        return "delivered=" + delivered + " sentToPeers=" + sentToPeers + " droppedFull=" + droppedFull
                + " droppedMalformed=" + droppedMalformed + " droppedForeignVni=" + droppedForeignVni
                + " droppedUnknownPeer=" + droppedUnknownPeer + " sendFailures=" + sendFailures;
    }
}
