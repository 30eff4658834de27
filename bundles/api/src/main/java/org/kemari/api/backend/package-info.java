/** What a port ends in: disks, networks, character streams. Backends work on threads of their own and never block. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kemari.api.backend;
