/*
 * Sleeps until a device interrupts, and reads the device's first register at once: how long an input takes to wake a
 * hart is what lies between the two. The device is in the first virtio slot, but none of virtio's; offset 0 gives it to
 * be read, a write to 4 takes the interrupt back.
 */
    .equ PLIC, 0xc000000
    .equ SOURCE, 1                  /* of the first slot */
    .equ DEVICE, 0x10001000

    .section .text.start, "ax"
    .globl _start
_start:
    li s0, DEVICE
    li s1, PLIC + 0x200000          /* context 0: hart 0, machine mode */
    li t0, PLIC
    li t1, 1
    sw t1, 4 * SOURCE(t0)           /* priority */
    li t0, PLIC + 0x2000
    li t1, 1 << SOURCE
    sw t1, 0(t0)                    /* enabled */
    sw zero, 0(s1)                  /* threshold */
    li t0, 1 << 11
    csrw mie, t0                    /* wakes; with mstatus.MIE clear nothing traps */
sleep:
    wfi
    lw t0, 0(s0)
    sw zero, 4(s0)
    lw t0, 4(s1)                    /* claim */
    beqz t0, sleep
    sw t0, 4(s1)                    /* complete */
    j sleep
