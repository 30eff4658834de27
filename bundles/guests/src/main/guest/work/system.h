/*
 * What a program under Linux needs of the system, without a library: what runs is what stands here. A program defines
 * `begin`, which gets the stack as the kernel left it: the number of arguments, then the arguments.
 */
#pragma once

enum { SYS_WRITE = 64, SYS_EXIT = 93, SYS_CLOCK_GETTIME = 113, SYS_MMAP = 222 };
enum { CLOCK_MONOTONIC = 1, READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };

void begin(long *stack);

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

/* Tells how long some work took, in one line: WORK kind nanoseconds. */
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

__asm__(".globl _start\n_start:\n  .option push\n  .option norelax\n  la gp, __global_pointer$\n  .option pop\n"
        "  mv a0, sp\n  andi sp, sp, -16\n  call begin\n");
