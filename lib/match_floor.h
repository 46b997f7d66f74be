/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_floor.h - can a document be among the best, by its length and a wdf?
 *
 * Solved once for each wdf, so that a document costs a look at a table and no
 * division.
 */
#ifndef LIB_MATCH_FLOOR_H
#define LIB_MATCH_FLOOR_H

#include "match_node.h"

enum {
	MATCH_FLOOR_WDFS = 64
};

struct match_floor {
	double least; /* that it was made for; 0: none */
	/* With a wdf a document may be so long at most; 0: of no length. */
	uint32_t longest[MATCH_FLOOR_WDFS];
	uint32_t wdf; /* with less no document is short enough */
};

/* For a word of that weight.  False: every document must be weighed. */
bool match_floor_raise(struct match_floor *f, const struct match_node *n,
		       double weight);

static inline bool match_is_light(const struct match_floor *f, uint32_t wdf,
				  uint32_t length)
{
	return wdf < MATCH_FLOOR_WDFS && length > f->longest[wdf];
}

#endif
