/** Ready-made guests: what the demo, the benchmarks and a newcomer boot. Called on any thread; fetching blocks. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.guest;
