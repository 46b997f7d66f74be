/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search.h - one search, from request to result
 *
 *	make     what to run: a query's plan, or a document's words (similar)
 *	match    Xapian's answer: numbers and weights of documents, counts
 *	correct  a better spelling, when words are missing
 *	hits     each document read, its fields, snippets and shares copied out
 *
 * All of it happens in one body of index_run(), and begins with an empty
 * result each time.
 */
#ifndef LIB_SEARCH_H
#define LIB_SEARCH_H

#include "facet.h"
#include "index.h"
#include "plan.h"
#include "query.h"
#include "result.h"
#include "snippet.h"

enum {
	SEARCH_WORK_MAX = 256 << 20, /* bytes: plan, counts, candidates */
	SEARCH_PAGE_MAX = 64 << 20   /* bytes: one document, read */
};

struct search;

/* Sets root and words. */
typedef enum trawl_status search_make(struct search *s,
				      struct trawl_error *err);

struct search {
	const struct trawl_request *rq;
	search_make *make;
	const void *arg;	  /* make's */
	const char *only;	  /* explain: the one document that counts */
	bool spelling;		  /* look for a better one */
	uint64_t begun, deadline; /* CLOCK_MONOTONIC, ns; 0 none */
	bool rev_gone;		  /* rq->rev is not what is open */

	/* Made anew by each run of the body. */
	struct trawl_index *ix;
	struct matcher *matcher; /* index_matcher() */
	struct trawl_result *res;
	struct arena work, page;
	const char *query;
	struct plan plan;
	struct xap_node *root;
	struct snippet_word *words; /* that snippets mark */
	size_t nwords;
	struct xap_match *match;
	size_t nmatches;
	uint64_t *similar;	/* beside match, or NULL */
	struct xap_node *story; /* rq->story's documents; NULL: not yet */
	bool story_cut;		/* not all of them */
	struct facets facets;
	bool late; /* past the deadline */
};

/* Run s (rq, make, arg, only, spelling are set) and give out its result. */
enum trawl_status search_run(struct trawl_index *ix, struct search *s,
			     struct trawl_result **out,
			     struct trawl_error *err);

/* make of an ordinary search: rq's query. */
search_make search_query;

/* An empty result and an empty plan: how a body of index_run() begins. */
void search_begin(struct search *s, struct trawl_index *ix);
struct plan_context search_context(const struct search *s);
/* BM25 with k1 1.2 and b 0.75 of a tree: what all of trawl ranks by. */
struct xap_search search_bm25(const struct xap_node *root);
/* since= and until= as a filter on *root. */
enum trawl_status search_dates(struct search *s, struct xap_node **root,
			       struct trawl_error *err);
/* grouping.c: story= as a filter on *root. */
enum trawl_status search_story(struct search *s, struct xap_node **root,
			       struct trawl_error *err);
/* A tree of two; NULL when memory is short. */
struct xap_node *search_pair(struct search *s, enum xap_op op,
			     struct xap_node *a, struct xap_node *b);
bool search_is_late(struct search *s);
/* Are hits in the order of their scores? */
bool search_by_relevance(const struct search *s);

/* How many documents have a term. */
enum trawl_status search_term_freq(struct search *s, struct xap_bytes term,
				   uint32_t *out, struct trawl_error *err);
/* ln(1 + (N - n + 0.5) / (n + 0.5)) of the snapshot. */
enum trawl_status search_idf(struct search *s, const char *term, size_t len,
			     double *out, struct trawl_error *err);

/* grouping.c: is there anything to fold by what is asked for? */
enum trawl_status search_has_groups(struct search *s, bool *any,
				    struct trawl_error *err);
/* grouping.c: index_search(), with the best of each group alone in s->match, and
 * what that stands for in s->similar and in the head. */
enum trawl_status search_groups(struct search *s, const struct xap_search *all,
				struct xap_totals *totals,
				struct trawl_error *err);
/* grouping.c: similar and story of hit i, whose id is known. */
enum trawl_status search_story_of(struct search *s, size_t i,
				  struct trawl_hit *hit,
				  struct trawl_error *err);
/* headline.c: the best of each of the timeline's buckets. */
enum trawl_status search_headlines(struct search *s, struct trawl_error *err);
/* hit.c: the documents of s->match, as hits. */
enum trawl_status search_hits(struct search *s, struct trawl_error *err);
/* hit.c: the analyzer of a document's language, as far as that is among the
 * index's. */
struct analyzer *search_analyzer(const struct search *s,
				 const struct trawl_doc *doc);
/* hit.c: the plan's words, for snippets. */
enum trawl_status search_words(struct search *s, struct trawl_error *err);

/* explain.c: the shares of a document's score. */
enum trawl_status search_explain(struct search *s, uint32_t docid,
				 const struct trawl_doc *doc,
				 struct trawl_hit *hit,
				 struct trawl_error *err);
/* The node that a word's weight is on. */
const struct xap_node *search_core(const struct plan_word *w);

#endif
