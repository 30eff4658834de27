/**
 * The backup: stages what comes, takes a transaction only when it is whole and checked, applies it to a machine that
 * stands still, and goes live when the primary is lost and the VM's next term is won. Decisions on the strand.
 */
package org.kemari.ft.backup;
