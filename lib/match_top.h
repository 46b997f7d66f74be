/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_top.h - the best so far: by weight, then slot 0 ascending, then docid
 */
#ifndef LIB_MATCH_TOP_H
#define LIB_MATCH_TOP_H

#include "arena.h"
#include "column.h"
#include "xap.h"

struct match_top {
	struct xap_match *heap; /* the worst first */
	size_t n, max;
	struct column *order; /* slot 0 */
	double least; /* what a document must weigh to come in: 0 at first */
};

/* False without memory. */
bool match_top_init(struct match_top *t, size_t max, struct column *order,
		    struct arena *arena);
void match_top_add(struct match_top *t, uint32_t docid, double weight);
/* Best first. */
void match_top_sort(struct match_top *t);

#endif
