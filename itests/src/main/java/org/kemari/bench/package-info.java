/**
 * Benchmarks as whole processes: each figure is a ratio against the peer in the same run, or against the product itself
 * without the feature in question; median and spread over the runs, never a lone absolute.
 */
package org.kemari.bench;
