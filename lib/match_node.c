/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_node.c - what joins the parts of a query; the tree of them
 */
#include "match_node.h"

#include "deadline.h"
#include "status.h"

#include <math.h>

enum {
	LOOKS = 32 /* calls between two looks at the clock */
};

bool match_is_late(struct match_context *ctx)
{
	if (!ctx->late && ctx->deadline && !ctx->looks--) {
		ctx->late = is_past(ctx->deadline);
		ctx->looks = LOOKS;
	}
	return ctx->late;
}

struct match_node *match_new(struct match_context *ctx, size_t size,
			     const struct match_ops *ops,
			     const struct xap_node *query)
{
	struct match_node *n = arena_zalloc(ctx->arena, 1, size);

	if (n)
		n->scratch = arena_alloc(ctx->arena,
					 2 * COLUMN_WORDS * sizeof(uint64_t));
	if (!n || !n->scratch) {
		glass_db_nomem(ctx->db);
		return NULL;
	}
	n->ops = ops;
	n->ctx = ctx;
	n->query = query;
	if (ops->close) {
		n->next_open = ctx->open;
		ctx->open = n;
	}
	return n;
}

void match_close(struct match_context *ctx)
{
	for (; ctx->open; ctx->open = ctx->open->next_open)
		ctx->open->ops->close(ctx->open);
}

/* ---------------------------------------------------------------- shared -- */

static void weigh_all(struct match_node *n, uint32_t base, const uint64_t *bits,
		      double *weight)
{
	for (size_t i = 0; i < n->nkids; i++)
		node_weigh(n->kid[i], base, bits, weight);
}

void match_settle(struct match_node *n, uint32_t base, uint64_t *found,
		  uint64_t *out)
{
	n->window = base;
	n->matched = found;
	for (int w = 0; w < COLUMN_WORDS; w++)
		out[w] |= found[w];
}

void match_weigh_matched(struct match_node *n, uint32_t base,
			 const uint64_t *bits, double *weight)
{
	uint64_t own[COLUMN_WORDS];

	if (n->window != base || !n->matched)
		return;
	for (int w = 0; w < COLUMN_WORDS; w++)
		own[w] = bits[w] & n->matched[w];
	if (bits_any(own))
		weigh_all(n, base, own, weight);
}

static void clear(uint64_t *bits)
{
	memset(bits, 0, COLUMN_WORDS * sizeof(*bits));
}

void node_add(struct match_node *n, uint32_t base, double *weight)
{
	uint64_t bits[COLUMN_WORDS] = { 0 };

	if (n->ops->add) {
		n->ops->add(n, base, weight);
		return;
	}
	node_fill(n, base, NULL, bits);
	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1)
			weight[w * 64 + (uint32_t)__builtin_ctzll(left)] +=
				MATCH_LEAST;
	node_weigh(n, base, bits, weight);
}

void node_look(struct match_node *n, uint32_t base, const uint64_t *want)
{
	uint64_t ignored[COLUMN_WORDS] = { 0 };

	if (n->ops->look)
		n->ops->look(n, base, want);
	else
		node_fill(n, base, want, ignored);
}

/* --------------------------------------------------------------- any, OR -- */

static uint32_t or_advance(struct match_node *n, uint32_t docid)
{
	uint32_t least = POSTING_END;

	for (size_t i = 0; i < n->nkids; i++) {
		uint32_t next = node_advance(n->kid[i], docid);

		if (next < least)
			least = next;
	}
	return least;
}

static void or_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		    uint64_t *out)
{
	for (size_t i = 0; i < n->nkids; i++)
		node_fill(n->kid[i], base, want, out);
}

static const struct match_ops or_ops = {
	.advance = or_advance,
	.fill = or_fill,
	.weigh = weigh_all,
};

/* -------------------------------------------------------- all, AND, FILTER -- */

/* Once round is enough: what is found is a bound, and moves by windows. */
static uint32_t and_advance(struct match_node *n, uint32_t docid)
{
	uint32_t at = docid, before;

	do {
		before = at;
		for (size_t i = 0; i < n->nkids; i++) {
			uint32_t next = node_advance(n->by_cost[i], at);

			if (next == POSTING_END)
				return POSTING_END;
			if (next > at)
				at = next;
		}
	} while (at / COLUMN_WINDOW != before / COLUMN_WINDOW);
	return at;
}

static void and_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		     uint64_t *out)
{
	uint64_t *found = n->scratch, *next = found + COLUMN_WORDS;

	for (size_t i = 0; i < n->nkids; i++) {
		uint64_t *swap = found;

		clear(next);
		node_fill(n->by_cost[i], base, i ? found : want, next);
		found = next;
		next = swap;
		if (!bits_any(found))
			break;
	}
	match_settle(n, base, found, out);
}

