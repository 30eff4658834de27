# Machine mode from the first instruction on: a0 is the hart, a1 the device tree. One hart works, the others sleep.
    .section .text.start, "ax"
    .globl _start
_start:
    csrw mie, zero
    csrw mstatus, zero
    la t0, trap
    csrw mtvec, t0
    bnez a0, park
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sd zero, 0(t0)
    addi t0, t0, 8
    j 1b
2:  la sp, __stack_top
    mv a0, a1
    call tiny_main
    li a0, 0
    call power_off
park:
    wfi
    j park

# Interrupts are only waited for (WFI with mstatus.MIE clear), so every trap is a fault of ours.
    .align 2
trap:
    la sp, __stack_top
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    call trap_panic
