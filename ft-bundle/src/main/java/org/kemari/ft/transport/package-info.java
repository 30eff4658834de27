/** TCP for the frames, on Netty: one or two event-loop threads for all sessions of the container, which never block. */
package org.kemari.ft.transport;
