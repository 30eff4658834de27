/* The tiny guest: a counter service without an operating system. Machine mode, one hart, QEMU's `virt` map. */
#ifndef TINY_H
#define TINY_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

/* machine.c: the board */
u64 mtime(void);                     /* 10 MHz ticks, CLINT */
u64 wall_nanos(void);                /* Goldfish RTC */
void timer_at(u64 tick);             /* a WFI ends at this tick; ~0 for never */
void irq_enable(u32 source);         /* lets an interrupt source of the PLIC end a WFI */
void irq_poll(void);                 /* takes all pending interrupts: UART bytes into the line, devices acknowledged */
void wait_irq(void);                 /* WFI, then irq_poll */
int uart_line(char *line, int size); /* a whole line that was typed, or -1; never blocks */
void put_char(char c);
void put(const char *text);
void put_number(u64 value);
void put_line(const char *text);
void power_off(u32 code) __attribute__((noreturn)); /* 0: fine; else the code is the machine's exit status */
void panic(const char *text) __attribute__((noreturn));
void machine_init(void);

/* devicetree.c: what the device tree says */
struct board {
    char bootargs[1024];
    u64 ram_end;
    int slots;
    u64 slot_base[32];
    u32 slot_irq[32];
};
extern struct board board;
void devicetree_read(const u8 *tree);
int bootarg(const char *name, const char **value); /* 1 if NAME or NAME=VALUE is there; value ends at a space */
u64 bootarg_number(const char *name, u64 otherwise);
u32 bootarg_ip(const char *name); /* 0 if not there */

/* virtio.c: transport and split queues, virtio 1.1 section 2.6 and 4.2 */
#define QUEUE_SIZE 16
#define DESC_NEXT 1
#define DESC_WRITE 2

struct desc {
    u64 address;
    u32 length;
    u16 flags;
    u16 next;
};
struct avail {
    u16 flags;
    u16 index;
    u16 ring[QUEUE_SIZE];
    u16 used_event;
};
struct used {
    u16 flags;
    u16 index;
    struct {
        u32 id;
        u32 length;
    } ring[QUEUE_SIZE];
    u16 avail_event;
};
struct queue {
    struct desc desc[QUEUE_SIZE] __attribute__((aligned(16)));
    struct avail avail __attribute__((aligned(2)));
    struct used used __attribute__((aligned(4)));
    u16 seen; /* used entries that were taken */
    u64 base;
    u32 number;
};
/* Finds the nth device of a kind and negotiates; its base address, or 0. */
u64 virtio_open(u32 device_id, u32 wanted_low_features, u32 *granted);
void virtio_queue(u64 base, struct queue *q, u32 number);
void virtio_ready(u64 base, u32 *irq);
void virtio_submit(struct queue *q, u16 head);
int virtio_used(struct queue *q, u32 *id, u32 *length); /* 1 if one was taken */
void virtio_ack(u32 irq);

/* net.c: Ethernet, ARP, IPv4, ICMP echo, UDP */
int net_init(u32 ip); /* 0 if there is no network card */
u32 net_ip(void);
void net_poll(void);
int net_send_udp(u32 to, u16 port_from, u16 port_to, const void *data, u32 length); /* 0: no way yet, ARP asked */
void net_forget(u32 ip);                                                            /* ask for its address again */
void udp_received(u32 from, u16 port_from, u16 port_to, const u8 *data, u32 length); /* in service.c */

/* log.c: the service's state on disk */
#define KEYS 16
#define CLIENTS 14 /* what a log record of one sector has room for */
struct client_entry {
    u32 id;
    u32 used_at; /* low bits of the record that used it last */
    u64 sequence;
    u64 value;
};
struct state {
    u64 counters[KEYS];
    struct client_entry clients[CLIENTS];
};
extern struct state state;
int log_init(void);   /* reads the state back; 0 if there is no disk */
void log_append(void); /* returns when the state is on the disk */
u64 log_records(void);

/* service.c: the two roles */
void server_run(void) __attribute__((noreturn));
void client_run(u32 server) __attribute__((noreturn));

static inline u32 read32(u64 address) { return *(volatile u32 *)address; }
static inline void write32(u64 address, u32 value) { *(volatile u32 *)address = value; }
static inline void barrier(void) { __asm__ volatile("fence iorw, iorw" ::: "memory"); }

void *memcpy(void *to, const void *from, u64 length);
void *memset(void *to, int value, u64 length);
int memcmp(const void *left, const void *right, u64 length);
#endif
