/**
 * The verbs that run a VM: {@code run} and {@code backup}. They write configurations, show the guest's console on the
 * terminal, tell where the VM stands, and end when the guest does.
 */
package org.kemari.cli.run;
