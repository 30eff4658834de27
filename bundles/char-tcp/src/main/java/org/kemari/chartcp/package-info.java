/**
 * Consoles on a TCP port of this host. Sockets, deliveries and waiting output live on one event loop; the machine thread
 * only enqueues.
 */
package org.kemari.chartcp;
