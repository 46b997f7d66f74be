/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_term.c - one word, or every document
 */
#include "match_floor.h"

#include <math.h>

enum {
	FEW_PART = 4, /* fewer are looked for, each where it belongs */
	SEEK_PART = 6 /* fewer are sought in the list itself */
};

/* ------------------------------------------------------------- weights -- */

double match_term_weight(const struct match_context *ctx, uint32_t termfreq,
			 double factor)
{
	const double k1 = match_norms(ctx).k1;
	double w = (ctx->documents - termfreq + 0.5) / (termfreq + 0.5);

	if (w < 2)
		w = w * 0.5 + 1;
	return log(w) * factor * (k1 + 1);
}

/* A document with so many is at least as long (Macdonald et al. 2011). */
double match_bound(const struct match_context *ctx, double weight,
		   uint32_t wdf_bound)
{
	const uint32_t least = glass_db_version(ctx->db)->length_min;

	return match_share(match_norms(ctx), weight, wdf_bound,
			   wdf_bound > least ? wdf_bound : least);
}

/* --------------------------------------------------------------- a word -- */

struct term_node {
	struct match_node n;
	struct posting_list list;
	double weight;
	uint32_t expected; /* postings of a window, on average */
	uint32_t window;   /* whose postings are kept */
	size_t npostings;
	uint32_t *docid, *wdf; /* COLUMN_WINDOW of each */
	struct match_floor floor;
};

static uint32_t term_advance(struct match_node *n, uint32_t docid)
{
	struct posting_list *list = &((struct term_node *)n)->list;

	if (list->docid < docid)
		posting_list_skip(list, docid);
	return list->docid;
}

static void mark(const uint32_t *docid, size_t n, uint32_t base, uint64_t *bits)
{
	uint64_t word = 0;
	uint32_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const uint32_t next = docid[i] - base;

		if (next / 64 != at) {
			bits[at] |= word;
			word = 0;
			at = next / 64;
		}
		word |= 1ull << next % 64;
	}
	bits[at] |= word;
}

static void join(uint64_t *out, const uint64_t *found, const uint64_t *want)
{
	for (int i = 0; i < COLUMN_WORDS; i++)
		out[i] |= want ? found[i] & want[i] : found[i];
}

/* The postings of docids from .. to - 1, all in the window of base. */
static void term_read(struct term_node *t, uint32_t base, uint32_t from,
		      uint32_t to)
{
	t->window = base;
	t->npostings = 0;
	if (term_advance(&t->n, from) < to)
		t->npostings =
			posting_list_read(&t->list, to, t->docid, t->wdf);
}

bool match_bounds(const uint64_t *want, uint32_t base, uint32_t *from,
		  uint32_t *to)
{
	uint32_t first = 0, last = COLUMN_WORDS - 1;

	*from = base;
	*to = base + COLUMN_WINDOW;
	if (!want)
		return true;
	while (first < last && !want[first])
		first++;
	while (last > first && !want[last])
		last--;
	if (!want[first])
		return false;
	*from = base + 64 * first + (uint32_t)__builtin_ctzll(want[first]);
	*to = base + 64 * last + 64 - (uint32_t)__builtin_clzll(want[last]);
	return true;
}

/* No more is read than from the first that is wanted to the last. */
static void term_read_wanted(struct term_node *t, uint32_t base,
			     const uint64_t *want)
{
	uint32_t from, to;

	t->npostings = 0;
	if (match_bounds(want, base, &from, &to))
		term_read(t, base, from, to);
}

static bool are_few(const struct term_node *t, const uint64_t *want)
{
	const uint32_t few = t->expected / SEEK_PART;

	return want && few && bits_count(want) < few;
}

/* What it has of few documents that are wanted: the list is passed over from
 * one to the next. */
static void term_seek(struct term_node *t, uint32_t base, const uint64_t *want,
		      uint64_t *out)
{
	t->window = base;
	t->npostings = 0;
	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = want[w]; left; left &= left - 1) {
			const uint32_t docid =
				base + w * 64 + (uint32_t)__builtin_ctzll(left);

			if (term_advance(&t->n, docid) != docid)
				continue;
			t->docid[t->npostings] = docid;
			t->wdf[t->npostings++] = t->list.wdf;
			out[w] |= left & -left;
		}
}

static void term_look(struct match_node *n, uint32_t base, const uint64_t *want)
{
	struct term_node *t = (struct term_node *)n;
	uint64_t ignored[COLUMN_WORDS] = { 0 };

	if (are_few(t, want))
		term_seek(t, base, want, ignored);
	else
		term_read_wanted(t, base, want);
}

/* From i on, which is below it, the first posting at docid or behind. */
static size_t gallop(const struct term_node *t, size_t i, uint32_t docid)
{
	size_t step = 1, end;

	while (i + step < t->npostings && t->docid[i + step] < docid)
		step *= 2;
	end = i + step < t->npostings ? i + step : t->npostings;
	i += step / 2;
	while (i < end) {
		const size_t middle = (i + end) / 2;

		if (t->docid[middle] < docid)
			i = middle + 1;
		else
			end = middle;
	}
	return i;
}

