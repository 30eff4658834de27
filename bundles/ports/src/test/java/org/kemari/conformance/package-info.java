/**
 * The conformance kit: proves of a device that it is safe for fault tolerance. Its saved state is all that it is, it says
 * the same things again from a restored state, and it has no way to the outside but its port.
 */
package org.kemari.conformance;
