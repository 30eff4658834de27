/**
 * The primary: copies the guest while it runs, then ships what each epoch changed, and lets outputs go when the backup has
 * all of it. Decisions on the strand; only the claim of a checkpoint runs on the machine thread.
 */
package org.kemari.ft.primary;
