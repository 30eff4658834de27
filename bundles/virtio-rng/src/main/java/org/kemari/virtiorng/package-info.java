/**
 * The virtio entropy source (virtio 1.1 §5.4). Machine thread, except the component, which OSGi calls.
 */
package org.kemari.virtiorng;
