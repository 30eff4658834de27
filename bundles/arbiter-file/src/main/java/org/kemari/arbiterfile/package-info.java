/**
 * Terms as files in a directory that both sides reach: creating a file that must not exist is the test-and-set. Any
 * thread but the machine's; calls wait for the file system.
 */
package org.kemari.arbiterfile;
