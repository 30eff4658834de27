/* The integer work of core.c on the bare machine: about 15,800 M instructions, over ten seconds, as CoreMark asks of a run. */
#include "loop.h"
run:
    addi sp, sp, -16
    sd ra, 0(sp)
    li a0, 150000
    call core
    ld ra, 0(sp)
    addi sp, sp, 16
    ret