static const struct match_ops and_ops = {
	.advance = and_advance,
	.fill = and_fill,
	.weigh = match_weigh_matched,
};

/* ------------------------------------------------ one, and some others -- */

static uint32_t first_advance(struct match_node *n, uint32_t docid)
{
	return node_advance(n->kid[0], docid);
}

/* strike: what the others match is taken out; else they are only there to be
 * weighed. */
static void others_fill(struct match_node *n, uint32_t base,
			const uint64_t *want, uint64_t *out, bool strike)
{
	uint64_t *found = n->scratch, *other = found + COLUMN_WORDS;

	clear(found);
	node_fill(n->kid[0], base, want, found);
	for (size_t i = 1; i < n->nkids && bits_any(found); i++) {
		clear(other);
		node_fill(n->kid[i], base, found, other);
		for (int w = 0; strike && w < COLUMN_WORDS; w++)
			found[w] &= ~other[w];
	}
	match_settle(n, base, found, out);
}

static void not_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		     uint64_t *out)
{
	others_fill(n, base, want, out, true);
}

static void maybe_fill(struct match_node *n, uint32_t base,
		       const uint64_t *want, uint64_t *out)
{
	others_fill(n, base, want, out, false);
}

static const struct match_ops not_ops = {
	.advance = first_advance,
	.fill = not_fill,
	.weigh = match_weigh_matched,
};

static const struct match_ops maybe_ops = {
	.advance = first_advance,
	.fill = maybe_fill,
	.weigh = match_weigh_matched,
};

/* -------------------------------------------------------------- pruning -- */

void match_allow_pruning(struct match_node *n, double spare)
{
	n->may_prune = n->weighted;
	n->spare = spare;
	for (size_t i = 0; i < n->nneeded; i++)
		match_allow_pruning(n->kid[i],
				    spare + n->bound - n->kid[i]->bound);
}

/* ------------------------------------------------------------- none at all -- */

static uint32_t none_advance(struct match_node *n, uint32_t docid)
{
	(void)n;
	(void)docid;
	return POSTING_END;
}

static void none_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		      uint64_t *out)
{
	(void)n;
	(void)base;
	(void)want;
	(void)out;
}

static const struct match_ops none_ops = {
	.advance = none_advance,
	.fill = none_fill,
};

/* ---------------------------------------------------------------- the tree -- */

struct build {
	struct match_context *ctx;
	enum trawl_status st;
	struct trawl_error *err;
};

static struct match_node *build(struct build *b, const struct xap_node *query,
				double factor, unsigned depth);

static struct match_node *refuse(struct build *b, const char *why)
{
	if (b->st == TRAWL_OK)
		b->st = fail(b->err, TRAWL_INVAL, "query: %s", why);
	return NULL;
}

static int cheaper(const void *a, const void *b)
{
	const struct match_node *x = *(struct match_node *const *)a;
	const struct match_node *y = *(struct match_node *const *)b;

	return (x->cost > y->cost) - (x->cost < y->cost);
}

static bool room_for_kids(struct match_node *n, size_t count)
{
	n->kid = arena_zalloc(n->ctx->arena, count + 1,
			      sizeof(struct match_node *));
	n->by_cost = arena_zalloc(n->ctx->arena, count + 1,
				  sizeof(struct match_node *));
	return (n->kid && n->by_cost) || glass_db_nomem(n->ctx->db);
}

/* others: the factor of all kids but the first. */
static struct match_node *build_many(struct build *b,
				     const struct match_ops *ops,
				     const struct xap_node *query,
				     double factor, double others,
				     unsigned depth)
{
	struct match_node *n =
		match_new(b->ctx, sizeof(struct match_node), ops, query);

	if (!n || !room_for_kids(n, query->nkids))
		return NULL;
	for (size_t i = 0; i < query->nkids; i++) {
		struct match_node *kid = build(b, query->kids[i],
					       i ? others : factor, depth + 1);

		if (!kid)
			return NULL;
		n->kid[i] = n->by_cost[i] = kid;
		n->nkids++;
		n->weighted |= kid->weighted;
		n->bound += kid->bound;
	}
	qsort(n->by_cost, n->nkids, sizeof(struct match_node *), cheaper);
	return n;
}

static struct match_node *build_or(struct build *b,
				   const struct xap_node *query, double factor,
				   unsigned depth)
{
	struct match_node *n =
		build_many(b, &or_ops, query, factor, factor, depth);

	for (size_t i = 0; n && i < n->nkids; i++)
		n->cost += n->kid[i]->cost;
	return n;
}

