/** Bare-metal guests of a few instructions, assembled where a test runs, and what talks to them. */
package org.kemari.itests.guest;
