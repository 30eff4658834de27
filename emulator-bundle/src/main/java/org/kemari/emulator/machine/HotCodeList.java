package org.kemari.emulator.machine;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.state.StateFormatException;
import org.kemari.emulator.cpu.HotPlace;

/**
 * What code is hot, hart by hart, as it travels to a machine that stands by. Little-endian:
 *
 * <pre>
 *  u8 format | u8 number of harts | by hart: u16 number of places | by place: u32 page | u16 entry | u8 context
 * </pre>
 */
final class HotCodeList {
    /** More would not be compiled before a failover, and would keep what is hotter waiting. */
    static final int MAX_PLACES = 150;

    private static final int FORMAT = 1;
    private static final int PLACE_BYTES = 7;

    private HotCodeList() {}

    static byte[] encode(List<List<HotPlace>> harts) {
        int places = harts.stream().mapToInt(List::size).sum();
        ByteBuffer out = ByteBuffer.allocate(2 + 2 * harts.size() + PLACE_BYTES * places)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) FORMAT)
                .put((byte) harts.size());
        for (List<HotPlace> hart : harts) {
            out.putShort((short) hart.size());
            for (HotPlace place : hart) {
                out.putInt(place.page()).putShort((short) place.entry()).put((byte) place.context());
            }
        }
        return out.array();
    }

    /** @throws StateFormatException if it is cut short, or of another format or number of harts */
    static List<List<HotPlace>> decode(byte[] list, int hartCount) throws StateFormatException {
        ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int format = in.get();
            int harts = in.get();
            if (format != FORMAT || harts != hartCount) {
                throw new StateFormatException("hot code list: format=" + format + " harts=" + harts
                        + ", expected format=" + FORMAT + " harts=" + hartCount);
            }
            List<List<HotPlace>> all = new ArrayList<>();
            for (int hart = 0; hart < harts; hart++) {
                int count = in.getShort() & 0xffff;
                if (count > MAX_PLACES) {
                    throw new StateFormatException(
                            "hot code list: " + count + " places of hart " + hart + ", at most " + MAX_PLACES);
                }
                List<HotPlace> places = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    places.add(new HotPlace(in.getInt(), in.getShort(), in.get()));
                }
                all.add(places);
            }
            return all;
        } catch (BufferUnderflowException e) {
            throw new StateFormatException("hot code list is cut short at " + list.length + " bytes", e);
        }
    }
}
