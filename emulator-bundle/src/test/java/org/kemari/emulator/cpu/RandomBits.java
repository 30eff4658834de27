package org.kemari.emulator.cpu;

import java.util.Random;

/** A legal instruction of bit manipulation or Zicond, by chance. */
final class RandomBits {
    /** Opcode, funct7, funct3 of what has two registers. */
    private static final int[][] REGISTERS = {
        {0x33, 0x20, 7},
        {0x33, 0x20, 6},
        {0x33, 0x20, 4},
        {0x33, 5, 1},
        {0x33, 5, 2},
        {0x33, 5, 3},
        {0x33, 5, 4},
        {0x33, 5, 5},
        {0x33, 5, 6},
        {0x33, 5, 7},
        {0x33, 0x30, 1},
        {0x33, 0x30, 5},
        {0x33, 0x10, 2},
        {0x33, 0x10, 4},
        {0x33, 0x10, 6},
        {0x33, 0x24, 1},
        {0x33, 0x24, 5},
        {0x33, 0x34, 1},
        {0x33, 0x14, 1},
        {0x33, 0x14, 2},
        {0x33, 0x14, 4},
        {0x33, 4, 4},
        {0x33, 4, 7},
        {0x33, 7, 5},
        {0x33, 7, 7},
        {0x3b, 4, 0},
        {0x3b, 4, 4},
        {0x3b, 0x10, 2},
        {0x3b, 0x10, 4},
        {0x3b, 0x10, 6},
        {0x3b, 0x30, 1},
        {0x3b, 0x30, 5}
    };

    /** Opcode, funct3, immediate of what has one register and no amount. */
    private static final int[][] COUNTS = {
        {0x13, 1, 0x600},
        {0x13, 1, 0x601},
        {0x13, 1, 0x602},
        {0x13, 1, 0x604},
        {0x13, 1, 0x605},
        {0x13, 5, 0x287},
        {0x13, 5, 0x687},
        {0x13, 5, 0x6b8},
        {0x1b, 1, 0x600},
        {0x1b, 1, 0x601},
        {0x1b, 1, 0x602}
    };

    /** Opcode, funct3, immediate, and how many amounts may be added to that. */
    private static final int[][] AMOUNTS = {
        {0x13, 1, 0x280, 64},
        {0x13, 1, 0x480, 64},
        {0x13, 1, 0x680, 64},
        {0x13, 5, 0x480, 64},
        {0x13, 5, 0x600, 64},
        {0x1b, 1, 0x080, 64},
        {0x1b, 5, 0x600, 32}
    };

    private RandomBits() {}

    static int word(Random random, int rd, int rs1, int rs2) {
        switch (random.nextInt(5)) {
            case 0:
                int[] count = COUNTS[random.nextInt(COUNTS.length)];
                return Assembler.i(count[0], count[1], rd, rs1, count[2]);
            case 1:
                int[] amount = AMOUNTS[random.nextInt(AMOUNTS.length)];
                return Assembler.i(amount[0], amount[1], rd, rs1, amount[2] + random.nextInt(amount[3]));
            default:
                int[] form = REGISTERS[random.nextInt(REGISTERS.length)];
                return Assembler.r(form[0], form[2], form[1], rd, rs1, rs2);
        }
    }
}
