/**
 * The tap of each VM: holds what the guest says until the backup can reproduce the state that said it.
 *
 * <p>Outputs come in on the machine thread, epochs are sealed there; releases come from any thread, proxies come and go on
 * the threads of whoever starts and stops device bundles.
 */
package org.kemari.eventtap;
