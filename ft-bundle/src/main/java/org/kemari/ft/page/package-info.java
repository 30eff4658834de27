/**
 * Pages on the wire: zeros as a mark, otherwise what has changed since the page last travelled, compressed when it pays.
 * Staging is filled on the machine thread, everything else happens off it.
 */
package org.kemari.ft.page;
