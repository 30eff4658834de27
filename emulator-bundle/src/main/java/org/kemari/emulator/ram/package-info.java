/**
 * Guest RAM: lazily allocated pages, the record of changed ones, and the watch over pages that hold decoded code.
 * Machine thread only.
 */
package org.kemari.emulator.ram;
