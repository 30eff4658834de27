package org.kemari.emulator.sbi;

import java.util.Arrays;
import org.kemari.api.device.GuestAddressException;
import org.kemari.api.state.StateFormatException;
import org.kemari.api.state.StateReader;
import org.kemari.api.state.StateWriter;
import org.kemari.emulator.board.HartInterrupts;
import org.kemari.emulator.cpu.Hart;
import org.kemari.emulator.cpu.PrivilegeMode;

/** Answers SBI calls: base, TIME, IPI, RFENCE, HSM, SRST, DBCN, and of the legacy calls timer, console and shutdown. */
public final class SupervisorBinaryInterface {
    private static final int A0 = 10;
    private static final int A1 = 11;
    private static final int A2 = 12;
    private static final int A6 = 16;
    private static final int A7 = 17;

    // SBI 2.0 chapter 3: error codes.
    private static final long SUCCESS = 0;
    private static final long ERR_FAILED = -1;
    private static final long ERR_NOT_SUPPORTED = -2;
    private static final long ERR_INVALID_PARAM = -3;
    private static final long ERR_INVALID_ADDRESS = -5;
    private static final long ERR_ALREADY_AVAILABLE = -6;

    // SBI 2.0: extension numbers.
    private static final long LEGACY_SET_TIMER = 0;
    private static final long LEGACY_PUTCHAR = 1;
    private static final long LEGACY_GETCHAR = 2;
    private static final long LEGACY_SHUTDOWN = 8;
    private static final long BASE = 0x10;
    private static final long TIME = 0x54494d45;
    private static final long IPI = 0x735049;
    private static final long RFENCE = 0x52464e43;
    private static final long HSM = 0x48534d;
    private static final long SRST = 0x53525354;
    private static final long DBCN = 0x4442434e;

    private static final long SPECIFICATION_2_0 = 0x02000000;
    private static final long IMPLEMENTATION = 0x4b4d;
    private static final long HSM_STARTED = 0;
    private static final long HSM_STOPPED = 1;
    /** Bounds what one console call copies; the caller is told how much was taken. */
    private static final long MAX_CONSOLE_BYTES = 4096;

    private final SbiPlatform platform;
    /** What sbi_set_timer asked for, per hart; all ones if nothing. */
    private final long[] timer;

    public SupervisorBinaryInterface(SbiPlatform platform) {
        this.platform = platform;
        this.timer = new long[platform.hartCount()];
        Arrays.fill(timer, -1);
    }

    public long timer(int hart) {
        return timer[hart];
    }

    /** The guest programs stimecmp itself: what it asked of us before no longer counts. */
    public void timerCompareWritten(int hart) {
        timer[hart] = -1;
    }

    /** Does the call that the hart's registers describe; true, since every call has an answer. */
    public boolean call(Hart hart) {
        long extension = hart.x(A7);
        long function = hart.x(A6);
        if (extension <= LEGACY_SHUTDOWN && extension >= 0) {
            hart.setX(A0, legacy(hart, extension));
        } else if (extension == BASE) {
            base(hart, function);
        } else if (extension == TIME && function == 0) {
            setTimer(hart, hart.x(A0));
            answer(hart, SUCCESS, 0);
        } else if (extension == IPI && function == 0) {
            answer(hart, eachHart(hart, target -> target.setInterrupt(HartInterrupts.SSIP, true)), 0);
        } else if (extension == RFENCE) {
            remoteFence(hart, function);
        } else if (extension == HSM) {
            hartState(hart, function);
        } else if (extension == SRST && function == 0) {
            systemReset(hart);
        } else if (extension == DBCN) {
            debugConsole(hart, function);
        } else {
            answer(hart, ERR_NOT_SUPPORTED, 0);
        }
        return true;
    }

    private static void answer(Hart hart, long error, long value) {
        hart.setX(A0, error);
        hart.setX(A1, value);
    }

    private long legacy(Hart hart, long extension) {
        if (extension == LEGACY_SET_TIMER) {
            setTimer(hart, hart.x(A0));
            return SUCCESS;
        }
        if (extension == LEGACY_PUTCHAR) {
            platform.console(new byte[] {(byte) hart.x(A0)});
            return SUCCESS;
        }
        if (extension == LEGACY_GETCHAR) {
            return ERR_FAILED;
        }
        if (extension == LEGACY_SHUTDOWN) {
            platform.end(0, "the guest powered off");
            return SUCCESS;
        }
        return ERR_NOT_SUPPORTED;
    }

    private void base(Hart hart, long function) {
        switch ((int) function) {
            case 0:
                answer(hart, SUCCESS, SPECIFICATION_2_0);
                break;
            case 1:
                answer(hart, SUCCESS, IMPLEMENTATION);
                break;
            case 2:
                answer(hart, SUCCESS, 1);
                break;
            case 3:
                long asked = hart.x(A0);
                boolean present = asked == BASE
                        || asked == TIME
                        || asked == IPI
                        || asked == RFENCE
                        || asked == HSM
                        || asked == SRST
                        || asked == DBCN
                        || asked == LEGACY_PUTCHAR
                        || asked == LEGACY_SET_TIMER;
                answer(hart, SUCCESS, present ? 1 : 0);
                break;
            case 4:
            case 5:
            case 6:
                answer(hart, SUCCESS, 0);
                break;
            default:
                answer(hart, ERR_NOT_SUPPORTED, 0);
                break;
        }
    }

