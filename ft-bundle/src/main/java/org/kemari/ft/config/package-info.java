/** The configuration {@code org.kemari.ft}, read and checked as a whole. Values; any thread. */
package org.kemari.ft.config;
