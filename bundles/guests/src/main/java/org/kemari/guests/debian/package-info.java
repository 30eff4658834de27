/**
 * The Linux guest: Debian packages that are pinned by size and SHA-256, fetched from the mirror that this machine uses, and
 * made into a kernel and an initial ramdisk without any tool of Debian's. Blocking; on the caller's thread and at most two
 * downloading threads that end before the call does.
 */
package org.kemari.guests.debian;
