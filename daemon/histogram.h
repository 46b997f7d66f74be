/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * histogram.h - latencies in bounded memory
 *
 * Log-linear buckets (as in HdrHistogram, Tene 2012): 16 to each power of two
 * from 1 us to 2^36 us, so that a percentile is at most 1/16 too high.
 */
#ifndef DAEMON_HISTOGRAM_H
#define DAEMON_HISTOGRAM_H

#include <stdint.h>

enum {
	HISTOGRAM_SUB = 16,
	HISTOGRAM_BUCKETS = 34 * HISTOGRAM_SUB
};

struct histogram {
	uint64_t count, sum, max;
	uint32_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t us);
/* The upper bound of the bucket that holds the share (0..1) of all; 0 when
 * there are none; never more than max. */
uint64_t histogram_percentile(const struct histogram *h, double share);
/* How many values are below us, which must be where a bucket begins: at most
 * 32, or 16..31 times a power of two, below 2^37. */
uint64_t histogram_below(const struct histogram *h, uint64_t us);

#endif
