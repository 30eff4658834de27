/*
 * The work that a benchmark in the Linux guest does, each kind timed by the guest's own clock and told in one line:
 * WORK kind nanoseconds. No library: what runs is what stands here.
 */
#include "core.h"

enum {
    SYS_PIPE2 = 59, SYS_READ = 63, SYS_WRITE = 64, SYS_EXIT = 93, SYS_CLOCK_GETTIME = 113, SYS_GETPPID = 173,
    SYS_MUNMAP = 215, SYS_CLONE = 220, SYS_MMAP = 222, SYS_WAIT4 = 260
};
enum { CLOCK_MONOTONIC = 1, SIGCHLD = 17, READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22, PAGE = 4096 };

#define MEMORY_BYTES (16UL << 20)

static long call(long number, long a, long b, long c, long d, long e, long f) {
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
}

static void end(int status) {
    call(SYS_EXIT, status, 0, 0, 0, 0, 0);
    __builtin_unreachable();
}

static long now(void) {
    long time[2];
    call(SYS_CLOCK_GETTIME, CLOCK_MONOTONIC, (long) time, 0, 0, 0, 0);
    return time[0] * 1000000000L + time[1];
}

static void *map(unsigned long bytes) {
    long at = call(SYS_MMAP, 0, (long) bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    if (at < 0) {
        end(2);
    }
    return (void *) at;
}

static void unmap(void *at, unsigned long bytes) {
    call(SYS_MUNMAP, (long) at, (long) bytes, 0, 0, 0, 0);
}

static long fork(void) {
    return call(SYS_CLONE, SIGCHLD, 0, 0, 0, 0, 0);
}

static void await(void) {
    call(SYS_WAIT4, -1, 0, 0, 0, 0, 0);
}

static volatile unsigned long result;

static void integers(void) {
    result = core(48000);
}

static unsigned long *memory;

static void readInOrder(void) {
    unsigned long sum = 0;
    for (int round = 0; round < 512; round++) {
        for (unsigned long i = 0; i < MEMORY_BYTES / 8; i += 4) {
            sum += memory[i] ^ memory[i + 1] ^ memory[i + 2] ^ memory[i + 3];
        }
    }
    result = sum;
}

static void writeInOrder(void) {
    for (unsigned long round = 0; round < 512; round++) {
        for (unsigned long i = 0; i < MEMORY_BYTES / 8; i += 4) {
            memory[i] = round;
            memory[i + 1] = round;
            memory[i + 2] = round;
            memory[i + 3] = round;
        }
        __asm__ volatile("" ::: "memory");
    }
}

static void readAtRandom(void) {
    unsigned long at = 1, sum = 0;
    for (int i = 0; i < 6000000; i++) {
        at = at * 6364136223846793005UL + 1442695040888963407UL;
        sum += memory[(at >> 33) % (MEMORY_BYTES / 8)];
    }
    result = sum;
}

static __attribute__((noinline)) unsigned long fibonacci(unsigned n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void calls(void) {
    result = fibonacci(38);
}

typedef unsigned long step(unsigned long);
static __attribute__((noinline)) unsigned long plus(unsigned long x) { return x + 0x9e3779b97f4a7c15UL; }
static __attribute__((noinline)) unsigned long times(unsigned long x) { return x * 6364136223846793005UL; }
static __attribute__((noinline)) unsigned long mixed(unsigned long x) { return x ^ x >> 29; }
static __attribute__((noinline)) unsigned long turned(unsigned long x) { return x << 17 | x >> 47; }

static void indirectCalls(void) {
    step *volatile steps[4] = {plus, times, mixed, turned};
    unsigned long x = 1;
    for (int i = 0; i < 80000000; i++) {
        x = steps[x & 3](x);
    }
    result = x;
}

static void floats(void) {
    double x = 0.5, y = 0.25, sum = 0;
    for (int i = 0; i < 40000000; i++) {
        x = x * 1.000000119 + y * 0.5;
        y = y * 0.999999 - x * 0.000001;
        sum += x / (1.0 + y * y);
    }
    result = (unsigned long) sum;
}

static void systemCalls(void) {
    for (int i = 0; i < 1500000; i++) {
        call(SYS_GETPPID, 0, 0, 0, 0, 0, 0);
    }
}

static void pageFaults(void) {
    for (int round = 0; round < 32; round++) {
        volatile char *at = map(8 << 20);
        for (unsigned long i = 0; i < 8 << 20; i += PAGE) {
            at[i] = 1;
        }
        unmap((void *) at, 8 << 20);
    }
}

static void forks(void) {
    for (int i = 0; i < 400; i++) {
        long child = fork();
        if (child == 0) {
            end(0);
        }
        if (child < 0) {
            end(3);
        }
        await();
    }
}

static void contextSwitches(void) {
    int there[2], back[2];
    char token = 0;
    call(SYS_PIPE2, (long) there, 0, 0, 0, 0, 0);
    call(SYS_PIPE2, (long) back, 0, 0, 0, 0, 0);
    if (fork() == 0) {
        for (int i = 0; i < 8000; i++) {
            call(SYS_READ, there[0], (long) &token, 1, 0, 0, 0);
            call(SYS_WRITE, back[1], (long) &token, 1, 0, 0, 0);
        }
        end(0);
    }
    for (int i = 0; i < 8000; i++) {
        call(SYS_WRITE, there[1], (long) &token, 1, 0, 0, 0);
        call(SYS_READ, back[0], (long) &token, 1, 0, 0, 0);
    }
    await();
}

static void say(const char *kind, long nanos) {
    char line[64], digits[24];
    unsigned length = 0, count = 0;
    for (const char *c = "WORK "; *c; c++) {
        line[length++] = *c;
    }
    while (*kind) {
        line[length++] = *kind++;
    }
    line[length++] = ' ';
    do {
        digits[count++] = (char) ('0' + nanos % 10);
        nanos /= 10;
    } while (nanos);
    while (count) {
        line[length++] = digits[--count];
    }
    line[length++] = '\n';
    call(SYS_WRITE, 1, (long) line, length, 0, 0, 0);
}

static void timed(const char *kind, void (*work)(void)) {
    long start = now();
    work();
    say(kind, now() - start);
}

void begin(void) {
    memory = map(MEMORY_BYTES);
    for (unsigned long i = 0; i < MEMORY_BYTES / 8; i++) {
        memory[i] = i;
    }
    timed("integers", integers);
    timed("sequential-read", readInOrder);
    timed("sequential-write", writeInOrder);
    timed("random-read", readAtRandom);
    timed("calls", calls);
    timed("indirect-calls", indirectCalls);
    timed("floats", floats);
    timed("system-calls", systemCalls);
    timed("page-faults", pageFaults);
    timed("forks", forks);
    timed("context-switches", contextSwitches);
    end(0);
}

__asm__(".globl _start\n_start:\n  .option push\n  .option norelax\n  la gp, __global_pointer$\n  .option pop\n"
        "  andi sp, sp, -16\n  call begin\n");
