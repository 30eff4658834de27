/**
 * The machine as the rest of the house sees it: a deterministic state machine that takes inputs from its inbox at known
 * instruction counts, owned by one thread.
 */
@org.osgi.annotation.versioning.Version("1.2.0")
package org.kemari.api.machine;
