/**
 * The virtio console (virtio 1.1 §5.3), one port. Machine thread, except the component, which OSGi calls.
 */
package org.kemari.virtioconsole;
