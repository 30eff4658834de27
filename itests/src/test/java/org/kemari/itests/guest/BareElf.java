package org.kemari.itests.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Code as an ELF that starts in M-mode at the beginning of RAM. */
final class BareElf {
    private static final long RAM_BASE = 0x8000_0000L;
    private static final int CODE_OFFSET = 4096;

    private BareElf() {}

    /** One loadable segment at the start of RAM, which is also the entry. Layout: System V ABI, "Object Files". */
    static byte[] of(byte[] code) {
        ByteBuffer elf = ByteBuffer.allocate(CODE_OFFSET + code.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 243).putInt(1); // ET_EXEC, EM_RISCV, EV_CURRENT
        elf.putLong(RAM_BASE).putLong(64).putLong(0).putInt(0); // entry, program headers, no sections, flags
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1); // sizes of headers, number of them
        elf.position(64);
        elf.putInt(1).putInt(5).putLong(CODE_OFFSET); // PT_LOAD, readable and executable
        elf.putLong(RAM_BASE).putLong(RAM_BASE);
        elf.putLong(code.length).putLong(code.length).putLong(CODE_OFFSET);
        elf.position(CODE_OFFSET);
        elf.put(code);
        return elf.array();
    }
}
