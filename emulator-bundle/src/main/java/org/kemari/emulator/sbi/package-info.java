/** The Supervisor Binary Interface 2.0, answered by the emulator in a firmware's stead. Machine thread only. */
package org.kemari.emulator.sbi;
