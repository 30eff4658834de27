/*
 * The counter service over UDP, port 7077, little-endian:
 *
 *   0       4        8          16    17    18      20     24       32
 *   | magic | client | sequence | op  | key | status | 0    | value  |
 *
 * A client has one request on its way and sends it again until it is answered; its sequence numbers grow. The server
 * keeps each client's last answer, so that a request that comes twice counts once.
 */
#include "tiny.h"

#define PORT 7077
#define MESSAGE_MAGIC 0x594e544b /* "KTNY" */
#define OP_INCR 1
#define OP_GET 2
#define OP_ANSWER 0x80
#define RETRY_TICKS 500000ul /* 50 ms at 10 MHz */
#define TRIES_PER_ARP 20     /* the server's address is asked for again each second without an answer */

struct message {
    u32 magic;
    u32 client;
    u64 sequence;
    u8 op;
    u8 key;
    u16 status;
    u32 zero;
    u64 value;
};

static int is_server;
static struct message question, answer;
static int answered;

/* The client's entry; a new client takes the place of the one that was silent longest. */
static struct client_entry *entry_of(u32 client) {
    struct client_entry *oldest = &state.clients[0];
    for (u32 i = 0; i < CLIENTS; i++) {
        struct client_entry *each = &state.clients[i];
        if (each->id == client)
            return each;
        if (each->used_at < oldest->used_at)
            oldest = each;
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->id = client;
    return oldest;
}

static void serve(u32 from, u16 port, struct message *m) {
    if (m->client == 0 || m->key >= KEYS || (m->op != OP_INCR && m->op != OP_GET))
        return;
    if (m->op == OP_GET) {
        m->value = state.counters[m->key];
    } else {
        struct client_entry *entry = entry_of(m->client);
        if (m->sequence < entry->sequence)
            return; /* a copy that the network kept back; its answer was taken long ago */
        if (m->sequence > entry->sequence) {
            entry->sequence = m->sequence;
            entry->used_at = log_records() + 1;
            entry->value = ++state.counters[m->key];
            log_append();
        }
        m->value = entry->value;
    }
    m->op |= OP_ANSWER;
    net_send_udp(from, PORT, port, m, sizeof *m);
}

void udp_received(u32 from, u16 port_from, u16 port_to, const u8 *data, u32 length) {
    struct message m;
    if (port_to != PORT || length != sizeof m)
        return;
    memcpy(&m, data, sizeof m);
    if (m.magic != MESSAGE_MAGIC)
        return;
    if (is_server) {
        serve(from, port_from, &m);
    } else if (m.op == (question.op | OP_ANSWER) && m.client == question.client && m.sequence == question.sequence) {
        answer = m;
        answered = 1;
    }
}

void dirty_pages(void); /* main.c */
int dirtying(void);

void server_run(void) {
    is_server = 1;
    for (;;) {
        net_poll();
        if (dirtying()) {
            dirty_pages();
            irq_poll();
        } else {
            wait_irq();
        }
    }
}

static u64 ask(u32 server) {
    answered = 0;
    for (u32 tries = 1; !answered; tries++) {
        if (tries % TRIES_PER_ARP == 0)
            net_forget(server);
        u64 again = mtime() + RETRY_TICKS;
        int sent = net_send_udp(server, PORT, PORT, &question, sizeof question);
        timer_at(again);
        while (!answered && mtime() < again) {
            wait_irq();
            net_poll();
            /* The first question needs the server's address: it goes out as soon as that is known. */
            if (!sent && !answered)
                sent = net_send_udp(server, PORT, PORT, &question, sizeof question);
        }
    }
    timer_at(~0ul);
    return answer.value;
}

/* `INCR 3`, `GET k3`: the operation and the key, or 0. */
static int parse(const char *line) {
    u8 op = 0;
    if (memcmp(line, "INCR ", 5) == 0)
        op = OP_INCR, line += 5;
    else if (memcmp(line, "GET ", 4) == 0)
        op = OP_GET, line += 4;
    if (*line == 'k')
        line++;
    u32 key = 0;
    if (!op || *line < '0' || *line > '9')
        return 0;
    for (; *line >= '0' && *line <= '9'; line++)
        key = key * 10 + (*line - '0');
    if (*line || key >= KEYS)
        return 0;
    question.op = op;
    question.key = key;
    return 1;
}

void client_run(u32 server) {
    char line[64];
    question.magic = MESSAGE_MAGIC;
    question.client = net_ip();
    /* Grows over reboots of this client, too, so the server never takes a new question for an old one. */
    question.sequence = wall_nanos();
    for (;;) {
        int length = uart_line(line, sizeof line);
        if (length < 0) {
            wait_irq();
            net_poll();
        } else if (length > 0) {
            if (parse(line)) {
                question.sequence++;
                put_number(ask(server));
                put_line("");
            } else {
                put_line("ERR write INCR KEY or GET KEY, KEY from 0 to 15");
            }
        }
    }
}
