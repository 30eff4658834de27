/**
 * The tap: outputs leave a device by its port's proxy, and a proxy can be told to hand them to a gate instead of its
 * backend. Nothing that the guest says is released before the backup can reproduce the state that said it.
 */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.tap;
