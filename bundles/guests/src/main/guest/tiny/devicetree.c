/* Reads the flattened device tree (Devicetree Specification 0.4, chapter 5): boot arguments, RAM, virtio-mmio slots. */
#include "tiny.h"

#define FDT_MAGIC 0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE 2
#define FDT_PROP 3
#define FDT_NOP 4
#define MAX_DEPTH 16

struct board board;

static u32 be32(const u8 *p) { return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static u64 be64(const u8 *p) { return (u64)be32(p) << 32 | be32(p + 4); }

static int same(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static int starts(const char *text, const char *with) {
    while (*with)
        if (*text++ != *with++)
            return 0;
    return 1;
}

/* What the node at hand has said of itself so far. */
struct node {
    int is_memory, is_chosen, is_virtio;
    u64 reg, size;
    u32 irq;
};

static void property(struct node *n, const char *name, const u8 *value, u32 length) {
    if (n->is_chosen && same(name, "bootargs")) {
        u32 count = length < sizeof board.bootargs ? length : sizeof board.bootargs - 1;
        memcpy(board.bootargs, value, count);
    } else if (same(name, "compatible")) {
        n->is_virtio = same((const char *)value, "virtio,mmio");
    } else if (same(name, "reg") && length >= 16) {
        n->reg = be64(value);
        n->size = be64(value + 8);
    } else if (same(name, "interrupts") && length >= 4) {
        n->irq = be32(value);
    }
}

static void end_node(const struct node *n) {
    if (n->is_memory)
        board.ram_end = n->reg + n->size;
    if (n->is_virtio && board.slots < 32) {
        board.slot_base[board.slots] = n->reg;
        board.slot_irq[board.slots++] = n->irq;
    }
}

void devicetree_read(const u8 *tree) {
    if (be32(tree) != FDT_MAGIC)
        panic("a1 points at no device tree");
    const u8 *at = tree + be32(tree + 8);
    const char *strings = (const char *)tree + be32(tree + 12);
    struct node nodes[MAX_DEPTH];
    int depth = -1;
    for (;;) {
        u32 token = be32(at);
        at += 4;
        if (token == FDT_BEGIN_NODE) {
            const char *name = (const char *)at;
            if (++depth >= MAX_DEPTH)
                panic("the device tree is too deep");
            memset(&nodes[depth], 0, sizeof nodes[depth]);
            nodes[depth].is_memory = starts(name, "memory@");
            nodes[depth].is_chosen = same(name, "chosen");
            while (*at)
                at++;
            at = (const u8 *)(((u64)at + 4) & ~3ul);
        } else if (token == FDT_END_NODE) {
            end_node(&nodes[depth]);
            depth--;
        } else if (token == FDT_PROP) {
            u32 length = be32(at);
            property(&nodes[depth], strings + be32(at + 4), at + 8, length);
            at = (const u8 *)(((u64)at + 8 + length + 3) & ~3ul);
        } else if (token != FDT_NOP) {
            return;
        }
    }
}

int bootarg(const char *name, const char **value) {
    const char *at = board.bootargs;
    while (*at) {
        while (*at == ' ')
            at++;
        const char *n = name;
        while (*n && *at == *n)
            at++, n++;
        if (!*n && (!*at || *at == ' ' || *at == '=')) {
            *value = *at == '=' ? at + 1 : at;
            return 1;
        }
        while (*at && *at != ' ')
            at++;
    }
    return 0;
}

u64 bootarg_number(const char *name, u64 otherwise) {
    const char *at;
    if (!bootarg(name, &at))
        return otherwise;
    u64 value = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        value = value * 10 + (*at - '0');
    return value;
}

u32 bootarg_ip(const char *name) {
    const char *at;
    if (!bootarg(name, &at))
        return 0;
    u32 ip = 0;
    for (int i = 0; i < 4; i++) {
        u32 part = 0;
        for (; *at >= '0' && *at <= '9'; at++)
            part = part * 10 + (*at - '0');
        if (part > 255 || (i < 3 && *at++ != '.'))
            panic("an address in the boot arguments is not of the form 10.77.0.2");
        ip = ip << 8 | part;
    }
    return ip;
}
