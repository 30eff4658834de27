/* The work that a benchmark in the Linux guest does, each kind timed by the guest's own clock. */
#include "core.h"
#include "system.h"

enum {
    SYS_PIPE2 = 59,
    SYS_READ = 63,
    SYS_GETPPID = 173,
    SYS_MUNMAP = 215,
    SYS_CLONE = 220,
    SYS_EXECVE = 221,
    SYS_WAIT4 = 260
};
enum { SIGCHLD = 17, PAGE = 4096 };

#define MEMORY_BYTES (16UL << 20)

static void unmap(void *at, unsigned long bytes) {
    call(SYS_MUNMAP, (long) at, (long) bytes, 0, 0, 0, 0);
}

static long fork(void) {
    return call(SYS_CLONE, SIGCHLD, 0, 0, 0, 0, 0);
}

/* For a child, which has to end well. */
static void await(void) {
    int status = 0;
    if (call(SYS_WAIT4, -1, (long) &status, 0, 0, 0, 0) < 0 || status != 0) {
        end(3);
    }
}

static volatile unsigned long result;

static long nanosOf(unsigned rounds) {
    long start = now();
    result = core(rounds);
    return now() - start;
}

/*
 * As CoreMark's rules want it: ten seconds, and how many rounds that takes is found out before, uncounted. Told is the
 * time of so many rounds, however many there were.
 */
static void integers(void) {
    const unsigned told = 48000;
    const long second = 1000000000;
    unsigned rounds = 1000;
    long nanos = nanosOf(rounds);
    while (nanos < second) {
        rounds *= 2;
        nanos = nanosOf(rounds);
    }
    rounds = (unsigned) (10 * second * rounds / nanos) + 1;
    say("integers", nanosOf(rounds) * told / rounds);
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

/* So many children, one after the other; each does `life`, which ends it. */
static void children(void (*life)(void)) {
    for (int i = 0; i < 400; i++) {
        long child = fork();
        if (child == 0) {
            life();
        }
        if (child < 0) {
            end(3);
        }
        await();
    }
}

static void endAtOnce(void) {
    end(0);
}

static void forks(void) {
    children(endAtOnce);
}

/* This program's file. */
static const char *self;

/* Started with an argument, this program ends at once. */
static void becomeAnother(void) {
    const char *arguments[] = {self, "end", 0}, *environment[] = {0};
    call(SYS_EXECVE, (long) self, (long) arguments, (long) environment, 0, 0, 0);
    end(4);
}

static void execs(void) {
    children(becomeAnother);
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

void begin(long *stack) {
    if (stack[0] > 1) {
        end(0);
    }
    self = (const char *) stack[1];
    memory = map(MEMORY_BYTES);
    for (unsigned long i = 0; i < MEMORY_BYTES / 8; i++) {
        memory[i] = i;
    }
    integers();
    timed("sequential-read", readInOrder);
    timed("sequential-write", writeInOrder);
    timed("random-read", readAtRandom);
    timed("calls", calls);
    timed("indirect-calls", indirectCalls);
    timed("floats", floats);
    timed("system-calls", systemCalls);
    timed("page-faults", pageFaults);
    timed("forks", forks);
    timed("execs", execs);
    timed("context-switches", contextSwitches);
    end(0);
}
