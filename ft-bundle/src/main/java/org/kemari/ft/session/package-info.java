/**
 * What both sides of a protection stand on: a thread of its own for each (the strand), on which all its decisions are made
 * one at a time; the sign of life; the arbiter, asked on a thread that may wait; the status that others read.
 */
package org.kemari.ft.session;
