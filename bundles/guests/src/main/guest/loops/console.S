/* 64 M bytes to the UART, one store each: a machine that does nothing but talk, for far longer than its code is new. */
#include "loop.h"
run:
    li t0, 0x10000000
    li t1, 64 * 1024 * 1024
    li t2, '.'
    li t3, '\n'
1:  andi t4, t1, 63
    mv t5, t2
    bnez t4, 2f
    mv t5, t3
2:  sb t5, 0(t0)
    addi t1, t1, -1
    bnez t1, 1b
    ret
