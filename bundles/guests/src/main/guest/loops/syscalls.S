/* 1 million system calls from user mode into machine mode and back. About 11 M instructions. */
#include "loop.h"
run:
    la t0, handler
    csrw mtvec, t0
    li t0, -1                       /* user mode may reach all of memory: PMP entry 0, NAPOT */
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 3 << 11                  /* mstatus.MPP: user */
    csrc mstatus, t0
    la t0, user
    csrw mepc, t0
    mret
user:
    li s0, 1000000
    li a0, 0
1:  li a7, 1
    ecall
    addi s0, s0, -1
    bnez s0, 1b
    li a7, 0
    ecall
    .balign 4
handler:
    beqz a7, finish
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    addi a0, a0, 1
    mret
