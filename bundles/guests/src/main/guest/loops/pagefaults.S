/*
 * 100,000 page faults under Sv39 (privileged architecture, section 10.4): supervisor mode touches 500 pages, each of
 * which is missing; the machine-mode handler maps it and goes on; then all are taken away, 200 times.
 * The root table maps RAM as one gigapage onto itself, and the pages at 0x40000000 by three levels.
 */
#include "loop.h"
#define PAGES 500
#define WINDOW 0x40000000
run:
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    la s1, root
    la s2, middle
    la s3, leaves
    la s4, frame
    srli t1, s2, 12
    slli t1, t1, 10
    ori t1, t1, 1                   /* V: a pointer */
    sd t1, 8(s1)                    /* VPN[2] = 1: 0x40000000 */
    li t1, (0x80000000 >> 2) | 0xcf /* D A X W R V */
    sd t1, 16(s1)                   /* VPN[2] = 2: 0x80000000 */
    srli t1, s3, 12
    slli t1, t1, 10
    ori t1, t1, 1
    sd t1, 0(s2)
    srli s4, s4, 12
    slli s4, s4, 10
    ori s4, s4, 0xc7                /* D A W R V: the one frame behind every page */
    srli t0, s1, 12
    li t1, 8 << 60
    or t0, t0, t1
    csrw satp, t0
    sfence.vma
    li t0, 3 << 11                  /* mstatus.MPP: supervisor */
    csrc mstatus, t0
    li t0, 1 << 11
    csrs mstatus, t0
    la t0, supervisor
    csrw mepc, t0
    li s5, WINDOW
    mret
supervisor:
    li s0, 200
1:  li t1, PAGES
    mv t2, s5
    li t3, 4096
2:  sd s0, 0(t2)                    /* faults, is mapped, is done again */
    add t2, t2, t3
    addi t1, t1, -1
    bnez t1, 2b
    li t1, PAGES
    mv t2, s3
3:  sd zero, 0(t2)
    addi t2, t2, 8
    addi t1, t1, -1
    bnez t1, 3b
    sfence.vma
    addi s0, s0, -1
    bnez s0, 1b
    ecall
    .balign 4
handler:
    csrr t4, mcause
    li t5, 9                        /* the ecall that ends it */
    beq t4, t5, finish
    li t5, 15                       /* store page fault; anything else is a fault of the machine */
    bne t4, t5, failed
    csrr t4, mtval
    sub t5, t4, s5
    srli t5, t5, 12
    slli t5, t5, 3
    add t5, t5, s3
    sd s4, 0(t5)
    sfence.vma t4
    mret
failed:
    li t0, 0x100000
    li t1, 0x13333
    sw t1, 0(t0)
    j park
    .section .bss
    .balign 4096
root:
    .skip 4096
middle:
    .skip 4096
leaves:
    .skip 4096
frame:
    .skip 4096
