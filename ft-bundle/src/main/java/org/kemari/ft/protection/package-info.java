/**
 * Where protection meets OSGi: one component per configuration {@code org.kemari.ft}, which waits for its VM, tap and
 * arbiter, and registers the {@code Protection} service. What comes and goes is settled on a thread of each slot.
 */
package org.kemari.ft.protection;
