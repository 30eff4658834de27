/**
 * Gogo commands, scope {@code kemari}: what is there, protection on and off, snapshots. They see VMs as services and
 * change them through ConfigAdmin, as a person with a text editor would. The shell's threads.
 */
package org.kemari.shell;
