package org.kemari.ft.failover;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

/**
 * Which addresses the guest uses, learnt from the frames that it sends, and the frames that tell a network where they are
 * now: a gratuitous ARP for each IPv4 address (RFC 5227 §3), a reverse ARP (RFC 903) for a card of which only the Ethernet
 * address is known. Strand only.
 */
public final class AddressBook {
    /** A guest that invents addresses does not fill our memory. */
    private static final int MAX_ADDRESSES = 64;

    private static final int ETHERNET_BYTES = 14;
    private static final int ARP_BYTES = 28;
    private static final int MIN_FRAME_BYTES = 60;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_ARP = 0x0806;
    private static final int TYPE_RARP = 0x8035;
    private static final int ARP_REQUEST = 1;
    private static final int RARP_REQUEST = 3;
    /** Sender addresses within an ARP packet (RFC 826), behind the Ethernet header. */
    private static final int ARP_SENDER_MAC = ETHERNET_BYTES + 8;

    private static final int ARP_SENDER_IP = ETHERNET_BYTES + 14;
    private static final int IPV4_SOURCE = ETHERNET_BYTES + 12;

    private record Entry(ByteBuffer mac, int ip) {}

    /** Newest last. */
    private final Map<String, LinkedHashMap<Entry, Boolean>> known = new TreeMap<>();

    private final Map<String, ByteBuffer> macs = new TreeMap<>();

    /** @param devices cards with a configured address are announced even if they never spoke */
    public AddressBook(List<DeviceSpec> devices) {
        for (DeviceSpec device : devices) {
            String mac = device.properties().get(DeviceSpec.MAC);
            if (mac != null && mac.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
                macs.put(device.name(), parse(mac));
            }
        }
    }

    private static ByteBuffer parse(String mac) {
        ByteBuffer bytes = ByteBuffer.allocate(6);
        for (String part : mac.split(":")) {
            bytes.put((byte) Integer.parseInt(part, 16));
        }
        return bytes.flip();
    }

    /** Learns from what the guest said. */
    public void learn(List<DeviceOutput> outputs) {
        for (DeviceOutput said : outputs) {
            if (said.output() instanceof Output.Frame frame && frame.sizeBytes() >= ETHERNET_BYTES) {
                learn(said.device(), frame.frame().slice());
            }
        }
    }

    /** @param frame is all of the buffer */
    private void learn(String device, ByteBuffer frame) {
        macs.putIfAbsent(device, mac(frame, 6));
        int type = frame.getShort(12) & 0xffff;
        if (type == TYPE_ARP && frame.capacity() >= ETHERNET_BYTES + ARP_BYTES) {
            remember(device, mac(frame, ARP_SENDER_MAC), frame.getInt(ARP_SENDER_IP));
        } else if (type == TYPE_IPV4 && frame.capacity() >= IPV4_SOURCE + 4) {
            remember(device, mac(frame, 6), frame.getInt(IPV4_SOURCE));
        }
    }

    private static ByteBuffer mac(ByteBuffer frame, int offset) {
        return ByteBuffer.allocate(6).put(0, frame, offset, 6);
    }

    private void remember(String device, ByteBuffer mac, int ip) {
        if (ip == 0) {
            return;
        }
        LinkedHashMap<Entry, Boolean> entries = known.computeIfAbsent(device, d -> new LinkedHashMap<>());
        Entry entry = new Entry(mac, ip);
        entries.remove(entry);
        entries.put(entry, true);
        if (entries.size() > MAX_ADDRESSES) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** The frames to send, with the card to send each by. */
    public List<DeviceOutput> announcements() {
        List<DeviceOutput> frames = new ArrayList<>();
        known.forEach((device, entries) -> entries.keySet()
                .forEach(entry ->
                        frames.add(frame(device, TYPE_ARP, ARP_REQUEST, entry.mac(), entry.ip(), new byte[6]))));
        macs.forEach((device, mac) -> {
            if (!known.containsKey(device)) {
                frames.add(frame(device, TYPE_RARP, RARP_REQUEST, mac, 0, mac.array()));
            }
        });
        return frames;
    }

    private static DeviceOutput frame(
            String device, int type, int operation, ByteBuffer mac, int ip, byte[] targetMac) {
        ByteBuffer out = ByteBuffer.allocate(MIN_FRAME_BYTES);
        byte[] source = mac.array();
        out.put(new byte[] {-1, -1, -1, -1, -1, -1}).put(source).putShort((short) type);
        // Ethernet, IPv4, their address lengths.
        out.putShort((short) 1)
                .putShort((short) TYPE_IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        out.put(source).putInt(ip).put(targetMac).putInt(ip);
        return new DeviceOutput(device, new Output.Frame(out.array()));
    }
}
