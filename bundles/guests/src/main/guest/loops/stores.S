/* 8,000 walks over 256 KiB, eight stores of all widths per 64 bytes: 262 M stores in about 360 M instructions. */
#include "loop.h"
run:
    li s0, 8000
1:  la t0, area
    li t1, 256 * 1024
    add t1, t0, t1
2:  sd s0, 0(t0)
    sd t0, 8(t0)
    sw s0, 16(t0)
    sw t0, 20(t0)
    sh s0, 24(t0)
    sb t0, 32(t0)
    sd t1, 40(t0)
    sd s0, 48(t0)
    addi t0, t0, 64
    xor t2, t2, t0
    bltu t0, t1, 2b
    addi s0, s0, -1
    bnez s0, 1b
    ret
    .section .bss
    .balign 4096
area:
    .skip 256 * 1024
