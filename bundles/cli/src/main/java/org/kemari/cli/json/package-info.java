/** Records as JSON, and JSON files that a reader never sees half-written. Any thread. */
package org.kemari.cli.json;
