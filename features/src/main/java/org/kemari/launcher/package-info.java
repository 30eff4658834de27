/**
 * Starts a container: the Felix framework, the bundles of the distribution, and the command line of the {@code kemari}
 * script, which the cli bundle reads. Plain classes on the class path beside the framework; the thread that calls
 * {@link org.kemari.launcher.Main} waits for the framework's end, bundles run on threads of their own.
 */
package org.kemari.launcher;
