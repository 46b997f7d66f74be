/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matcher.h - a query's best documents, found in the tables themselves
 *
 * What xap_db_search() does for one database, faster: documents are looked at
 * in windows of COLUMN_WINDOW docids.  In each, every part of the query says
 * which documents match it and what they weigh, as a set of bits and an array
 * of weights; words decode their postings of the window in one go.  A window
 * in which the rarest part of an AND has nothing costs nothing more; of an OR,
 * once more matches have been counted than are asked for, only those words are
 * read that can still bring a document among the best (MaxScore: Turtle and
 * Flood 1995); of anything else, from then on a document that is too light by
 * its length and its words is left out before anything dear is looked at, such
 * as where the words stand.
 *
 * Weights are BM25 as Xapian computes it, to the last few bits: a sum is taken
 * in the order of the query.
 */
#ifndef LIB_MATCHER_H
#define LIB_MATCHER_H

#include "xap.h"

struct matcher;
struct glass_cache_counts;

/*
 * Of the snapshot uuid and revision of the database in dir.  STALE: dir is at
 * another by now; MISMATCH: it cannot be read here (use xap_db_search());
 * CORRUPT; IO; NOMEM.
 */
enum trawl_status matcher_new(const char *dir, const struct xap_facts *facts,
			      struct matcher **out, struct trawl_error *err);
void matcher_free(struct matcher *m);
/* Of the blocks that it reads. */
const struct glass_cache_counts *matcher_cache(const struct matcher *m);

/* Can it answer that?  Not: keys to order by, spies. */
bool matcher_takes(const struct xap_search *rq);

/* As xap_db_search(), and totals are exact unless matches were passed over. */
enum trawl_status
matcher_search(struct matcher *m, const struct xap_search *rq,
	       void (*each)(void *ctx, const struct xap_match *found),
	       void *ctx, struct xap_totals *totals, struct trawl_error *err);
/* As xap_db_score(), but for a document that is not there, which matches
 * nothing. */
enum trawl_status matcher_score(struct matcher *m, const struct xap_search *rq,
				uint32_t docid, bool *matches, double *weight,
				struct trawl_error *err);

/* glass_db_settle(), of all that was asked since: STALE. */
enum trawl_status matcher_settle(struct matcher *m, struct trawl_error *err);
/* As xap_db_data(); line: only as far as the first line feed is asked for, and
 * there may be more. */
enum trawl_status matcher_data(struct matcher *m, uint32_t docid, bool line,
			       xap_bytes_fn *each, void *ctx,
			       struct trawl_error *err);

/* As xap_db_value(), of a slot whose values are short (column_rows.h). */
enum trawl_status matcher_row(struct matcher *m, uint32_t docid, uint32_t slot,
			      xap_bytes_fn *each, void *ctx,
			      struct trawl_error *err);

/* matcher_terms.c: as xap_db_term_freq() and xap_db_terms(); term is not empty.
 * No callback may use m. */
enum trawl_status matcher_term_freq(struct matcher *m, const char *term,
				    size_t len, uint32_t *termfreq,
				    uint32_t *collfreq,
				    struct trawl_error *err);
enum trawl_status matcher_terms(struct matcher *m, struct xap_bytes prefix,
				struct xap_bytes from, bool want_freq,
				xap_term_fn *each, void *ctx,
				struct trawl_error *err);

#endif
