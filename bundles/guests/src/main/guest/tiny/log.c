/*
 * The log on virtio-blk (virtio 1.1, section 5.2). One record per increment, one sector each, in a ring:
 *
 *   0        8        16                      ...            504      512
 *   | magic  | number | counters, clients     |  zeros       | sum    |
 *
 * A record holds the whole state, so the newest whole one is all that a boot needs, and a torn one is passed over.
 */
#include "tiny.h"

#define BLOCK_DEVICE 2
#define F_FLUSH (1u << 9)
#define T_IN 0
#define T_OUT 1
#define T_FLUSH 4
#define SECTOR 512
#define RING 1024 /* records, if the disk has room for so many */
#define LOG_MAGIC 0x474f4c594e49544bul /* "KTINYLOG" */

struct state state;

static struct queue queue;
static struct {
    u32 type;
    u32 reserved;
    u64 sector;
} header __attribute__((aligned(16)));
static u8 status;
static u32 can_flush;
static u64 ring;    /* records that fit; 0 without a disk */
static u64 records; /* ever written */

static struct record {
    u64 magic;
    u64 number;
    struct state state;
    u8 zeros[SECTOR - 24 - sizeof(struct state)];
    u64 sum;
} record __attribute__((aligned(512)));
_Static_assert(sizeof(struct record) == SECTOR, "a record is a sector");

static u64 sum(const struct record *r) {
    const u64 *word = (const u64 *)r;
    u64 total = 0xcbf29ce484222325ul;
    for (u32 i = 0; i < SECTOR / 8 - 1; i++)
        total = (total ^ word[i]) * 0x100000001b3ul;
    return total;
}

/* One request; returns when the device has answered. Interrupts of others are taken meanwhile, and wait in their queues. */
static void request(u32 type, u64 sector) {
    header.type = type;
    header.sector = sector;
    status = 0xff;
    queue.desc[0] = (struct desc){(u64)&header, 16, DESC_NEXT, type == T_FLUSH ? 2 : 1};
    queue.desc[1] = (struct desc){(u64)&record, SECTOR, DESC_NEXT | (type == T_IN ? DESC_WRITE : 0), 2};
    queue.desc[2] = (struct desc){(u64)&status, 1, DESC_WRITE, 0};
    virtio_submit(&queue, 0);
    u32 id, length;
    while (!virtio_used(&queue, &id, &length))
        wait_irq();
    if (*(volatile u8 *)&status != 0)
        panic("the disk answered with an error");
}

int log_init(void) {
    u32 irq;
    u64 base = virtio_open(BLOCK_DEVICE, F_FLUSH, &can_flush);
    if (!base)
        return 0;
    virtio_queue(base, &queue, 0);
    virtio_ready(base, &irq);
    u64 sectors = (u64)read32(base + 0x104) << 32 | read32(base + 0x100);
    ring = sectors < RING ? sectors : RING;
    for (u64 i = 0; i < ring; i++) {
        request(T_IN, i);
        if (record.magic != LOG_MAGIC || record.sum != sum(&record) || record.number % ring != i)
            break; /* the ring is filled in order: behind a gap there is nothing, or the torn last record */
        if (record.number >= records) {
            records = record.number + 1;
            state = record.state;
        }
    }
    return ring != 0;
}

void log_append(void) {
    if (!ring)
        return;
    memset(&record, 0, SECTOR);
    record.magic = LOG_MAGIC;
    record.number = records++;
    record.state = state;
    record.sum = sum(&record);
    request(T_OUT, record.number % ring);
    if (can_flush)
        request(T_FLUSH, 0);
}

u64 log_records(void) { return records; }
