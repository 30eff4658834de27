/**
 * The FT transaction protocol on the wire: frames, their payloads, the digest of a transaction. Values and codecs without
 * state of their own; whoever calls owns the thread.
 *
 * <pre>
 * primary                       backup
 *   HELLO            ──▶
 *                    ◀──        WELCOME | ERROR
 *   RAM, DISK …      ──▶        the first copy, applied at once
 *   COMMIT (copy)    ──▶                                     every so many bytes
 *                    ◀──        ACK (copy)                   applied up to there
 *   BEGIN n, RAM, DISK, OUTPUTS, DEVICE, COMMIT n  ──▶       staged, checked
 *                    ◀──        ACK n | NACK n
 *   INPUTS, HEARTBEAT at any time, now and then with what code is hot; GOODBYE asks for a wanted end and is
 *   answered by GOODBYE
 * </pre>
 */
package org.kemari.ft.protocol;
