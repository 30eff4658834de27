/* 8,000 walks over 256 KiB, eight loads of all widths per 64 bytes: 262 M loads in about 426 M instructions. */
#include "loop.h"
run:
    li s0, 8000
    li a0, 0
1:  la t0, area
    li t1, 256 * 1024
    add t1, t0, t1
2:  ld t2, 0(t0)
    ld t3, 8(t0)
    lw t4, 16(t0)
    lwu t5, 20(t0)
    lh t6, 24(t0)
    lbu a1, 32(t0)
    ld a2, 40(t0)
    ld a3, 48(t0)
    add a0, a0, t2
    xor a0, a0, a1
    add a0, a0, a3
    addi t0, t0, 64
    bltu t0, t1, 2b
    addi s0, s0, -1
    bnez s0, 1b
    ret
    .section .bss
    .balign 4096
area:
    .skip 256 * 1024
