/*
 * Boot arguments:
 *   tiny.role=server|client (or role=), tiny.ip=A.B.C.D (10.77.0.2, a client 10.77.0.3), tiny.server=A.B.C.D (10.77.0.2)
 *   tiny.spin=N       N rounds of arithmetic, then SPIN-DONE and a checksum
 *   tiny.dirty=PAGES  each round of spin, and a server that idles, writes to so many pages, over and over
 *   tiny.off          powers off after the self test (and after spin)
 */
#include "tiny.h"

#define PAGE 4096
#define SERVER_IP 0x0a4d0002 /* 10.77.0.2 */
#define CLIENT_IP 0x0a4d0003
#define STEPS_PER_ROUND 1000

extern u8 __image_end[];
static u64 dirty_count;
static u64 dirty_round;

int dirtying(void) { return dirty_count != 0; }

void dirty_pages(void) {
    volatile u64 *page = (volatile u64 *)__image_end;
    dirty_round++;
    for (u64 i = 0; i < dirty_count; i++, page += PAGE / 8)
        *page = dirty_round * 0x9e3779b97f4a7c15ul + i;
}

static u64 spin(u64 rounds) {
    u64 x = 88172645463325252ul;
    for (u64 i = 0; i < rounds; i++) {
        for (u32 step = 0; step < STEPS_PER_ROUND; step++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        dirty_pages();
    }
    return x;
}

/* What every later line relies on: stores are kept, and time goes on. */
static void self_test(void) {
    volatile u64 *word = (volatile u64 *)(__image_end + dirty_count * PAGE);
    for (u64 i = 0; i < PAGE / 8; i++)
        word[i] = ~i;
    for (u64 i = 0; i < PAGE / 8; i++)
        if (word[i] != ~i)
            panic("RAM does not keep what is stored");
    u64 start = mtime();
    timer_at(start + 10000);
    while (mtime() < start + 10000)
        wait_irq();
    timer_at(~0ul);
    put_line("SELFTEST ok");
}

static int role_is(const char *name, u64 length) {
    const char *role;
    return (bootarg("tiny.role", &role) || bootarg("role", &role)) && memcmp(role, name, length) == 0 && (role[length] == ' ' || !role[length]);
}

void tiny_main(const u8 *tree) {
    const char *value;
    machine_init();
    devicetree_read(tree);
    dirty_count = bootarg_number("tiny.dirty", 0);
    u64 room = ((u64)tree < board.ram_end && (u64)tree > (u64)__image_end ? (u64)tree : board.ram_end)
            - (u64)__image_end;
    if (dirty_count >= room / PAGE)
        panic("tiny.dirty is more than the machine's RAM");
    int server = role_is("server", 6), client = role_is("client", 6);
    if ((bootarg("tiny.role", &value) || bootarg("role", &value)) && !server && !client)
        panic("tiny.role is neither server nor client");
    if (server && log_init()) {
        put("log: ");
        put_number(log_records());
        put_line(" records");
    }
    if (server || client) {
        u32 ip = bootarg_ip("tiny.ip");
        if (!ip)
            ip = server ? SERVER_IP : CLIENT_IP;
        if (!net_init(ip))
            panic("there is no network card");
    }
    put("GUEST-READY tiny ");
    put_number(mtime() / 10000);
    put_line("ms");
    int off = bootarg("tiny.off", &value);
    if (off)
        self_test();
    if (bootarg("tiny.spin", &value)) {
        u64 x = spin(bootarg_number("tiny.spin", 0));
        put("SPIN-DONE ");
        put_number(x);
        put_line("");
    }
    if (off)
        power_off(0);
    if (server)
        server_run();
    if (client)
        client_run(bootarg_ip("tiny.server") ? bootarg_ip("tiny.server") : SERVER_IP);
    for (;;)
        if (dirtying())
            dirty_pages();
        else
            wait_irq();
}
