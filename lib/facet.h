/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facet.h - what the matches of a search have in their fields, counted
 *
 * The matcher shows the values of every match.  A facet's document counts once
 * for each of its values; the timeline's once for the period that its date
 * begins in, and not at all without a date.  For headlines each match's value
 * of slot 0 is shown before its date.
 */
#ifndef LIB_FACET_H
#define LIB_FACET_H

#include "result.h"
#include "schema.h"
#include "tally.h"
#include "xap.h"

enum {
	FACET_DISTINCT_MAX = 500000,  /* values of one facet, counted */
	TIMELINE_BUCKETS_MAX = 40000, /* so that the line is below 1 MiB */
	FACET_ORDER_DATE = 5, /* bytes of a date, before the id's term without
				 its Q, in a value of SLOT_ORDER */
	FACET_ORDER_MAX = FACET_ORDER_DATE + XAP_TERM_MAX
};

/* The heaviest match of a bucket; of equal ones the first in slot 0. */
struct facet_best {
	double weight;
	uint32_t len;
	char order[FACET_ORDER_MAX]; /* its value of slot 0 */
};

struct facets {
	struct tally tally[TRAWL_FACETS_MAX + 2]; /* the last: the timeline */
	const char *name[TRAWL_FACETS_MAX + 2];
	uint32_t slot[TRAWL_FACETS_MAX + 2];
	size_t n; /* with the order and the timeline */
	enum trawl_timeline timeline;
	/* By number of the bucket's entry; NULL: no headlines */
	struct facet_best **best;
	struct facet_best shown; /* the match that is being shown */
};

/* What rq asks for.  BADVALUE: no facet of that name, listing those there are.
 * The counts live in arena. */
enum trawl_status facets_begin(struct facets *f, const struct schema *schema,
			       const struct trawl_request *rq,
			       struct arena *arena, struct trawl_error *err);

/* xap_spy_fn; ctx is a struct facets */
void facets_count(void *ctx, size_t which, const char *value, size_t len);

/* The best of bucket i of what facets_finish() gave, or NULL. */
const struct facet_best *facets_best(const struct facets *f, size_t i);

/* TOOCOMPLEX: more different values than can be counted or shown. */
enum trawl_status facets_finish(struct facets *f, struct trawl_result *res,
				struct trawl_error *err);

#endif
