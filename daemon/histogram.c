/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "histogram.h"

enum {
	SUB_BITS = 4, /* HISTOGRAM_SUB is 2 to this */
	TOP_BIT = HISTOGRAM_BUCKETS / HISTOGRAM_SUB + SUB_BITS - 2
};

/*
 * Values below HISTOGRAM_SUB have a bucket each; then those whose highest bit
 * is bit 4 have 16, those of bit 5 the next 16, ...
 */
static unsigned bucket_of(uint64_t us)
{
	if (us < HISTOGRAM_SUB)
		return (unsigned)us;
	if (us >> (TOP_BIT + 1))
		return HISTOGRAM_BUCKETS - 1;

	unsigned shift = 63u - (unsigned)__builtin_clzll(us) - SUB_BITS;

	return HISTOGRAM_SUB * shift + (unsigned)(us >> shift);
}

static uint64_t bucket_end(unsigned i)
{
	if (i < 2 * HISTOGRAM_SUB)
		return i;

	unsigned shift = i / HISTOGRAM_SUB - 1;
	uint64_t sub = i % HISTOGRAM_SUB + HISTOGRAM_SUB;

	return ((sub + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t us)
{
	h->count++;
	h->sum += us;
	if (us > h->max)
		h->max = us;
	h->bucket[bucket_of(us)]++;
}

uint64_t histogram_percentile(const struct histogram *h, double share)
{
	double rank = share * (double)h->count;
	uint64_t seen = 0;

	if (!h->count)
		return 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += h->bucket[i];
		if (seen && (double)seen >= rank)
			return bucket_end(i) < h->max ? bucket_end(i) : h->max;
	}
	return h->max;
}

uint64_t histogram_below(const struct histogram *h, uint64_t us)
{
	unsigned end = bucket_of(us);
	uint64_t n = 0;

	for (unsigned i = 0; i < end; i++)
		n += h->bucket[i];
	return n;
}
