/* 100 million rounds of 10 instructions: add, logic, shifts, multiply. About 1,000 M instructions. */
#include "loop.h"
run:
    li s0, 100000000
    li a0, 88172645463325252
    li a1, 0x9e3779b97f4a7c15
    li a2, 0
1:  slli t0, a0, 13
    xor a0, a0, t0
    srli t0, a0, 7
    xor a0, a0, t0
    mul t1, a0, a1
    addw t2, t1, a2
    sltu t3, t2, a0
    add a2, a2, t3
    addi s0, s0, -1
    bnez s0, 1b
    ret