static struct match_node *build_and(struct build *b,
				    const struct xap_node *query, double factor,
				    double others, unsigned depth)
{
	struct match_node *n =
		build_many(b, &and_ops, query, factor, others, depth);

	if (n && n->nkids) {
		n->cost = n->by_cost[0]->cost;
		n->nneeded = n->nkids;
	}
	return n;
}

/* What the first kid decides. */
static struct match_node *build_first(struct build *b,
				      const struct match_ops *ops,
				      const struct xap_node *query,
				      double factor, double others,
				      unsigned depth)
{
	struct match_node *n = build_many(b, ops, query, factor, others, depth);

	if (n && n->nkids) {
		n->cost = n->kid[0]->cost;
		n->nneeded = 1;
	}
	return n;
}

static bool are_terms(const struct xap_node *query)
{
	for (size_t i = 0; i < query->nkids; i++)
		if (!query->kids[i] || query->kids[i]->op != XAP_TERM ||
		    !query->kids[i]->term.len)
			return false;
	return true;
}

static struct match_node *build_near(struct build *b,
				     const struct xap_node *query,
				     double factor, unsigned depth)
{
	struct match_node *all;

	if (!are_terms(query))
		return refuse(b, "a part of a phrase is no term");
	if (query->nkids > POSITIONS_TERMS_MAX)
		return refuse(b, "a phrase is too long");
	all = build_and(b, query, factor, factor, depth);
	/* As Xapian does where no word at all has positions. */
	if (!all || query->nkids < 2 ||
	    !glass_db_version(b->ctx->db)->root[GLASS_POSITION].entries)
		return all;
	return match_near(b->ctx, query, all);
}

static struct match_node *build_synonym(struct build *b,
					const struct xap_node *query,
					double factor, unsigned depth)
{
	if (!are_terms(query))
		return refuse(b, "what stands for a term is none");
	if (query->nkids == 1)
		return build(b, query->kids[0], factor, depth + 1);
	return match_synonym(b->ctx, query, factor);
}

static struct match_node *
build_term(struct build *b, const struct xap_node *query, double factor)
{
	if (!query->term.len)
		return refuse(b, "a term is empty");
	return match_term(b->ctx, query, factor);
}

static struct match_node *build_none(struct build *b,
				     const struct xap_node *query)
{
	return match_new(b->ctx, sizeof(struct match_node), &none_ops, query);
}

static struct match_node *build_scale(struct build *b,
				      const struct xap_node *query,
				      double factor, unsigned depth)
{
	if (!isfinite(query->factor) || query->factor < 0)
		return refuse(b, "a weight's factor is negative or no number");
	if (!query->nkids)
		return build_none(b, query);
	return build(b, query->kids[0], factor * query->factor, depth + 1);
}

static struct match_node *build(struct build *b, const struct xap_node *query,
				double factor, unsigned depth)
{
	if (!query || depth > MATCH_DEPTH_MAX)
		return refuse(b, "a part is absent or too deep");
	switch (query->nkids || query->op == XAP_TERM ||
				query->op == XAP_RANGE || query->op == XAP_ALL
			? query->op
			: XAP_NONE) {
	case XAP_TERM:
		return build_term(b, query, factor);
	case XAP_AND:
		return build_and(b, query, factor, factor, depth);
	case XAP_OR:
		return build_or(b, query, factor, depth);
	case XAP_AND_NOT:
		return build_first(b, &not_ops, query, factor, 0, depth);
	case XAP_FILTER:
		return build_and(b, query, factor, 0, depth);
	case XAP_AND_MAYBE:
		return build_first(b, &maybe_ops, query, factor, factor, depth);
	case XAP_SYNONYM:
		return build_synonym(b, query, factor, depth);
	case XAP_PHRASE:
	case XAP_NEAR:
		return build_near(b, query, factor, depth);
	case XAP_SCALE:
		return build_scale(b, query, factor, depth);
	case XAP_RANGE:
		return match_range(b->ctx, query);
	case XAP_ALL:
		return match_all(b->ctx, query);
	case XAP_NONE:
		return build_none(b, query);
	}
	return refuse(b, "an operator is unknown");
}

struct match_node *match_build(struct match_context *ctx,
			       const struct xap_node *query,
			       enum trawl_status *st, struct trawl_error *err)
{
	struct build b = { .ctx = ctx, .err = err };
	struct match_node *root = build(&b, query, 1, 0);

	*st = b.st;
	if (!root && b.st == TRAWL_OK)
		*st = glass_db_status(ctx->db, err);
	return root;
}
