/* A small host on an Ethernet: virtio-net (virtio 1.1, section 5.1), ARP (RFC 826), ICMP echo (RFC 792), UDP (RFC 768). */
#include "tiny.h"

#define NET_DEVICE 1
#define F_MAC (1u << 5)
#define NET_HEADER 12 /* virtio_net_hdr with num_buffers, always there in version 1 */
#define BUFFER 2048
#define ETH_HEADER 14
#define IP_HEADER 20
#define UDP_HEADER 8
#define MAX_FRAME 1514
#define NEIGHBOURS 8

static struct queue rx, tx;
static u8 rx_buffer[QUEUE_SIZE][BUFFER] __attribute__((aligned(16)));
static u8 tx_buffer[QUEUE_SIZE][BUFFER] __attribute__((aligned(16)));
static u32 tx_free; /* a bit per buffer that is ours */
static u8 mac[6];
static u32 my_ip;
static struct {
    u32 ip;
    u8 mac[6];
} neighbours[NEIGHBOURS];
static u32 next_neighbour;
static u16 next_ip_id;

static u16 get16(const u8 *p) { return p[0] << 8 | p[1]; }
static u32 get32(const u8 *p) { return (u32)get16(p) << 16 | get16(p + 2); }
static void set16(u8 *p, u16 v) { p[0] = v >> 8, p[1] = v; }
static void set32(u8 *p, u32 v) { set16(p, v >> 16), set16(p + 2, v); }

/* The Internet checksum, RFC 1071. */
static u16 checksum(const u8 *p, u32 length) {
    u32 sum = 0;
    for (; length > 1; p += 2, length -= 2)
        sum += get16(p);
    if (length)
        sum += p[0] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum;
}

/* A free frame with its Ethernet header, or 0: all are on their way, and this packet is lost as packets may be. */
static u8 *frame_to(const u8 *to, u16 type) {
    u32 id, length;
    while (virtio_used(&tx, &id, &length))
        tx_free |= 1u << id;
    for (u32 i = 0; i < QUEUE_SIZE; i++) {
        if (tx_free & 1u << i) {
            memset(tx_buffer[i], 0, NET_HEADER);
            u8 *frame = tx_buffer[i] + NET_HEADER;
            memcpy(frame, to, 6);
            memcpy(frame + 6, mac, 6);
            set16(frame + 12, type);
            return frame;
        }
    }
    return 0;
}

static void send(u8 *frame, u32 length) {
    u32 i = (frame - &tx_buffer[0][0]) / BUFFER;
    if (length < 60) {
        memset(frame + length, 0, 60 - length);
        length = 60;
    }
    tx_free &= ~(1u << i);
    tx.desc[i].address = (u64)tx_buffer[i];
    tx.desc[i].length = NET_HEADER + length;
    tx.desc[i].flags = 0;
    virtio_submit(&tx, i);
}

static void send_arp(u16 operation, const u8 *to, u32 target_ip) {
    static const u8 everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    u8 *frame = frame_to(to ? to : everyone, 0x0806);
    if (!frame)
        return;
    u8 *arp = frame + ETH_HEADER;
    set16(arp, 1);
    set16(arp + 2, 0x0800);
    arp[4] = 6, arp[5] = 4;
    set16(arp + 6, operation);
    memcpy(arp + 8, mac, 6);
    set32(arp + 14, my_ip);
    memset(arp + 18, 0, 6);
    if (to)
        memcpy(arp + 18, to, 6);
    set32(arp + 24, target_ip);
    send(frame, ETH_HEADER + 28);
}

static void learn(u32 ip, const u8 *from) {
    for (int i = 0; i < NEIGHBOURS; i++) {
        if (neighbours[i].ip == ip) {
            memcpy(neighbours[i].mac, from, 6);
            return;
        }
    }
    u32 i = next_neighbour++ % NEIGHBOURS;
    neighbours[i].ip = ip;
    memcpy(neighbours[i].mac, from, 6);
}

void net_forget(u32 ip) {
    for (int i = 0; i < NEIGHBOURS; i++)
        if (neighbours[i].ip == ip)
            neighbours[i].ip = 0;
}

/* Fills in an IPv4 header and sends what is behind it. */
static void send_ip(u8 *frame, u32 to, u8 protocol, u32 payload) {
    u8 *ip = frame + ETH_HEADER;
    memset(ip, 0, IP_HEADER);
    ip[0] = 0x45;
    set16(ip + 2, IP_HEADER + payload);
    set16(ip + 4, next_ip_id++);
    ip[8] = 64;
    ip[9] = protocol;
    set32(ip + 12, my_ip);
    set32(ip + 16, to);
    set16(ip + 10, checksum(ip, IP_HEADER));
    send(frame, ETH_HEADER + IP_HEADER + payload);
}