    private void setTimer(Hart hart, long compare) {
        timer[hart.id()] = compare;
        platform.timersChanged();
    }

    /** Does something to each hart that a0 (mask) and a1 (base of the mask, -1 for all) name. */
    private long eachHart(Hart caller, HartAction action) {
        long mask = caller.x(A0);
        long first = caller.x(A1);
        if (first == -1) {
            for (int id = 0; id < platform.hartCount(); id++) {
                act(id, action);
            }
            return SUCCESS;
        }
        if (first < 0 || first >= platform.hartCount()) {
            return ERR_INVALID_PARAM;
        }
        int known = platform.hartCount() - (int) first;
        if (known < 64 && (mask >>> known) != 0) {
            return ERR_INVALID_PARAM;
        }
        for (int bit = 0; bit < known; bit++) {
            if ((mask >>> bit & 1) != 0) {
                act((int) first + bit, action);
            }
        }
        return SUCCESS;
    }

    private void act(int id, HartAction action) {
        if (!platform.hartStopped(id)) {
            action.on(platform.hart(id));
        }
    }

    private void remoteFence(Hart hart, long function) {
        if (function == 0) {
            // Decoded code follows every write to RAM by itself, so a remote FENCE.I has nothing left to do.
            answer(hart, eachHart(hart, target -> {}), 0);
        } else if (function == 1 || function == 2) {
            answer(hart, eachHart(hart, Hart::flushTlb), 0);
        } else {
            answer(hart, ERR_NOT_SUPPORTED, 0);
        }
    }

    private void hartState(Hart hart, long function) {
        if (function == 1) {
            platform.stopHart(hart.id(), true);
            return;
        }
        if (function == 3) {
            // A retentive suspend may end at any time (SBI 2.0 §9.4); one that loses state is not offered.
            long error = hart.x(A0) == 0 ? SUCCESS : ERR_NOT_SUPPORTED;
            answer(hart, error, 0);
            return;
        }
        long id = hart.x(A0);
        if (id < 0 || id >= platform.hartCount()) {
            answer(hart, ERR_INVALID_PARAM, 0);
        } else if (function == 0) {
            startHart(hart, (int) id);
        } else if (function == 2) {
            answer(hart, SUCCESS, platform.hartStopped((int) id) ? HSM_STOPPED : HSM_STARTED);
        } else {
            answer(hart, ERR_NOT_SUPPORTED, 0);
        }
    }

    private void startHart(Hart caller, int id) {
        long address = caller.x(A1);
        if (!platform.hartStopped(id)) {
            answer(caller, ERR_ALREADY_AVAILABLE, 0);
        } else if (!platform.ram().contains(address, 4)) {
            answer(caller, ERR_INVALID_ADDRESS, 0);
        } else {
            timer[id] = -1;
            startSupervisor(platform.hart(id), address, caller.x(A2));
            platform.stopHart(id, false);
            answer(caller, SUCCESS, 0);
        }
    }

    /** Sets a hart up as a firmware leaves it to its payload: in S-mode, traps delegated, counters and Sstc open. */
    public static void startSupervisor(Hart hart, long address, long argument) {
        hart.reset(address, PrivilegeMode.SUPERVISOR, hart.id(), argument);
    }

    private void systemReset(Hart hart) {
        long type = hart.x(A0) & 0xffffffffL;
        if (type == 0) {
            boolean failure = (hart.x(A1) & 0xffffffffL) == 1;
            platform.end(failure ? 1 : 0, failure ? "the guest powered off after a failure" : "the guest powered off");
            answer(hart, SUCCESS, 0);
        } else if (type == 1 || type == 2) {
            platform.end(2, "the guest asked for a reset");
            answer(hart, SUCCESS, 0);
        } else {
            answer(hart, ERR_INVALID_PARAM, 0);
        }
    }

    private void debugConsole(Hart hart, long function) {
        if (function == 2) {
            platform.console(new byte[] {(byte) hart.x(A0)});
            answer(hart, SUCCESS, 0);
        } else if (function == 1) {
            answer(hart, SUCCESS, 0);
        } else if (function == 0) {
            long wanted = hart.x(A0);
            int length = (int) (Long.compareUnsigned(wanted, MAX_CONSOLE_BYTES) < 0 ? wanted : MAX_CONSOLE_BYTES);
            byte[] bytes = new byte[length];
            try {
                if (hart.x(A2) != 0) {
                    throw new GuestAddressException(hart.x(A1), wanted);
                }
                platform.ram().read(hart.x(A1), bytes, 0, length);
                platform.console(bytes);
                answer(hart, SUCCESS, length);
            } catch (GuestAddressException e) {
                answer(hart, ERR_INVALID_PARAM, 0);
            }
        } else {
            answer(hart, ERR_NOT_SUPPORTED, 0);
        }
    }

    public void save(StateWriter out) {
        out.putLongs("timer", timer);
    }

    public void restore(StateReader in) throws StateFormatException {
        long[] saved = in.getLongs("timer");
        if (saved.length != timer.length) {
            throw new StateFormatException("saved SBI has " + saved.length + " harts, not " + timer.length);
        }
        System.arraycopy(saved, 0, timer, 0, timer.length);
    }

    /** Something done to one hart. */
    private interface HartAction {
        void on(Hart hart);
    }
}
