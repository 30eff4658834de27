/** {@code kemari selftest}: bare-metal ELFs, each in a VM of its own, judged by what they tell the finisher. */
package org.kemari.cli.selftest;
