/**
 * What the options of the verbs mean: values, their text form (the same in options and in configurations) and the checks
 * that need no machine. A message names the value and the remedy; picocli adds the option's name. The caller's thread.
 */
package org.kemari.cli.options;
