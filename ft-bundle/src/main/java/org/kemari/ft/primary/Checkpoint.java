package org.kemari.ft.primary;

import org.kemari.api.tap.SealedEpoch;

/**
 * What the machine thread gave at the end of an epoch; its pages are in the staging.
 *
 * @param sealed outputs and disk changes
 * @param state all but RAM
 * @param pagesLeft dirty pages that did not fit into the staging: the guest is held back until they are fetched
 * @param last true if the guest stands still from here on, for a hand-over
 * @param startNanos since when the guest stands
 * @param fetchedNanos when these pages were fetched: if none are left, the guest goes on
 */
record Checkpoint(SealedEpoch sealed, byte[] state, long pagesLeft, boolean last, long startNanos, long fetchedNanos) {}
