/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranking.h - the best matches, in the order that they are shown in
 *
 * BM25 finds the best RANK_CANDIDATES; those are put in order by more than it:
 *
 *	score = (BM25 + 0.6 LEAD + 0.1 NEAR) / T
 *
 *	w     what a word weighs beside its idf (plan_weights.c)
 *	idf   ln(1 + (N - df + 0.5) / (df + 0.5))
 *	T     sum of w idf, over the words of the query
 *	LEAD  what words of the query stand among the document's first ones
 *	NEAR  and how near one another (both: lead_query.h)
 *
 * doc/ranking.md has what is known about it, and where it is from.  What lies
 * behind the candidates goes on in the order of BM25 / T, which is less than any
 * candidate's: so the order is total, and pages join.
 *
 * Words are those of the text that the query asks for by their stems or as they
 * are; of fields, phrases and NEAR there is BM25 alone.
 */
#ifndef LIB_RANKING_H
#define LIB_RANKING_H

#include "search.h"

enum {
	RANK_CANDIDATES = 100
};

/* Is anything but BM25 asked for, of what is shown in the order of scores? */
bool rank_is_wanted(const struct search *s);

/* index_search() of s's query. */
enum trawl_status
rank_search(struct search *s, const struct xap_search *x,
	    void (*each)(void *ctx, const struct xap_match *found), void *ctx,
	    struct xap_totals *totals, struct trawl_error *err);

/* What a document scores there. */
enum trawl_status rank_score(struct search *s, uint32_t docid, bool *matches,
			     double *score, struct trawl_error *err);

/* What BM25's weights are multiplied by: 1 / T, or 1. */
double rank_scale(const struct search *s);

/* A part of a score that is not BM25's. */
struct rank_share {
	const struct plan_word *word;
	const struct plan_word *with; /* of a pair; NULL: of one word */
	unsigned count;		      /* times among the first words */
	unsigned first; /* at which of them, from 1; 0 of a pair */
	double score;
};
/* All of a candidate's, in s->work. */
enum trawl_status rank_explain(struct search *s, uint32_t docid,
			       struct rank_share **out, size_t *n,
			       struct trawl_error *err);

#endif
