/** Going live: restore, give the guest its inputs again, say what was committed, tell the network. Strand. */
package org.kemari.ft.failover;
