package org.kemari.virtio;

/** The driver broke a rule of the virtqueue. The message says which, with the numbers. Cheap: it has no stack trace. */
public final class QueueFault extends Exception {
    private static final long serialVersionUID = 1L;

    public QueueFault(String message) {
        super(message, null, false, false);
    }
}
