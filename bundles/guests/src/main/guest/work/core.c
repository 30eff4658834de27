#include "core.h"

enum { NODES = 96, SIDE = 20 };

struct node {
    struct node *next;
    short key;
    short value;
};

static struct node nodes[NODES];
static short left[SIDE][SIDE], right[SIDE][SIDE];
static int product[SIDE][SIDE];
static const char text[] = "5012,-34.5,+0.017e-3,0x7,T0.3e,-.5,88172645,1e9,12a,,-7.25E+2,65535,3..1,+42";

static unsigned crc16(unsigned crc, unsigned value) {
    for (int bit = 0; bit < 16; bit++) {
        unsigned odd = (crc ^ value) & 1;
        crc >>= 1;
        value >>= 1;
        if (odd) {
            crc ^= 0xa001;
        }
    }
    return crc;
}

/* Lists: found by walking, reversed, sorted by merging. */

static struct node *find(struct node *list, short key) {
    while (list && list->key != key) {
        list = list->next;
    }
    return list;
}

static struct node *reversed(struct node *list) {
    struct node *done = 0;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static struct node *merged(struct node *a, struct node *b) {
    struct node head, *last = &head;
    while (a && b) {
        struct node **smaller = a->value <= b->value ? &a : &b;
        last->next = *smaller;
        last = *smaller;
        *smaller = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

static struct node *sorted(struct node *list, int count) {
    if (count < 2) {
        return list;
    }
    struct node *half = list;
    for (int i = 1; i < count / 2; i++) {
        half = half->next;
    }
    struct node *rest = half->next;
    half->next = 0;
    return merged(sorted(list, count / 2), sorted(rest, count - count / 2));
}

static unsigned lists(unsigned seed, unsigned crc) {
    for (int i = 0; i < NODES; i++) {
        seed = seed * 1103515245 + 12345;
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : 0;
        nodes[i].key = (short) i;
        nodes[i].value = (short) (seed >> 16);
    }
    struct node *list = sorted(nodes, NODES);
    for (int i = 0; i < 12; i++) {
        struct node *found = find(list, (short) (seed >> i & 127));
        crc = crc16(crc, found ? (unsigned short) found->value : 0);
        list = reversed(list);
    }
    return crc;
}

/* Matrices: times a constant, times each other, sums of bits. */

static unsigned matrices(unsigned seed, unsigned crc) {
    for (int i = 0; i < SIDE; i++) {
        for (int k = 0; k < SIDE; k++) {
            left[i][k] = (short) (seed + i * k);
            right[i][k] = (short) (seed * k - i);
        }
    }
    for (int i = 0; i < SIDE; i++) {
        for (int k = 0; k < SIDE; k++) {
            int sum = 0;
            for (int j = 0; j < SIDE; j++) {
                sum += left[i][j] * right[j][k];
            }
            product[i][k] = sum;
        }
    }
    for (int i = 0; i < SIDE; i++) {
        int sum = 0;
        for (int k = 0; k < SIDE; k++) {
            sum += (product[i][k] >> 2 & 15) * (product[i][k] >> 5 & 127);
        }
        crc = crc16(crc, (unsigned) sum);
    }
    return crc;
}

/* A state machine: which of the words in a text are numbers, and of which kind. */

enum state { START, SIGN, DIGITS, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, SCIENTIFIC, WRONG };

static enum state after(enum state state, char c) {
    int digit = c >= '0' && c <= '9';
    int sign = c == '+' || c == '-';
    switch (state) {
        case START: return digit ? DIGITS : sign ? SIGN : c == '.' ? POINT : WRONG;
        case SIGN: return digit ? DIGITS : c == '.' ? POINT : WRONG;
        case DIGITS: return digit ? DIGITS : c == '.' ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : WRONG;
        case POINT: return digit ? FRACTION : WRONG;
        case FRACTION: return digit ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : WRONG;
        case EXPONENT: return digit ? SCIENTIFIC : sign ? EXPONENT_SIGN : WRONG;
        case EXPONENT_SIGN:
        case SCIENTIFIC: return digit ? SCIENTIFIC : WRONG;
        default: return WRONG;
    }
}

static unsigned words(unsigned seed, unsigned crc) {
    unsigned ends[WRONG + 1] = {0};
    enum state state = START;
    for (unsigned i = 0; i < sizeof text; i++) {
        char c = text[i];
        if (c == ',' || c == 0) {
            ends[state]++;
            state = START;
        } else {
            state = after(state, (char) (c ^ ((seed >> (i & 31)) & 1 && c == '4')));
        }
    }
    for (int i = 0; i <= WRONG; i++) {
        crc = crc16(crc, ends[i]);
    }
    return crc;
}

unsigned core(unsigned rounds) {
    unsigned crc = 0xffff;
    for (unsigned i = 0; i < rounds; i++) {
        crc = lists(i, crc);
        crc = matrices(i, crc);
        for (unsigned k = 0; k < 4; k++) {
            crc = words(i + k, crc);
        }
    }
    return crc;
}
