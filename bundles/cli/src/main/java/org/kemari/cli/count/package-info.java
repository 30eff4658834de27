/**
 * The demo's client on the host: a process of its own, in a network namespace that the demo has joined to the virtual
 * network, which counts over one connection and tells every answer on its standard output.
 */
package org.kemari.cli.count;
