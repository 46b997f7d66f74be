/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * positions.h - do a document's words stand as a phrase, or near each other?
 *
 * Lists are read from the position table (glass_position.h), those of the
 * rarest words first, and no further than is needed to say no.
 */
#ifndef LIB_POSITIONS_H
#define LIB_POSITIONS_H

#include "glass_db.h"
#include "xap.h"

enum positions_kind {
	/* p0 < p1 < ... with p(n-1) - p0 < window; in a window of n words each
	 * stands right behind the one before */
	POSITIONS_PHRASE,
	/* n different positions, in any order, the last less than window
	 * behind the first */
	POSITIONS_NEAR
};

struct positions;

/*
 * termfreqs say which lists are likely to be short.  A term may come twice.
 * NULL without memory (glass_db_nomem()).  n: 1..POSITIONS_TERMS_MAX
 */
enum {
	POSITIONS_TERMS_MAX = 64
};
struct positions *positions_new(struct glass_db *db, enum positions_kind kind,
				const struct xap_bytes *terms,
				const uint32_t *termfreqs, size_t n,
				uint32_t window);
void positions_free(struct positions *p);

/* Cheapest when docids ascend.  Also false on a failure (glass_db_status()). */
bool positions_match(struct positions *p, uint32_t docid);

/*
 * The positions in a tag, ascending.  out has room for max; returns how many
 * there are, 0 when the tag makes no sense or there are more than max.
 */
size_t positions_count(const unsigned char *tag, size_t taglen);
size_t positions_decode(const unsigned char *tag, size_t taglen, uint32_t *out,
			size_t max);

#endif
