/**
 * Disks that are not shared: the first copy of an image while the guest writes to it, and each epoch's changes at the
 * backup. Both go past the guest, through the disk's proxy.
 */
package org.kemari.ft.disk;
