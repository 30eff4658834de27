/**
 * The virtio network card (virtio 1.1 §5.1), without offloads. Machine thread, except the component, which OSGi calls.
 */
package org.kemari.virtionet;
