package org.kemari.ft.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.backend.BlockRequest;
import org.kemari.api.machine.Input;
import org.kemari.api.tap.Output;
import org.kemari.api.tap.SealedEpoch.DeviceOutput;

/** Payloads of OUTPUTS, INPUTS and DISK: things of named devices, one after the other. */
public final class OutputList {
    /** Payloads are cut at about this size, well below the bound of a frame. */
    public static final int CUT_BYTES = 1 << 20;

    private static final int FRAME = 0;
    private static final int BYTES = 1;
    private static final int BLOCK = 2;
    /** Kind, device, length. */
    private static final int LEAST_BYTES = 9;

    private static final BlockRequest.Operation[] OPERATIONS = BlockRequest.Operation.values();

    private OutputList() {}

    /** Cuts {@code outputs} into payloads. */
    public static List<byte[]> encode(List<DeviceOutput> outputs) {
        List<byte[]> payloads = new ArrayList<>();
        PayloadWriter out = new PayloadWriter(1024);
        for (DeviceOutput said : outputs) {
            if (out.sizeBytes() >= CUT_BYTES) {
                payloads.add(out.toBytes());
                out = new PayloadWriter(CUT_BYTES);
            }
            if (said.output() instanceof Output.Block block) {
                out = encodeBlock(payloads, out, said.device(), block);
            } else {
                encode(out, said);
            }
        }
        if (out.sizeBytes() > 0) {
            payloads.add(out.toBytes());
        }
        return payloads;
    }

    private static void encode(PayloadWriter out, DeviceOutput said) {
        if (said.output() instanceof Output.Frame frame) {
            encodeFrame(out, said.device(), frame.frame());
        } else if (said.output() instanceof Output.Bytes bytes) {
            out.u8(BYTES).string(said.device()).bytes(bytes.bytes());
        }
    }

    private static void encodeFrame(PayloadWriter out, String device, ByteBuffer frame) {
        out.u8(FRAME).string(device).bytes(frame, frame.position(), frame.remaining());
    }

    /** A large write is cut into several. */
    private static PayloadWriter encodeBlock(
            List<byte[]> payloads, PayloadWriter writer, String device, Output.Block block) {
        BlockRequest request = block.request();
        ByteBuffer data = request.data();
        int length = data.remaining();
        PayloadWriter out = writer;
        int done = 0;
        do {
            int part = Math.min(CUT_BYTES, length - done);
            boolean whole = part == length;
            out.u8(BLOCK)
                    .string(device)
                    .u8(request.operation().ordinal())
                    .u64(request.offset() + done)
                    .u64(whole ? request.lengthBytes() : part)
                    .bytes(data, data.position() + done, part);
            done += part;
            if (out.sizeBytes() >= CUT_BYTES) {
                payloads.add(out.toBytes());
                out = new PayloadWriter(1024);
            }
        } while (done < length);
        return out;
    }

    /** Reads one payload; the devices are not checked. */
    public static List<DeviceOutput> decode(byte[] payload) throws PayloadException {
        PayloadReader in = new PayloadReader(payload);
        List<DeviceOutput> outputs = new ArrayList<>();
        while (in.remaining() >= LEAST_BYTES) {
            int kind = in.u8();
            String device = in.string();
            outputs.add(new DeviceOutput(
                    device,
                    switch (kind) {
                        case FRAME -> new Output.Frame(in.bytes());
                        case BYTES -> new Output.Bytes(in.bytes());
                        case BLOCK -> block(in);
                        default -> throw new PayloadException("kind=" + kind + " of an output does not exist");
                    }));
        }
        in.end();
        return outputs;
    }

    private static Output.Block block(PayloadReader in) throws PayloadException {
        int operation = in.u8();
        if (operation >= OPERATIONS.length || OPERATIONS[operation] == BlockRequest.Operation.READ) {
            throw new PayloadException("operation=" + operation + " changes no disk");
        }
        return new Output.Block(
                0, new BlockRequest(OPERATIONS[operation], in.u64(), in.u64(), ByteBuffer.wrap(in.bytes())));
    }

    /** The same shape for inputs: frames and keys; others are not forwarded. */
    public static void encodeInput(PayloadWriter out, Input input) {
        if (input instanceof Input.FrameReceived frame) {
            encodeFrame(out, frame.device(), frame.frame());
        } else if (input instanceof Input.BytesReceived bytes) {
            out.u8(BYTES).string(bytes.device()).bytes(bytes.bytes());
        }
    }

    public static List<Input> decodeInputs(byte[] payload) throws PayloadException {
        List<Input> inputs = new ArrayList<>();
        for (DeviceOutput item : decode(payload)) {
            if (item.output() instanceof Output.Frame frame) {
                inputs.add(new Input.FrameReceived(item.device(), frame.frame().array()));
            } else if (item.output() instanceof Output.Bytes bytes) {
                inputs.add(new Input.BytesReceived(item.device(), bytes.bytes()));
            } else {
                throw new PayloadException("a block request is no input");
            }
        }
        return inputs;
    }
}
