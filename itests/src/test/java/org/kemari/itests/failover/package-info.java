/** Failover between processes that are really killed, over links that are really cut. */
package org.kemari.itests.failover;
