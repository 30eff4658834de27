/**
 * One configuration, one VM: brings VMs up as their configurations say, changes them and takes them down. Components
 * translate; {@link org.kemari.emulator.vm.VmLifecycle} decides, on the threads of ConfigAdmin and of device bundles.
 */
package org.kemari.emulator.vm;