static void term_drop_light(struct term_node *t, uint32_t base)
{
	const uint32_t *length = column_lengths_at(t->n.ctx->lengths, base);
	size_t kept = 0;

	for (size_t i = 0; length && i < t->npostings; i++) {
		const uint32_t docid = t->docid[i], wdf = t->wdf[i];

		t->docid[kept] = docid;
		t->wdf[kept] = wdf;
		kept += !match_is_light(&t->floor, wdf, length[docid - base]);
	}
	t->npostings = kept;
}

static void term_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		      uint64_t *out)
{
	struct term_node *t = (struct term_node *)n;
	uint64_t found[COLUMN_WORDS] = { 0 };

	if (are_few(t, want)) {
		term_seek(t, base, want, out);
		return;
	}
	term_read_wanted(t, base, want);
	if (!want && match_floor_raise(&t->floor, n, t->weight))
		term_drop_light(t, base);
	mark(t->docid, t->npostings, base, found);
	join(out, found, want);
}

/* ---- weighing ---- */

static void weigh_few(const struct term_node *t, uint32_t base,
		      const uint64_t *bits, const uint32_t *length,
		      double *weight)
{
	const struct match_norms norms = match_norms(t->n.ctx);
	size_t i = 0;

	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1) {
			uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(left);

			if (t->docid[i] < base + at)
				i = gallop(t, i, base + at);
			if (i == t->npostings)
				return;
			if (t->docid[i] == base + at)
				weight[at] +=
					match_share(norms, t->weight, t->wdf[i],
						    length[at]);
		}
}

static void weigh_many(const struct term_node *t, uint32_t base,
		       const uint64_t *bits, const uint32_t *length,
		       double *weight)
{
	const struct match_norms norms = match_norms(t->n.ctx);
	const double own = t->weight;

	for (size_t i = 0; i < t->npostings; i++) {
		const uint32_t at = t->docid[i] - base;

		if (bits_has(bits, at))
			weight[at] +=
				match_share(norms, own, t->wdf[i], length[at]);
	}
}

static void term_weigh(struct match_node *n, uint32_t base,
		       const uint64_t *bits, double *weight)
{
	const struct term_node *t = (const struct term_node *)n;
	const uint32_t *length;

	if (t->window != base || !t->npostings)
		return;
	length = column_lengths_at(n->ctx->lengths, base);
	if (!length)
		return;
	if (bits_count(bits) < t->npostings / FEW_PART)
		weigh_few(t, base, bits, length, weight);
	else
		weigh_many(t, base, bits, length, weight);
}

static void term_add(struct match_node *n, uint32_t base, double *weight)
{
	struct term_node *t = (struct term_node *)n;
	const struct match_norms norms = match_norms(n->ctx);
	const double own = t->weight;
	const uint32_t *length = column_lengths_at(n->ctx->lengths, base);

	term_read(t, base, base, base + COLUMN_WINDOW);
	for (size_t i = 0; length && i < t->npostings; i++) {
		const uint32_t at = t->docid[i] - base;
		const double share =
			match_share(norms, own, t->wdf[i], length[at]);

		weight[at] += share > MATCH_LEAST ? share : MATCH_LEAST;
	}
}

static void term_close(struct match_node *n)
{
	posting_list_close(&((struct term_node *)n)->list);
}

static const struct match_ops term_ops = {
	.advance = term_advance,
	.fill = term_fill,
	.weigh = term_weigh,
	.add = term_add,
	.look = term_look,
	.close = term_close,
};

static struct match_node *new_term(struct match_context *ctx,
				   const struct xap_node *query)
{
	struct match_node *n =
		match_new(ctx, sizeof(struct term_node), &term_ops, query);
	struct term_node *t = (struct term_node *)n;

	if (!n)
		return NULL;
	t->window = MATCH_NO_WINDOW;
	t->docid = arena_alloc(ctx->arena, COLUMN_WINDOW * sizeof(*t->docid));
	t->wdf = arena_alloc(ctx->arena, COLUMN_WINDOW * sizeof(*t->wdf));
	if (t->docid && t->wdf)
		return n;
	glass_db_nomem(ctx->db);
	return NULL;
}

static uint32_t per_window(const struct match_context *ctx, uint64_t postings)
{
	return (uint32_t)(postings * COLUMN_WINDOW /
			  (glass_db_version(ctx->db)->last_docid + 1ull));
}

struct match_node *match_term(struct match_context *ctx,
			      const struct xap_node *query, double factor)
{
	struct match_node *n = new_term(ctx, query);
	struct term_node *t = (struct term_node *)n;

	if (!n || !posting_list_open(&t->list, ctx->db, query->term.data,
				     query->term.len))
		return NULL;
	n->cost = t->list.termfreq;
	n->weighted = ctx->weigh && factor > 0 && n->cost;
	if (n->weighted) {
		t->weight = match_term_weight(ctx, t->list.termfreq, factor);
		n->bound = match_bound(ctx, t->weight, t->list.wdf_bound);
	}
	t->expected = per_window(ctx, n->cost);
	return n;
}

struct match_node *match_all(struct match_context *ctx,
			     const struct xap_node *query)
{
	struct match_node *n = new_term(ctx, query);

	if (!n ||
	    !posting_list_open_lengths(&((struct term_node *)n)->list, ctx->db))
		return NULL;
	n->cost = glass_db_version(ctx->db)->documents;
	((struct term_node *)n)->expected = per_window(ctx, n->cost);
	return n;
}
