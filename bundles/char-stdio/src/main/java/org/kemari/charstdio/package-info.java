/**
 * The console on this process's standard input and output. A reader, a deliverer and a writer thread, all daemons; the
 * machine thread only enqueues.
 */
package org.kemari.charstdio;
