package org.kemari.ft.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kemari.api.machine.DirtyTracker;
import org.kemari.api.machine.GuestRam;
import org.kemari.ft.protocol.PayloadException;

final class PagesTest {
    private static final int PAGES = 300;

    private static final class Ram implements GuestRam {
        final byte[][] pages = new byte[PAGES][PAGE_BYTES];

        @Override
        public long pageCount() {
            return PAGES;
        }

        @Override
        public DirtyTracker track() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void load(long page, byte[] source, int offset) {
            System.arraycopy(source, offset, pages[(int) page], 0, PAGE_BYTES);
        }

        @Override
        public void read(long page, byte[] target, int offset) {
            System.arraycopy(pages[(int) page], 0, target, offset, PAGE_BYTES);
        }

        @Override
        public void clear(long page) {
            Arrays.fill(pages[(int) page], (byte) 0);
        }
    }

    @Test
    void randomEpochsOfZerosWholePagesAndPiecesGiveTheSameRam() throws PayloadException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Ram primary = new Ram();
        Ram backup = new Ram();
        PageStaging staging = new PageStaging(PAGES);
        // Fewer places than pages: some are pushed out again and again.
        PageEncoder encoder = new PageEncoder(97);
        for (int epoch = 0; epoch < 200; epoch++) {
            staging.clear();
            for (int i = 0; i < random.nextInt(80); i++) {
                int page = random.nextInt(PAGES);
                change(random, primary.pages[page]);
            }
            for (int page = 0; page < PAGES; page++) {
                if (!Arrays.equals(primary.pages[page], backup.pages[page]) || random.nextInt(20) == 0) {
                    staging.accept(page, primary.pages[page], 0);
                }
            }
            for (int from = 0; from < staging.count(); from += PageEncoder.BATCH_PAGES) {
                Packed packed =
                        encoder.encode(staging, from, Math.min(staging.count(), from + PageEncoder.BATCH_PAGES));
                PageBatch.decode(Packed.unpack(packed.payload(), packed.packed()), PAGES)
                        .applyTo(backup);
            }
            for (int page = 0; page < PAGES; page++) {
                assertArrayEquals(primary.pages[page], backup.pages[page], "epoch " + epoch + " page " + page);
            }
        }
    }

    private static void change(Random random, byte[] page) {
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(page, (byte) 0);
            case 1 -> random.nextBytes(page);
            default -> page[random.nextInt(page.length)]++;
        }
    }

    @Test
    void unchangedPiecesDoNotTravel() {
        PageStaging staging = new PageStaging(1);
        PageEncoder encoder = new PageEncoder(16);
        byte[] page = new byte[GuestRam.PAGE_BYTES];
        new Random(1).nextBytes(page);
        staging.accept(5, page, 0);
        assertTrue(encoder.encode(staging, 0, 1).payload().length > 4_000);
        staging.clear();
        page[100]++;
        staging.accept(5, page, 0);
        assertEquals(
                PageRecord.HEADER_BYTES + PageRecord.BITMAP_BYTES + PageRecord.PIECE_BYTES,
                encoder.encode(staging, 0, 1).payload().length);
        assertEquals(0, encoder.encode(staging, 0, 1).payload().length, "not changed at all");
        encoder.forget();
        assertTrue(encoder.encode(staging, 0, 1).payload().length > 4_000, "a new backup knows nothing");
    }

    @Test
    void everyTruncationAndAnyWrongByteIsRefusedOrHarmless() {
        PageStaging staging = new PageStaging(3);
        PageEncoder encoder = new PageEncoder(16);
        byte[] page = new byte[GuestRam.PAGE_BYTES];
        new Random(2).nextBytes(page);
        staging.accept(1, page, 0);
        staging.accept(2, new byte[GuestRam.PAGE_BYTES], 0);
        encoder.encode(staging, 0, 2);
        page[0]++;
        page[4000]++;
        staging.accept(1, page, 0);
        byte[] raw = encoder.encode(staging, 1, 3).payload();
        for (int length = 1; length < raw.length; length++) {
            if (length == PageRecord.HEADER_BYTES) {
                continue;
            }
            byte[] cut = Arrays.copyOf(raw, length);
            assertThrows(PayloadException.class, () -> PageBatch.decode(cut, PAGES), "length " + length);
        }
        for (int i = 0; i < raw.length; i++) {
            byte[] wrong = raw.clone();
            wrong[i] = (byte) 0xee;
            try {
                PageBatch.decode(wrong, PAGES).applyTo(new Ram());
            } catch (PayloadException e) {
                assertTrue(e.getMessage().length() > 5);
            }
        }
    }

    @Test
    void aPageOutsideRamIsRefused() {
        byte[] raw = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, PageRecord.ZERO};
        assertThrows(PayloadException.class, () -> PageBatch.decode(raw, PAGES));
    }

    @Test
    void damagedCompressionIsRefused() throws PayloadException {
        byte[] raw = new byte[100_000];
        Packed packed = Packed.pack(raw, raw.length);
        assertTrue(packed.packed());
        assertArrayEquals(raw, Packed.unpack(packed.payload(), true));
        for (int length = 0; length < packed.payload().length; length++) {
            byte[] cut = Arrays.copyOf(packed.payload(), length);
            assertThrows(PayloadException.class, () -> Packed.unpack(cut, true), "length " + length);
        }
        byte[] huge = packed.payload().clone();
        huge[3] = 0x7f;
        assertThrows(PayloadException.class, () -> Packed.unpack(huge, true));
    }
}
