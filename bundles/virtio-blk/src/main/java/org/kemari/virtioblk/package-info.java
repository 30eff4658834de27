/**
 * The virtio disk (virtio 1.1 §5.2). Machine thread, except the component, which OSGi calls.
 */
package org.kemari.virtioblk;