int net_send_udp(u32 to, u16 port_from, u16 port_to, const void *data, u32 length) {
    for (int i = 0; i < NEIGHBOURS; i++) {
        if (neighbours[i].ip != to)
            continue;
        u8 *frame = frame_to(neighbours[i].mac, 0x0800);
        if (!frame)
            return 0;
        u8 *udp = frame + ETH_HEADER + IP_HEADER;
        set16(udp, port_from);
        set16(udp + 2, port_to);
        set16(udp + 4, UDP_HEADER + length);
        set16(udp + 6, 0); /* no checksum: RFC 768 allows it over IPv4 */
        memcpy(udp + UDP_HEADER, data, length);
        send_ip(frame, to, 17, UDP_HEADER + length);
        return 1;
    }
    send_arp(1, 0, to);
    return 0;
}

static void receive_arp(const u8 *arp, u32 length) {
    if (length < 28 || get16(arp) != 1 || get16(arp + 2) != 0x0800)
        return;
    u32 sender = get32(arp + 14);
    if (sender && (get32(arp + 24) == my_ip || sender == get32(arp + 24)))
        learn(sender, arp + 8);
    if (get16(arp + 6) == 1 && get32(arp + 24) == my_ip)
        send_arp(2, arp + 8, sender);
}

static void receive_ip(const u8 *frame, u32 length) {
    const u8 *ip = frame + ETH_HEADER;
    u32 have = length - ETH_HEADER;
    /* Without options and not a fragment: nobody here sends others. */
    if (have < IP_HEADER || ip[0] != 0x45 || (get16(ip + 6) & 0x3fff) || checksum(ip, IP_HEADER))
        return;
    u32 total = get16(ip + 2);
    if (total < IP_HEADER || total > have || get32(ip + 16) != my_ip)
        return;
    u32 from = get32(ip + 12);
    const u8 *payload = ip + IP_HEADER;
    u32 count = total - IP_HEADER;
    learn(from, frame + 6);
    if (ip[9] == 1 && count >= 8 && payload[0] == 8) {
        u8 *answer = frame_to(frame + 6, 0x0800);
        if (!answer)
            return;
        u8 *icmp = answer + ETH_HEADER + IP_HEADER;
        memcpy(icmp, payload, count);
        icmp[0] = 0;
        set16(icmp + 2, 0);
        set16(icmp + 2, checksum(icmp, count));
        send_ip(answer, from, 1, count);
    } else if (ip[9] == 17 && count >= UDP_HEADER) {
        u32 udp = get16(payload + 4);
        if (udp >= UDP_HEADER && udp <= count)
            udp_received(from, get16(payload), get16(payload + 2), payload + UDP_HEADER, udp - UDP_HEADER);
    }
}

static void give(u32 i) {
    rx.desc[i].address = (u64)rx_buffer[i];
    rx.desc[i].length = BUFFER;
    rx.desc[i].flags = DESC_WRITE;
    virtio_submit(&rx, i);
}

u32 net_ip(void) { return my_ip; }

void net_poll(void) {
    u32 id, length;
    while (virtio_used(&rx, &id, &length)) {
        const u8 *frame = rx_buffer[id] + NET_HEADER;
        if (length >= NET_HEADER + ETH_HEADER && length <= NET_HEADER + MAX_FRAME) {
            length -= NET_HEADER;
            if (get16(frame + 12) == 0x0806)
                receive_arp(frame + ETH_HEADER, length - ETH_HEADER);
            else if (get16(frame + 12) == 0x0800)
                receive_ip(frame, length);
        }
        give(id);
    }
}

int net_init(u32 ip) {
    u32 features, irq;
    u64 base = virtio_open(NET_DEVICE, F_MAC, &features);
    if (!base)
        return 0;
    my_ip = ip;
    mac[0] = 0x02; /* locally administered, should the device have none */
    set32(mac + 2, ip);
    if (features & F_MAC)
        for (int i = 0; i < 6; i++)
            mac[i] = *(volatile u8 *)(base + 0x100 + i);
    virtio_queue(base, &rx, 0);
    virtio_queue(base, &tx, 1);
    virtio_ready(base, &irq);
    tx_free = (1u << QUEUE_SIZE) - 1;
    for (u32 i = 0; i < QUEUE_SIZE; i++)
        give(i);
    send_arp(1, 0, ip); /* gratuitous: tells the switch and whoever knew us where we are */
    return 1;
}
