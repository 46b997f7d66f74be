/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranks.h - which word comes next: its rank in a vocabulary without end
 *
 * Frequencies follow a line in log-log scale through measured points, and
 * beyond the last one a power law; so does the vocabulary grow.  Ranks below
 * RANKS_HEAD are drawn from an alias table (Walker 1977, Vose 1991), the rest
 * by inverting the power law.
 */
#ifndef BENCH_RANKS_H
#define BENCH_RANKS_H

#include "random.h"

enum {
	RANKS_HEAD = 1 << 16
};

#define RANK_MAX (UINT64_C(1) << 36)

struct ranks_column {
	uint32_t threshold; /* of 24 bits: below it the column itself */
	uint32_t other;
};

struct ranks {
	struct ranks_column column[RANKS_HEAD]; /* 0: all of the tail */
};

/* NULL: out of memory; free() releases it. */
struct ranks *ranks_new(void);
uint64_t ranks_tail(struct random *r);

/* bits: random, the lowest 40 of which are used. */
static inline uint64_t ranks_draw(const struct ranks *t, uint64_t bits,
				  struct random *r)
{
	const uint32_t at = bits % RANKS_HEAD;
	const uint32_t coin = bits >> 16 & 0xFFFFFF;
	const uint32_t rank =
		coin < t->column[at].threshold ? at : t->column[at].other;

	return rank ? rank : ranks_tail(r);
}

#endif
