/**
 * The board's 16550A UART (National Semiconductor PC16550D data sheet, 1995). Machine thread, except the component, which
 * OSGi calls.
 */
package org.kemari.uart;
