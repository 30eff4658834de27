/*
 * A load on one device, or on the processor alone, until it is told to stop or is done. The argument says which:
 *
 *     compute   the integer work of core.c for ever; tells after each piece of it
 *     disk      /dev/vda beyond its first mebibyte, past the page cache: in order and at random
 *     serve     TCP port 7000, one connection after the other; the first byte of each says what is wanted
 */
#include "core.h"
#include "system.h"

enum {
    SYS_OPENAT = 56, SYS_CLOSE = 57, SYS_READ = 63, SYS_PREAD64 = 67, SYS_PWRITE64 = 68, SYS_FSYNC = 82,
    SYS_SOCKET = 198, SYS_BIND = 200, SYS_LISTEN = 201, SYS_ACCEPT = 202, SYS_SETSOCKOPT = 208
};
enum { AT_FDCWD = -100, O_RDWR = 2, O_DIRECT = 0x4000 };
enum { AF_INET = 2, SOCK_STREAM = 1, IPPROTO_TCP = 6, TCP_NODELAY = 1 };

#define BLOCK_BYTES (1UL << 20)
#define PAGE_BYTES 4096UL
#define DISK_BLOCKS 128UL
#define DISK_ROUNDS 4
#define RANDOM_READS 20000
#define ROUNDS_A_TURN 3000
#define PORT 7000

static volatile unsigned long result;
static char *buffer;

/* A result below zero is an error: told, and the end. */
static long checked(const char *what, long value) {
    if (value < 0) {
        say(what, -value);
        end(4);
    }
    return value;
}

static void turn(void) {
    result = core(ROUNDS_A_TURN);
}

static void compute(void) {
    for (;;) {
        timed("turn", turn);
    }
}

static long disk;

static void writeInOrder(void) {
    for (int round = 0; round < DISK_ROUNDS; round++) {
        for (unsigned long i = 1; i <= DISK_BLOCKS; i++) {
            buffer[0] = (char) i;
            checked("disk-write-failed",
                    call(SYS_PWRITE64, disk, (long) buffer, BLOCK_BYTES, (long) (i * BLOCK_BYTES), 0, 0));
        }
        checked("disk-flush-failed", call(SYS_FSYNC, disk, 0, 0, 0, 0, 0));
    }
}

static void readInOrder(void) {
    for (int round = 0; round < DISK_ROUNDS; round++) {
        for (unsigned long i = 1; i <= DISK_BLOCKS; i++) {
            checked("disk-read-failed",
                    call(SYS_PREAD64, disk, (long) buffer, BLOCK_BYTES, (long) (i * BLOCK_BYTES), 0, 0));
            if (buffer[0] != (char) i) {
                say("disk-read-wrong", (long) i);
                end(5);
            }
        }
    }
}

static void readAtRandom(void) {
    unsigned long at = 1, pages = DISK_BLOCKS * BLOCK_BYTES / PAGE_BYTES;
    for (int i = 0; i < RANDOM_READS; i++) {
        at = at * 6364136223846793005UL + 1442695040888963407UL;
        unsigned long offset = BLOCK_BYTES + (at >> 33) % pages * PAGE_BYTES;
        checked("disk-read-failed", call(SYS_PREAD64, disk, (long) buffer, PAGE_BYTES, (long) offset, 0, 0));
    }
}

static void useDisk(void) {
    disk = checked("disk-open-failed", call(SYS_OPENAT, AT_FDCWD, (long) "/dev/vda", O_RDWR | O_DIRECT, 0, 0, 0));
    timed("disk-sequential-write", writeInOrder);
    timed("disk-sequential-read", readInOrder);
    timed("disk-random-read", readAtRandom);
}

/* Writes all of it; false if the other side is gone. */
static int sent(long socket, const char *from, unsigned long bytes) {
    while (bytes > 0) {
        long written = call(SYS_WRITE, socket, (long) from, (long) bytes, 0, 0, 0);
        if (written <= 0) {
            return 0;
        }
        from += written;
        bytes -= (unsigned long) written;
    }
    return 1;
}

/* Reads exactly so much, over and over into the same place if there is more than fits; false if it ends before. */
static int received(long socket, unsigned long bytes) {
    while (bytes > 0) {
        unsigned long most = bytes < BLOCK_BYTES ? bytes : BLOCK_BYTES;
        long read = call(SYS_READ, socket, (long) buffer, (long) most, 0, 0, 0);
        if (read <= 0) {
            return 0;
        }
        bytes -= (unsigned long) read;
    }
    return 1;
}

static void echo(long socket) {
    for (;;) {
        long read = call(SYS_READ, socket, (long) buffer, BLOCK_BYTES, 0, 0, 0);
        if (read <= 0 || !sent(socket, buffer, (unsigned long) read)) {
            return;
        }
    }
}

/*
 * e: sends back what comes. t: takes as many mebibytes as the next byte says, and answers with one byte. g: gives as
 * many.
 */
static void converse(long socket) {
    char wanted[2];
    if (call(SYS_READ, socket, (long) wanted, 1, 0, 0, 0) != 1) {
        return;
    }
    if (wanted[0] == 'e') {
        echo(socket);
        return;
    }
    if (call(SYS_READ, socket, (long) (wanted + 1), 1, 0, 0, 0) != 1) {
        return;
    }
    unsigned mebibytes = (unsigned char) wanted[1];
    if (wanted[0] == 't') {
        if (received(socket, (unsigned long) mebibytes << 20)) {
            sent(socket, wanted, 1);
        }
    } else {
        for (unsigned i = 0; i < mebibytes && sent(socket, buffer, BLOCK_BYTES); i++) {
        }
    }
}

static void serve(void) {
    /* struct sockaddr_in: le16 family, be16 port, be32 address 0.0.0.0, padding. */
    unsigned char address[16] = {AF_INET, 0, PORT >> 8, PORT & 255};
    long listening = checked("socket-failed", call(SYS_SOCKET, AF_INET, SOCK_STREAM, 0, 0, 0, 0));
    checked("bind-failed", call(SYS_BIND, listening, (long) address, sizeof address, 0, 0, 0));
    checked("listen-failed", call(SYS_LISTEN, listening, 8, 0, 0, 0, 0));
    say("serving", PORT);
    for (;;) {
        long socket = checked("accept-failed", call(SYS_ACCEPT, listening, 0, 0, 0, 0, 0));
        int on = 1;
        call(SYS_SETSOCKOPT, socket, IPPROTO_TCP, TCP_NODELAY, (long) &on, sizeof on, 0);
        converse(socket);
        call(SYS_CLOSE, socket, 0, 0, 0, 0, 0);
    }
}

void begin(long *stack) {
    const char *kind = stack[0] > 1 ? (const char *) stack[2] : "";
    buffer = map(BLOCK_BYTES);
    for (unsigned long i = 0; i < BLOCK_BYTES; i++) {
        buffer[i] = (char) (i * 7 + (i >> 12));
    }
    switch (*kind) {
        case 'c':
            compute();
            break;
        case 'd':
            useDisk();
            break;
        case 's':
            serve();
            break;
        default:
            say("unknown-kind", stack[0]);
            end(1);
    }
    end(0);
}
