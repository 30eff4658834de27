/* 20 million rounds with four branches that no predictor knows, on bits of a xorshift. About 300 M instructions. */
#include "loop.h"
run:
    li s0, 20000000
    li a0, 88172645463325252
    li a1, 0
1:  slli t0, a0, 13
    xor a0, a0, t0
    srli t0, a0, 7
    xor a0, a0, t0
    slli t0, a0, 17
    xor a0, a0, t0
    bltz a0, 2f
    addi a1, a1, 1
2:  andi t1, a0, 1
    beqz t1, 3f
    addi a1, a1, 2
3:  andi t1, a0, 2
    bnez t1, 4f
    addi a1, a1, 3
4:  bgeu a0, a1, 5f
    xori a1, a1, 5
5:  addi s0, s0, -1
    bnez s0, 1b
    ret
