/**
 * Saved state: named, versioned values that any part of a machine writes at a checkpoint and reads back by name.
 * Both sides run on the machine thread.
 */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.state;
