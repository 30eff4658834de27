/** Containers as processes of their own, which tests start, watch, and kill as a power failure would. */
package org.kemari.itests.process;
