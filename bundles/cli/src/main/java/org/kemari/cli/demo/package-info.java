/**
 * {@code kemari demo}: three containers as three processes, a guest that is killed and a client that counts. The driver
 * knows them only from outside: their options, consoles, status files and exit. Everything runs on the verb's thread, but
 * for one reader thread per child.
 */
package org.kemari.cli.demo;
