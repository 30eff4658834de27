package org.kemari.charstdio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.kemari.api.backend.BackendException;
import org.kemari.api.backend.CharBackend;
import org.kemari.api.backend.CharBackendFactory.ByteSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's one terminal, used by one console at a time. Reading starts with the first console, so that nothing piped
 * in is lost before it; what a console does not take yet waits, and is offered again.
 *
 * <p>Input is looked for, not waited for: a thread blocked in a read of standard input could not be ended, and after an
 * update of this bundle it would swallow the next keys.
 */
final class StdioStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StdioStream.class);

    /** How soon a key is seen, and how soon a refused one is offered again. */
    private static final long LOOK_MILLIS = 10;

    /** Looks that find nothing, after which nobody is typing: looking as often took half of what an idle guest did. */
    private static final int QUIET_LOOKS = 100;

    /** How soon the first key after that is seen: still before anybody notices. */
    private static final long QUIET_LOOK_MILLIS = 50;

    private static final int CHUNK_BYTES = 4096;
    /** Typed and not yet taken by the guest; beyond it reading waits, so that a pipe's writer does. */
    private static final int MAX_TYPED_BYTES = 64 << 10;
    /** How long a console that closes waits for a slow terminal. */
    private static final long DRAIN_MILLIS = 5_000;

    private static final long JOIN_MILLIS = 2_000;
    private static final byte[] LEAVING = "\r\nkemari: stopping (Ctrl-A x)\r\n".getBytes();

    private final InputStream in;
    private final OutputQueue out;
    private final EscapeFilter escapes;
    private final Thread reader = new Thread(this::read, "kemari-stdio-reader");
    private final Thread deliverer = new Thread(this::deliver, "kemari-stdio-deliverer");

    private final Object lock = new Object();
    private Optional<Console> holder = Optional.empty();
    private byte[] typed = {};
    private boolean started;
    private boolean closed;

    /** @param leave is called, on the reader's thread, when Ctrl-A x is typed */
    StdioStream(InputStream in, OutputStream out, Runnable leave) {
        this.in = in;
        this.out = new OutputQueue(out, "kemari-stdio-writer");
        this.escapes = new EscapeFilter(() -> {
            this.out.write(LEAVING);
            leave.run();
        });
        reader.setDaemon(true);
        deliverer.setDaemon(true);
    }

    CharBackend open(String vm, ByteSink received) throws BackendException {
        synchronized (lock) {
            if (closed) {
                throw new BackendException("console=stdio is closing; start the bundle org.kemari.char-stdio");
            }
            if (holder.isPresent()) {
                throw new BackendException("console=stdio is in use by vm=" + holder.get().vm
                        + "; a process has one terminal: give vm=" + vm + " a file or a TCP port");
            }
            Console console = new Console(vm, received);
            holder = Optional.of(console);
            if (!started) {
                started = true;
                reader.start();
                deliverer.start();
            }
            lock.notifyAll();
            return console;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        drain();
        out.close();
        try {
            reader.join(JOIN_MILLIS);
            deliverer.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void drain() {
        try {
            if (!out.drain(DRAIN_MILLIS)) {
                LOG.debug("the terminal did not take all output in {} ms", DRAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        byte[] chunk = new byte[CHUNK_BYTES];
        int quietLooks = 0;
        try {
            while (awaitRoom()) {
                if (in.available() == 0) {
                    quietLooks = Math.min(quietLooks + 1, QUIET_LOOKS);
                    synchronized (lock) {
                        if (!closed) {
                            lock.wait(quietLooks < QUIET_LOOKS ? LOOK_MILLIS : QUIET_LOOK_MILLIS);
                        }
                    }
                    continue;
                }
                quietLooks = 0;
                int lengthBytes = in.read(chunk);
                if (lengthBytes < 0) {
                    LOG.debug("standard input has ended");
                    return;
                }
                byte[] guests = escapes.pass(chunk, lengthBytes);
                synchronized (lock) {
                    typed = concat(typed, guests);
                    lock.notifyAll();
                }
            }
        } catch (IOException e) {
            LOG.debug("standard input cannot be read; the console is for output only", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when there is no more reading. */
    private boolean awaitRoom() throws InterruptedException {
        synchronized (lock) {
            while (!closed && typed.length >= MAX_TYPED_BYTES) {
                lock.wait();
            }
            return !closed;
        }
    }

    private void deliver() {
        try {
            while (true) {
                Console console;
                byte[] offer;
                synchronized (lock) {
                    while (!closed && (typed.length == 0 || holder.isEmpty())) {
                        lock.wait();
                    }
                    if (closed) {
                        return;
                    }
                    console = holder.get();
                    offer = typed;
                }
                boolean taken = console.offer(offer);
                synchronized (lock) {
                    if (taken) {
                        // Only the reader appends meanwhile, behind what was taken.
                        typed = Arrays.copyOfRange(typed, offer.length, typed.length);
                        lock.notifyAll();
                    } else if (!closed) {
                        lock.wait(LOOK_MILLIS);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The terminal in one VM's hands. */
    private final class Console implements CharBackend {
        private final String vm;
        private final ByteSink received;

        Console(String vm, ByteSink received) {
            this.vm = vm;
            this.received = received;
        }

        @Override
        public void write(byte[] bytes) {
            synchronized (lock) {
                if (!holds()) {
                    return;
                }
            }
            out.write(bytes);
        }

        private boolean holds() {
            return holder.isPresent() && holder.get() == this;
        }

        private boolean offer(byte[] bytes) {
            try {
                return received.bytes(bytes.clone());
            } catch (RuntimeException e) {
                LOG.error("vm={} the console failed to take input", vm, e);
                return true;
            }
        }

        @Override
        public void close() {
            synchronized (lock) {
                if (!holds()) {
                    return;
                }
                holder = Optional.empty();
                lock.notifyAll();
            }
            drain();
        }
    }
}
