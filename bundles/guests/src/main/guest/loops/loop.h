/*
 * What every loop has around it: machine mode on hart 0, a stack, floating point on, and the test finisher at the end.
 * A loop defines `run`, which returns with everything done. Nothing is printed: time and counts are taken outside.
 */
    .section .text.start, "ax"
    .globl _start
_start:
    csrw mie, zero
    bnez a0, park
    li t0, 1 << 13                  /* mstatus.FS: initial */
    csrw mstatus, t0
    la sp, stack_top
    call run
finish:
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
park:
    wfi
    j park

    .section .bss
    .balign 4096
stack_bottom:
    .skip 4096
stack_top:
    .text
