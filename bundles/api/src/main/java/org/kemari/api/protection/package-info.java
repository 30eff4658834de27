/** Protection of a VM by a second container: status, arbiter, and the transport between the two. */
@org.osgi.annotation.versioning.Version("2.0.0")
package org.kemari.api.protection;
