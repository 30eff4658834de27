/* The board: UART 16550, CLINT timer, PLIC, test finisher, Goldfish RTC, at the places of QEMU's `virt`. */
#include "tiny.h"

#define FINISHER 0x100000ul
#define RTC 0x101000ul
#define CLINT_MTIMECMP 0x2004000ul
#define CLINT_MTIME 0x200bff8ul
#define PLIC 0xc000000ul
#define PLIC_ENABLE (PLIC + 0x2000) /* context 0: hart 0, machine mode */
#define PLIC_THRESHOLD (PLIC + 0x200000)
#define PLIC_CLAIM (PLIC + 0x200004)
#define UART 0x10000000ul
#define UART_IRQ 10
#define UART_IER 1
#define UART_FCR 2
#define UART_LCR 3
#define UART_LSR 5
#define LSR_DATA 0x01
#define LSR_THR_EMPTY 0x20
#define MIE_MTIE (1ul << 7)
#define MIE_MEIE (1ul << 11)

/* Typed bytes that nobody has read; what does not fit is lost, as on a real line. */
static char typed[1024];
static u32 typed_in, typed_out;

static u8 uart_read(u32 reg) { return *(volatile u8 *)(UART + reg); }
static void uart_write(u32 reg, u8 value) { *(volatile u8 *)(UART + reg) = value; }

void machine_init(void) {
    uart_write(UART_LCR, 3); /* 8 bits, no parity */
    uart_write(UART_FCR, 1);
    uart_write(UART_IER, 1); /* interrupt on received data */
    write32(PLIC_THRESHOLD, 0);
    timer_at(~0ul);
    irq_enable(UART_IRQ);
    __asm__ volatile("csrs mie, %0" ::"r"(MIE_MTIE | MIE_MEIE));
}

void irq_enable(u32 source) {
    write32(PLIC + 4 * source, 1);
    u64 word = PLIC_ENABLE + source / 32 * 4;
    write32(word, read32(word) | 1u << source % 32);
}

void irq_poll(void) {
    u32 source;
    while ((source = read32(PLIC_CLAIM)) != 0) {
        if (source == UART_IRQ) {
            while (uart_read(UART_LSR) & LSR_DATA) {
                char c = uart_read(0);
                if (typed_in - typed_out < sizeof typed)
                    typed[typed_in++ % sizeof typed] = c;
            }
        } else {
            virtio_ack(source);
        }
        write32(PLIC_CLAIM, source);
    }
}

/* With mstatus.MIE clear an interrupt that is enabled in mie ends WFI and traps nowhere, so none is lost before it. */
void wait_irq(void) {
    __asm__ volatile("wfi" ::: "memory");
    irq_poll();
}

u64 mtime(void) { return *(volatile u64 *)CLINT_MTIME; }

void timer_at(u64 tick) { *(volatile u64 *)CLINT_MTIMECMP = tick; }

u64 wall_nanos(void) {
    u64 low = read32(RTC); /* reading the low half latches the high one */
    return (u64)read32(RTC + 4) << 32 | low;
}

int uart_line(char *line, int size) {
    for (u32 at = typed_out; at != typed_in; at++) {
        char c = typed[at % sizeof typed];
        if (c != '\n' && c != '\r')
            continue;
        int length = 0;
        for (; typed_out != at; typed_out++)
            if (length < size - 1)
                line[length++] = typed[typed_out % sizeof typed];
        typed_out++;
        line[length] = 0;
        return length;
    }
    if (typed_in - typed_out == sizeof typed)
        typed_out = typed_in; /* a line that long is no command */
    return -1;
}

void put_char(char c) {
    while (!(uart_read(UART_LSR) & LSR_THR_EMPTY))
        ;
    uart_write(0, c);
}

void put(const char *text) {
    for (; *text; text++)
        put_char(*text);
}

void put_number(u64 value) {
    char digits[21];
    int at = sizeof digits;
    digits[--at] = 0;
    do
        digits[--at] = '0' + value % 10;
    while ((value /= 10) != 0);
    put(digits + at);
}

void put_line(const char *text) {
    put(text);
    put("\r\n");
}

void power_off(u32 code) {
    write32(FINISHER, code == 0 ? 0x5555 : code << 16 | 0x3333);
    for (;;)
        __asm__ volatile("wfi");
}

void panic(const char *text) {
    put("tiny: ");
    put_line(text);
    power_off(1);
}

void trap_panic(u64 cause, u64 at, u64 value) {
    put("tiny: trap, cause ");
    put_number(cause);
    put(" at ");
    put_number(at);
    put(" value ");
    put_number(value);
    put_line("");
    power_off(2);
}

void *memcpy(void *to, const void *from, u64 length) {
    u8 *t = to;
    const u8 *f = from;
    while (length--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, u64 length) {
    u8 *t = to;
    while (length--)
        *t++ = value;
    return to;
}

int memcmp(const void *left, const void *right, u64 length) {
    const u8 *l = left, *r = right;
    for (; length; length--, l++, r++)
        if (*l != *r)
            return *l - *r;
    return 0;
}
