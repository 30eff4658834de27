/** Consoles that write to a file. Each open file has a daemon thread; the machine thread only enqueues. */
package org.kemari.charfile;
