/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_filter.c - values within a range; words in order or near each other
 */
#include "glass_block.h"
#include "match_node.h"

/* --------------------------------------------------------------- a range -- */

struct range_node {
	struct match_node n;
	struct column *values;
	uint64_t low, high; /* heads of the bounds */
};

/* As column_values.head. */
static uint64_t head_of(const struct xap_bytes *value)
{
	uint64_t head = 0;

	for (size_t i = 0; i < 8; i++)
		head = head << 8 |
		       (i < value->len ? (unsigned char)value->data[i] : 0);
	return head;
}

/* It may stand anywhere. */
static uint32_t range_advance(struct match_node *n, uint32_t docid)
{
	return docid > glass_db_version(n->ctx->db)->last_docid ? POSTING_END
								: docid;
}

static int compare(const struct xap_bytes *a, const struct xap_bytes *b)
{
	return key_compare(a->data, a->len, b->data, b->len);
}

/* The heads do not tell. */
static bool whole_within(struct range_node *r, uint32_t docid)
{
	const struct xap_node *q = r->n.query;
	struct xap_bytes value;

	return column_value(r->values, docid, &value) && value.len &&
	       (!q->low.len || compare(&value, &q->low) >= 0) &&
	       (!q->high.len || compare(&value, &q->high) <= 0);
}

static bool within(struct range_node *r, uint64_t head, uint32_t docid)
{
	const struct xap_node *q = r->n.query;

	if ((q->low.len && head < r->low) || (q->high.len && head > r->high))
		return false;
	if ((q->low.len && head == r->low) || (q->high.len && head == r->high))
		return whole_within(r, docid);
	return true;
}

static void range_fill(struct match_node *n, uint32_t base,
		       const uint64_t *want, uint64_t *out)
{
	struct range_node *r = (struct range_node *)n;
	struct column_values v;

	if (!column_values_at(r->values, base, &v))
		return;
	for (uint32_t w = 0; w < COLUMN_WORDS; w++) {
		uint64_t left = v.has[w] & (want ? want[w] : UINT64_MAX);

		for (; left; left &= left - 1) {
			uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(left);

			if (within(r, v.head[at], base + at))
				out[w] |= left & -left;
		}
	}
}

static const struct match_ops range_ops = {
	.advance = range_advance,
	.fill = range_fill,
};

struct match_node *match_range(struct match_context *ctx,
			       const struct xap_node *query)
{
	struct match_node *n =
		match_new(ctx, sizeof(struct range_node), &range_ops, query);
	struct range_node *r = (struct range_node *)n;

	if (!n)
		return NULL;
	r->values = ctx->values(ctx->ctx, query->slot);
	r->low = head_of(&query->low);
	r->high = head_of(&query->high);
	n->cost = glass_db_version(ctx->db)->documents + 1ull;
	return r->values ? n : NULL;
}

/* -------------------------------------------------- phrases and nearness -- */

struct near_node {
	struct match_node n;	/* its kids are the words */
	struct match_node *all; /* an AND of them */
	struct positions *positions;
	double *weight; /* of a window's documents, 0 between two uses */
};

static uint32_t near_advance(struct match_node *n, uint32_t docid)
{
	return node_advance(((struct near_node *)n)->all, docid);
}

/* What the words weigh is told sooner than where they stand. */
static void drop_light(struct near_node *p, uint32_t base, uint64_t *bits)
{
	const double least = match_least(&p->n);

	if (least <= 0 || !bits_any(bits))
		return;
	node_weigh(p->all, base, bits, p->weight);
	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1) {
			double *weight =
				&p->weight[w * 64 +
					   (uint32_t)__builtin_ctzll(left)];

			if (*weight < least)
				bits[w] &= ~(left & -left);
			*weight = 0;
		}
}

static void near_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		      uint64_t *out)
{
	struct near_node *p = (struct near_node *)n;
	uint64_t *all = n->scratch;

	memset(all, 0, COLUMN_WORDS * sizeof(*all));
	node_fill(p->all, base, want, all);
	drop_light(p, base, all);
	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = all[w]; left; left &= left - 1) {
			uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(left);

			if (match_is_late(n->ctx) ||
			    !positions_match(p->positions, base + at))
				all[w] &= ~(left & -left);
		}
	match_settle(n, base, all, out);
}

static void near_close(struct match_node *n)
{
	positions_free(((struct near_node *)n)->positions);
}

static const struct match_ops near_ops = {
	.advance = near_advance,
	.fill = near_fill,
	.weigh = match_weigh_matched,
	.close = near_close,
};

static bool open_positions(struct near_node *p)
{
	const struct xap_node *q = p->n.query;
	struct xap_bytes term[POSITIONS_TERMS_MAX];
	uint32_t termfreq[POSITIONS_TERMS_MAX];

	for (size_t i = 0; i < q->nkids; i++) {
		term[i] = q->kids[i]->term;
		termfreq[i] = (uint32_t)p->all->kid[i]->cost;
	}
	p->positions = positions_new(p->n.ctx->db,
				     q->op == XAP_PHRASE ? POSITIONS_PHRASE
							 : POSITIONS_NEAR,
				     term, termfreq, q->nkids, q->window);
	return p->positions;
}

struct match_node *match_near(struct match_context *ctx,
			      const struct xap_node *query,
			      struct match_node *all)
{
	struct match_node *n =
		match_new(ctx, sizeof(struct near_node), &near_ops, query);
	struct near_node *p = (struct near_node *)n;

	if (!n)
		return NULL;
	p->all = all;
	p->weight = arena_zalloc(ctx->arena, COLUMN_WINDOW, sizeof(double));
	if (!p->weight) {
		glass_db_nomem(ctx->db);
		return NULL;
	}
	n->kid = all->kid;
	n->nkids = n->nneeded = all->nkids;
	n->weighted = all->weighted;
	n->bound = all->bound;
	/* Dearer than anything else of an AND. */
	n->cost = 2ull * glass_db_version(ctx->db)->documents + all->cost;
	return open_positions(p) ? n : NULL;
}
