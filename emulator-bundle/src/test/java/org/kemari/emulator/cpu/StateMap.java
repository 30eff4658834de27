package org.kemari.emulator.cpu;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.ram.Ram;

/** Saved state in a map of arrays: as much of it as a hart uses. */
final class StateMap implements StateWriter, StateReader {
    private final Map<String, long[]> values = new LinkedHashMap<>();

    static StateMap of(Hart hart) {
        StateMap map = new StateMap();
        hart.save(map);
        return map;
    }

    /** Reads a CSR in M-mode by an instruction, leaving the hart as it was. */
    static long readCsr(BareBoard board, Hart hart, int number) {
        StateMap before = of(hart);
        long at = Ram.BASE + 0xe000;
        new Assembler().raw(Assembler.csrr(31, number)).store(board.ram, at);
        StateMap there = of(hart);
        there.longs("csr")[0] = at;
        there.longs("csr")[1] = 3;
        there.longs("csr")[2] = 0;
        there.longs("csr")[7] &= ~Csr.MIE_BIT;
        try {
            hart.restore(there);
            hart.run(1);
            long value = hart.x(31);
            hart.restore(before);
            return number == Csr.MSTATUS ? value | before.longs("csr")[7] & Csr.MIE_BIT : value;
        } catch (StateFormatException e) {
            throw new AssertionError(e);
        }
    }

    long[] longs(String name) {
        return values.get(name);
    }

    /** Everything, for comparison. */
    String text() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, array) -> text.append(name).append(java.util.Arrays.toString(array)));
        return text.toString();
    }

    @Override
    public void putLongs(String name, long[] value) {
        values.put(name, value.clone());
    }

    @Override
    public long[] getLongs(String name) throws StateFormatException {
        return values.get(name).clone();
    }

    @Override
    public StateWriter section(String name, int version) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putLong(String name, long value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putInt(String name, int value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putBoolean(String name, boolean value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putString(String name, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putBytes(String name, byte[] value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public boolean has(String name) {
        return values.containsKey(name);
    }

    @Override
    public StateReader section(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getLong(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getInt(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean getBoolean(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String getString(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] getBytes(String name) {
        throw new UnsupportedOperationException();
    }
}
