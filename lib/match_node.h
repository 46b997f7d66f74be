/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_node.h - the parts of a query, each of which looks at a window of docids
 *
 *	match_build()      the tree, with its postings open
 *	node_advance()     where the next document may be that matches
 *	node_fill()        which documents of a window match
 *	node_weigh()       what some of those weigh
 *	match_close()
 *
 * Every failure ends what is read, as if there were no more, and is told by
 * glass_db_status().
 */
#ifndef LIB_MATCH_NODE_H
#define LIB_MATCH_NODE_H

#include "arena.h"
#include "column.h"
#include "positions.h"
#include "xap.h"

enum {
	MATCH_DEPTH_MAX = 256
};

#define MATCH_NO_WINDOW UINT32_MAX

#define MATCH_TINY  1e-9   /* the least k1, and the least length of all */
#define MATCH_LEAST 1e-300 /* a weight that tells a match from none */
#define MATCH_SLACK 1e-9   /* of sums that are taken in another order */

struct match_node;

/* What the nodes of one search share. */
struct match_context {
	struct glass_db *db;
	struct column *lengths;
	/* The column of a slot; NULL: a failure. */
	struct column *(*values)(void *ctx, uint32_t slot);
	void *ctx;
	struct arena *arena;
	const struct xap_search *rq;
	bool weigh;		 /* weights are wanted */
	double documents, norm;	 /* 1 / average length */
	struct match_node *open; /* all that hold postings */
	uint64_t deadline;
	unsigned looks; /* before the clock is looked at again */
	bool late;
	/* Documents that weigh less than that are not wanted; 0: all are. */
	double least;
};

struct match_ops {
	uint32_t (*advance)(struct match_node *n, uint32_t docid);
	void (*fill)(struct match_node *n, uint32_t base, const uint64_t *want,
		     uint64_t *out);
	void (*weigh)(struct match_node *n, uint32_t base, const uint64_t *bits,
		      double *weight);
	void (*add)(struct match_node *n, uint32_t base, double *weight);
	void (*look)(struct match_node *n, uint32_t base, const uint64_t *want);
	void (*close)(struct match_node *n);
};

struct match_node {
	const struct match_ops *ops;
	struct match_context *ctx;
	const struct xap_node *query;
	struct match_node **kid;     /* in the order of the query */
	struct match_node **by_cost; /* in the order to look at them */
	size_t nkids;
	bool weighted;
	uint64_t cost;	/* about how many documents it matches, and more
			      for those that are dear to look at */
	size_t nneeded; /* the first kids, all of which must match */
	double bound;	/* no document weighs more */
	/* Nothing matches where it does not, and the rest of the query adds
	 * spare at most: it may leave out what is too light. */
	bool may_prune;
	double spare;
	uint64_t *scratch; /* 2 * COLUMN_WORDS */
	uint32_t window;   /* that was filled last: by a node of several, */
	uint64_t *matched; /* and what it matched there */
	struct match_node *next_open;
};

/* NULL without memory or when the query makes no sense (*st says which), or a
 * failure of the tables. */
struct match_node *match_build(struct match_context *ctx,
			       const struct xap_node *query,
			       enum trawl_status *st, struct trawl_error *err);
void match_close(struct match_context *ctx);

/* Of the root (spare 0): fill leaves out documents lighter than ctx->least, as
 * far as that is cheap to tell. */
void match_allow_pruning(struct match_node *n, double spare);

/* What n itself must weigh in a document that is wanted; 0 or less: no matter. */
static inline double match_least(const struct match_node *n)
{
	return n->may_prune && n->ctx->least > 0 ? n->ctx->least - n->spare : 0;
}

/* match_term.c, match_synonym.c, match_filter.c: leaves.  factor 0: no weight
 * is wanted. */
struct match_node *match_new(struct match_context *ctx, size_t size,
			     const struct match_ops *ops,
			     const struct xap_node *query);
struct match_node *match_term(struct match_context *ctx,
			      const struct xap_node *query, double factor);
struct match_node *match_all(struct match_context *ctx,
			     const struct xap_node *query);
