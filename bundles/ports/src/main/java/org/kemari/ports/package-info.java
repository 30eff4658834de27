/**
 * Ports: the one way out of a device. A port is an output proxy (DESIGN: "the port is the tap") that hands outputs to a
 * gate when the VM is protected and to a backend when it is not, and puts what comes from outside in the machine's inbox.
 * A library: its packages are embedded in each device bundle. What the device calls runs on the machine thread and never
 * blocks; backends call in on threads of their own.
 */
package org.kemari.ports;
