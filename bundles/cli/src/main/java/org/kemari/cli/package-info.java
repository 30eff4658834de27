/**
 * The command line inside the container: one component starts when the launcher passed arguments on, parses them with
 * picocli, and stops the framework when the verb is done. Verbs act through ConfigAdmin and services, never past them. A
 * verb runs on the thread {@code kemari-cli}.
 */
package org.kemari.cli;
