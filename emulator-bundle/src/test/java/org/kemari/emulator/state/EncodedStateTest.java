package org.kemari.emulator.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;

class EncodedStateTest {
    private static byte[] sample() {
        EncodedStateWriter out = new EncodedStateWriter(3);
        out.putLong("long", -5);
        StateWriter below = out.section("below", 7);
        out.putInt("int", 42);
        below.putBoolean("yes", true);
        below.putString("text", "gr\u00fc\u00df");
        below.section("empty", 1);
        out.putBytes("bytes", new byte[] {1, 2, 3});
        out.putLongs("longs", new long[] {Long.MIN_VALUE, 0, 9});
        return out.encode();
    }

    @Test
    void everyKindComesBackByName() throws Exception {
        EncodedStateReader in = EncodedStateReader.decode(sample());
        assertEquals(3, in.version());
        assertEquals(-5, in.getLong("long"));
        assertEquals(42, in.getInt("int"));
        StateReader below = in.section("below");
        assertEquals(7, below.version());
        assertTrue(below.getBoolean("yes"));
        assertEquals("gr\u00fc\u00df", below.getString("text"));
        assertEquals(1, below.section("empty").version());
        assertArrayEquals(new byte[] {1, 2, 3}, in.getBytes("bytes"));
        assertArrayEquals(new long[] {Long.MIN_VALUE, 0, 9}, in.getLongs("longs"));
        assertFalse(in.has("nothing"));
    }

    @Test
    void equalValuesGiveEqualBytes() {
        assertArrayEquals(sample(), sample());
    }

    @Test
    void aMissingNameOrAnotherKindIsNamed() throws Exception {
        EncodedStateReader in = EncodedStateReader.decode(sample());
        assertTrue(assertThrows(StateFormatException.class, () -> in.getLong("gone"))
                .getMessage()
                .contains("/gone"));
        assertTrue(assertThrows(StateFormatException.class, () -> in.getLong("int"))
                .getMessage()
                .contains("is an int, not a long"));
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = sample();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(StateFormatException.class, () -> EncodedStateReader.decode(cut), "length " + length);
        }
        assertThrows(
                StateFormatException.class, () -> EncodedStateReader.decode(Arrays.copyOf(whole, whole.length + 1)));
    }

    @Test
    void everyFlippedBitIsRefused() {
        byte[] whole = sample();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThrows(StateFormatException.class, () -> EncodedStateReader.decode(flipped), "bit " + bit);
        }
    }

    @Test
    void aNameMayBeWrittenOnceOnly() {
        EncodedStateWriter out = new EncodedStateWriter(1);
        out.putInt("a", 1);
        assertThrows(IllegalArgumentException.class, () -> out.putInt("a", 2));
    }
}
