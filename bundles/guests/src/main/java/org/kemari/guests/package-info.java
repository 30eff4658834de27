/**
 * Ready-made guests as a service: {@code linux} from Debian's packages, {@code tiny} and the CPU loops from this bundle,
 * where their source stands beside them. Everything runs on the caller's thread and may block it.
 */
package org.kemari.guests;
