/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result.h - the answer to a search: everything in one arena
 */
#ifndef LIB_RESULT_H
#define LIB_RESULT_H

#include "arena.h"
#include "trawl.h"

enum {
	RESULT_BYTES_MAX = 64 << 20,
	RESULT_LINE_MAX = 1 << 20 /* of a body line, its line feed included */
};

struct trawl_result {
	struct arena arena;
	struct trawl_head head;
	struct trawl_hit *hits;
	struct trawl_facet *facets;
	struct trawl_bucket *buckets;
	enum trawl_timeline timeline;
	bool grouped; /* group= or story=: hits may tell their story */
};

struct trawl_result *result_new(void);
/* Empty it, for a body that is run again. */
void result_reset(struct trawl_result *res);
/* Why the result's arena has failed: TOOCOMPLEX, over RESULT_BYTES_MAX; NOMEM. */
enum trawl_status result_full(const struct trawl_result *res,
			      struct trawl_error *err);

struct buf;
/* "%.3f", with a point whatever the locale. */
void add_decimal(struct buf *out, double value);
/*
 * A score, with three decimals and up to nine where they are needed: so that
 * the order of hits can be seen in what is printed.
 */
void add_score(struct buf *out, double value);

#endif