struct match_node *match_synonym(struct match_context *ctx,
				 const struct xap_node *query, double factor);
struct match_node *match_range(struct match_context *ctx,
			       const struct xap_node *query);
/* all: an AND of its terms */
struct match_node *match_near(struct match_context *ctx,
			      const struct xap_node *query,
			      struct match_node *all);

/* BM25 (Robertson and Walker 1994) of a term in termfreq of the documents. */
double match_term_weight(const struct match_context *ctx, uint32_t termfreq,
			 double factor);
double match_bound(const struct match_context *ctx, double weight,
		   uint32_t wdf_bound);

/* What is the same for all documents, in a copy of the loop's own: stores of
 * weights could change another's. */
struct match_norms {
	double k1, b, rest, scale;
};

static inline struct match_norms match_norms(const struct match_context *ctx)
{
	const double b = ctx->rq->b, k1 = ctx->rq->k1;

	return (struct match_norms){ k1 > MATCH_TINY ? k1 : MATCH_TINY, b,
				     1 - b, ctx->norm };
}

static inline double match_share(const struct match_norms m, double weight,
				 uint32_t wdf, uint32_t length)
{
	const double scaled = length * m.scale;
	const double norm = scaled > MATCH_TINY ? scaled : MATCH_TINY;

	return weight * (wdf / (m.k1 * (norm * m.b + m.rest) + wdf));
}

/* Gives what has been found out, and keeps it for match_weigh_matched(). */
void match_settle(struct match_node *n, uint32_t base, uint64_t *found,
		  uint64_t *out);
/* weigh of a node whose kids may match where it does not. */
void match_weigh_matched(struct match_node *n, uint32_t base,
			 const uint64_t *bits, double *weight);

/* The docids from .. to - 1 of the window in which all are that are wanted
 * (NULL: all of it); false: none is. */
bool match_bounds(const uint64_t *want, uint32_t base, uint32_t *from,
		  uint32_t *to);

/* Past the deadline?  Looks at the clock once in a while. */
bool match_is_late(struct match_context *ctx);

/* A docid, or POSTING_END, before which nothing matches that is at docid or
 * behind it.  Forward only. */
static inline uint32_t node_advance(struct match_node *n, uint32_t docid)
{
	return n->ops->advance(n, docid);
}

/* Sets the bits of documents that match, of those whose bit is set in want
 * (NULL: all); others of out stay as they are.  Once a window, forward. */
static inline void node_fill(struct match_node *n, uint32_t base,
			     const uint64_t *want, uint64_t *out)
{
	n->ops->fill(n, base, want, out);
}

/* Adds its share to the weight of those whose bit is set and that it matched
 * when it was last filled, if that was this window. */
static inline void node_weigh(struct match_node *n, uint32_t base,
			      const uint64_t *bits, double *weight)
{
	if (n->weighted)
		n->ops->weigh(n, base, bits, weight);
}

/* Fills and weighs at once: adds to the weight of each document that matches
 * its share, or MATCH_LEAST where that is next to nothing. */
void node_add(struct match_node *n, uint32_t base, double *weight);
/* Fills for node_weigh() alone: want is not all clear. */
void node_look(struct match_node *n, uint32_t base, const uint64_t *want);

static inline bool bits_any(const uint64_t *bits)
{
	uint64_t any = 0;

	for (int i = 0; i < COLUMN_WORDS; i++)
		any |= bits[i];
	return any;
}

/* Without the instruction, which not every processor has: Knuth 7.1.3 (62). */
static inline unsigned bits_in(uint64_t v)
{
	v -= v >> 1 & 0x5555555555555555;
	v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
	v = (v + (v >> 4)) & 0x0F0F0F0F0F0F0F0F;
	return (unsigned)(v * 0x0101010101010101 >> 56);
}

static inline unsigned bits_count(const uint64_t *bits)
{
	unsigned n = 0;

	for (int i = 0; i < COLUMN_WORDS; i++)
		if (bits[i])
			n += bits_in(bits[i]);
	return n;
}

static inline bool bits_has(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

#endif
