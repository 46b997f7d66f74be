/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h - splitmix64: the same numbers from the same seed everywhere
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t mix64(uint64_t v)
{
	v = (v ^ v >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	v = (v ^ v >> 27) * UINT64_C(0x94D049BB133111EB);
	return v ^ v >> 31;
}

static inline uint64_t random_next(struct random *r)
{
	r->state += UINT64_C(0x9E3779B97F4A7C15);
	return mix64(r->state);
}

/* 0 <= result < n < 2^32 */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	return (uint32_t)((random_next(r) >> 32) * n >> 32);
}

/* In (0, 1]. */
static inline double random_unit(struct random *r)
{
	return (double)((random_next(r) >> 11) + 1) * 0x1p-53;
}

#endif
