/**
 * Raw disk images: a file's bytes are the disk's. Submissions come from any thread and only enqueue; each open disk does
 * its I/O, and its completions, on a few daemon threads of its own.
 */
package org.kemari.blockfile;
