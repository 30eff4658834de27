package org.kemari.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.kemari.api.guest.Guest;

/** Our own bare-metal guest: one ELF that is server or client, as its command line says. */
record TinyGuestKit(Guest guest) implements GuestKit {
    private static final String SERVER = "10.77.0.2";
    private static final String CLIENT = "10.77.0.3";
    private static final int PORT = 7077;
    private static final long MEBIBYTES = 16;
    private static final long DISK_BYTES = 4 << 20;

    @Override
    public String name() {
        return "tiny";
    }

    @Override
    public long serverMebibytes() {
        return MEBIBYTES;
    }

    @Override
    public long clientMebibytes() {
        return MEBIBYTES;
    }

    @Override
    public List<String> serverOptions() {
        return options("tiny.role=server tiny.ip=" + SERVER);
    }

    @Override
    public List<String> clientOptions() {
        return options("tiny.role=client tiny.ip=" + CLIENT + " tiny.server=" + SERVER);
    }

    @Override
    public List<String> hostClientOptions() {
        return List.of("--protocol", "tiny", "--server", SERVER + ":" + PORT);
    }

    private List<String> options(String arguments) {
        List<String> options =
                new ArrayList<>(List.of("--kernel", guest.kernel().toString()));
        options.addAll(List.of("--firmware", guest.firmware(), "--append", arguments));
        return options;
    }

    @Override
    public OptionalLong diskBytes() {
        return OptionalLong.of(DISK_BYTES);
    }

    @Override
    public CounterClient client(ChildProcess child) {
        return new TinyConsoleClient(child, "k15");
    }
}
