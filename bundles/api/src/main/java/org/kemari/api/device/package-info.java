/** What a device model is to the machine, and the little that a machine is to a device. Machine thread only. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.device;
