package org.kemari.emulator.translate;

import java.util.ArrayList;
import java.util.List;

/** Code that is seldom reached: written behind the rest, so that what is frequent lies together. */
final class StubList {
    private final List<Runnable> stubs = new ArrayList<>();

    void add(Runnable stub) {
        stubs.add(stub);
    }

    /** Writes them; a stub may add others. */
    void write() {
        for (int i = 0; i < stubs.size(); i++) {
            stubs.get(i).run();
        }
    }
}
