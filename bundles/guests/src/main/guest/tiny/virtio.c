/* virtio over MMIO, version 2 (virtio 1.1, section 4.2.2), with split queues (section 2.6). */
#include "tiny.h"

#define MAGIC 0x000
#define VERSION 0x004
#define DEVICE_ID 0x008
#define DEVICE_FEATURES 0x010
#define DEVICE_FEATURES_SEL 0x014
#define DRIVER_FEATURES 0x020
#define DRIVER_FEATURES_SEL 0x024
#define QUEUE_SEL 0x030
#define QUEUE_NUM_MAX 0x034
#define QUEUE_NUM 0x038
#define QUEUE_READY 0x044
#define QUEUE_NOTIFY 0x050
#define INTERRUPT_STATUS 0x060
#define INTERRUPT_ACK 0x064
#define STATUS 0x070
#define QUEUE_DESC 0x080
#define QUEUE_DRIVER 0x090
#define QUEUE_DEVICE 0x0a0

#define ACKNOWLEDGE 1
#define DRIVER 2
#define DRIVER_OK 4
#define FEATURES_OK 8
#define F_VERSION_1_HIGH 1 /* feature bit 32 */

u64 virtio_open(u32 device_id, u32 wanted, u32 *granted) {
    for (int i = 0; i < board.slots; i++) {
        u64 base = board.slot_base[i];
        if (read32(base + MAGIC) != 0x74726976 || read32(base + DEVICE_ID) != device_id)
            continue;
        if (read32(base + VERSION) != 2)
            panic("a virtio device is a legacy one; with QEMU, add -global virtio-mmio.force-legacy=false");
        write32(base + STATUS, 0);
        write32(base + STATUS, ACKNOWLEDGE | DRIVER);
        write32(base + DEVICE_FEATURES_SEL, 0);
        *granted = read32(base + DEVICE_FEATURES) & wanted;
        write32(base + DRIVER_FEATURES_SEL, 0);
        write32(base + DRIVER_FEATURES, *granted);
        write32(base + DRIVER_FEATURES_SEL, 1);
        write32(base + DRIVER_FEATURES, F_VERSION_1_HIGH);
        write32(base + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        if (!(read32(base + STATUS) & FEATURES_OK))
            panic("a virtio device refused its features");
        return base;
    }
    return 0;
}

static void address(u64 reg, const void *p) {
    write32(reg, (u32)(u64)p);
    write32(reg + 4, (u64)p >> 32);
}

void virtio_queue(u64 base, struct queue *q, u32 number) {
    q->base = base;
    q->number = number;
    write32(base + QUEUE_SEL, number);
    if (read32(base + QUEUE_NUM_MAX) < QUEUE_SIZE)
        panic("a virtqueue is too short");
    write32(base + QUEUE_NUM, QUEUE_SIZE);
    address(base + QUEUE_DESC, q->desc);
    address(base + QUEUE_DRIVER, &q->avail);
    address(base + QUEUE_DEVICE, &q->used);
    write32(base + QUEUE_READY, 1);
}

void virtio_ready(u64 base, u32 *irq) {
    write32(base + STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    for (int i = 0; i < board.slots; i++)
        if (board.slot_base[i] == base)
            irq_enable(*irq = board.slot_irq[i]);
}

void virtio_ack(u32 irq) {
    for (int i = 0; i < board.slots; i++)
        if (board.slot_irq[i] == irq)
            write32(board.slot_base[i] + INTERRUPT_ACK, read32(board.slot_base[i] + INTERRUPT_STATUS));
}

void virtio_submit(struct queue *q, u16 head) {
    q->avail.ring[q->avail.index % QUEUE_SIZE] = head;
    barrier(); /* the device must see the entry before the index that covers it */
    *(volatile u16 *)&q->avail.index = q->avail.index + 1;
    barrier();
    write32(q->base + QUEUE_NOTIFY, q->number);
}

int virtio_used(struct queue *q, u32 *id, u32 *length) {
    if (*(volatile u16 *)&q->used.index == q->seen)
        return 0;
    barrier();
    *id = q->used.ring[q->seen % QUEUE_SIZE].id % QUEUE_SIZE;
    *length = q->used.ring[q->seen % QUEUE_SIZE].length;
    q->seen++;
    return 1;
}
