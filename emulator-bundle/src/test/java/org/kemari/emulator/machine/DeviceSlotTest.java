package org.kemari.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.kemari.api.device.Device;
import org.kemari.api.device.DeviceHost;
import org.kemari.api.device.DeviceSpec;
import org.kemari.api.device.GuestMemory;
import org.kemari.api.device.InterruptLine;
import org.kemari.api.machine.Inbox;
import org.kemari.api.machine.Input;
import org.kemari.api.state.StateFormatException;
import org.kemari.emulator.ram.Ram;
import org.kemari.emulator.state.EncodedStateReader;
import org.kemari.emulator.state.EncodedStateWriter;

/**
 * What the guest writes to a device whose model is gone is done once, and only where the machine is live; a model's state
 * is taken and put back where it may have changed, and left alone where it cannot have.
 */
class DeviceSlotTest {
    private static final long BASE = 0x10001000;
    private static final int NOTIFY = 0x50;

    private record Host(String vm, GuestMemory memory, InterruptLine interrupt, Inbox inbox) implements DeviceHost {}

    private final PlainDevice.Maker maker = new PlainDevice.Maker();

    private DeviceSlot slot() {
        return new DeviceSlot("test", spec(), BASE, 0x1000, level -> {});
    }

    private DeviceSlot slotWithModel() {
        DeviceSlot slot = slot();
        slot.insert(model());
        return slot;
    }

    private Device model() {
        return maker.create(spec(), new Host("test", new Ram(1 << 20), level -> {}, new InputQueue(new Signal())));
    }

    private static DeviceSpec spec() {
        return new DeviceSpec(PlainDevice.TYPE, "plain0", Map.of());
    }

    private static byte[] save(DeviceSlot slot) {
        EncodedStateWriter out = new EncodedStateWriter(1);
        slot.save(out);
        return out.encode();
    }

    /** A live machine's state, whose guest has notified a model that is gone. */
    private byte[] stateWithHeldWrites() {
        DeviceSlot slot = slotWithModel();
        slot.goLive();
        slot.detach();
        slot.write(BASE + NOTIFY, 4, 7);
        slot.write(BASE + NOTIFY, 4, 8);
        byte[] state = save(slot);
        maker.events.clear();
        return state;
    }

    @Test
    void aStandbyDoesWhatWasWrittenWhenItGoesLiveAndNotBefore() throws StateFormatException {
        byte[] state = stateWithHeldWrites();
        DeviceSlot standby = slotWithModel();
        // Tried before it is acknowledged, and put in place when it is needed.
        standby.restore(EncodedStateReader.decode(state));
        standby.restore(EncodedStateReader.decode(state));
        assertEquals(List.of(), maker.events());
        standby.goLive();
        assertEquals(List.of("live", "notified 7", "notified 8"), maker.events());
        standby.goLive();
        assertEquals(List.of("live", "notified 7", "notified 8", "live"), maker.events());
    }

    @Test
    void aStandbysStateStillHasWhatWasWritten() throws StateFormatException {
        DeviceSlot standby = slotWithModel();
        standby.restore(EncodedStateReader.decode(stateWithHeldWrites()));
        DeviceSlot next = slotWithModel();
        next.restore(EncodedStateReader.decode(save(standby)));
        next.goLive();
        assertEquals(List.of("live", "notified 7", "notified 8"), maker.events());
    }

    @Test
    void aModelThatComesToAStandbyWaitsForItsStart() throws StateFormatException {
        byte[] state = stateWithHeldWrites();
        DeviceSlot standby = slot();
        standby.restore(EncodedStateReader.decode(state));
        standby.attach(model());
        assertEquals(List.of(), maker.events());
        standby.goLive();
        assertEquals(List.of("live", "notified 7", "notified 8"), maker.events());
    }

    @Test
    void aModelThatComesBackToALiveMachineDoesItAtOnce() throws StateFormatException {
        DeviceSlot slot = slotWithModel();
        slot.goLive();
        slot.detach();
        slot.write(BASE + NOTIFY, 4, 7);
        maker.events.clear();
        slot.attach(model());
        assertEquals(List.of("notified 7"), maker.events());
    }

    @Test
    void aModelThatNothingWasDoneToIsNotAskedForItsStateAgain() {
        DeviceSlot slot = slotWithModel();
        PlainDevice model = maker.made.get(0);
        assertArrayEquals(save(slot), save(slot));
        assertEquals(1, model.saves);
        List<Consumer<DeviceSlot>> touches = List.of(
                touched -> touched.write(BASE + NOTIFY, 4, 7),
                touched -> touched.read(BASE, 4),
                touched -> touched.accept(new Input.BytesReceived("plain0", new byte[] {1})),
                DeviceSlot::goLive);
        for (Consumer<DeviceSlot> touch : touches) {
            int before = model.saves;
            touch.accept(slot);
            assertArrayEquals(save(slot), save(slot));
            assertEquals(before + 1, model.saves);
        }
    }

    @Test
    void whatIsTriedAgainIsReadAgainOnlyIfItDiffers() throws StateFormatException {
        DeviceSlot source = slotWithModel();
        byte[] before = save(source);
        source.write(BASE + NOTIFY, 4, 7);
        byte[] after = save(source);
        DeviceSlot standby = slotWithModel();
        PlainDevice model = maker.made.get(1);
        for (byte[] state : List.of(before, before, after, after, before)) {
            standby.restore(EncodedStateReader.decode(state));
            assertArrayEquals(state, save(standby));
        }
        assertEquals(3, model.restores);
        assertEquals(0, model.saves);
    }

    @Test
    void whatAModelDidAfterItWasRestoredIsUndoneByTheSameState() throws StateFormatException {
        DeviceSlot slot = slotWithModel();
        byte[] state = save(slot);
        slot.restore(EncodedStateReader.decode(state));
        slot.write(BASE + NOTIFY, 4, 7);
        slot.restore(EncodedStateReader.decode(state));
        assertEquals(1, maker.made.get(0).restores);
        assertArrayEquals(state, save(slot));
    }

    @Test
    void aStateThatAModelRefusesLeavesWhatItHad() throws StateFormatException {
        DeviceSlot slot = slotWithModel();
        slot.write(BASE + NOTIFY, 4, 7);
        byte[] state = save(slot);
        EncodedStateWriter other = new EncodedStateWriter(1);
        other.putString("type", PlainDevice.TYPE);
        other.putBoolean("silent", false);
        other.putBytes("state", new EncodedStateWriter(1).encode());
        other.putLongs("heldWrites", new long[0]);
        EncodedStateReader refused = EncodedStateReader.decode(other.encode());
        assertThrows(StateFormatException.class, () -> slot.restore(refused));
        assertArrayEquals(state, save(slot));
    }

    @Test
    void anotherModelInThePlaceOfTheFirstIsAskedItself() throws StateFormatException {
        DeviceSlot slot = slotWithModel();
        slot.write(BASE + NOTIFY, 4, 7);
        byte[] state = save(slot);
        slot.detach();
        slot.attach(model());
        assertArrayEquals(state, save(slot));
        assertEquals(1, maker.made.get(1).restores);
        assertEquals(1, maker.made.get(1).saves);
    }
}
