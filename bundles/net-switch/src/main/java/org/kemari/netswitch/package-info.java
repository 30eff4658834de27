/**
 * Virtual networks: each is a learning Ethernet switch, whose parts in several containers are joined by VXLAN over UDP
 * (RFC 7348). All switches of a container, their tables, sockets and deliveries live on one event loop; other threads
 * only enqueue.
 */
package org.kemari.netswitch;
