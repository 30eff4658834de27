/* 4 million rounds of a call that calls, with frames, one of them through a register. About 100 M instructions. */
#include "loop.h"
run:
    addi sp, sp, -16
    sd ra, 0(sp)
    sd s0, 8(sp)
    li s0, 4000000
    li a0, 1
    la s1, leaf
1:  call outer
    jalr s1
    addi s0, s0, -1
    bnez s0, 1b
    ld ra, 0(sp)
    ld s0, 8(sp)
    addi sp, sp, 16
    ret
outer:
    addi sp, sp, -16
    sd ra, 0(sp)
    sd s2, 8(sp)
    mv s2, a0
    call leaf
    add a0, a0, s2
    call leaf
    ld s2, 8(sp)
    ld ra, 0(sp)
    addi sp, sp, 16
    ret
leaf:
    slli t0, a0, 1
    xor a0, a0, t0
    ret
