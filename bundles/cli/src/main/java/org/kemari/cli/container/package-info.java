/** The container as a verb needs it: configurations written, services found. Any thread. */
package org.kemari.cli.container;
