/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_term.c - words: one, every document, and several as one
 */
#include "match_node.h"

#include <math.h>

enum {
	FEW_PART = 4 /* fewer are looked for, each where it belongs */
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
	uint32_t window; /* whose postings are kept */
	size_t npostings;
	uint32_t *docid, *wdf; /* COLUMN_WINDOW of each */
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

/* The docids from .. to - 1 of the window in which all are that are wanted. */
static bool bounds(const uint64_t *want, uint32_t base, uint32_t *from,
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
static void term_look(struct match_node *n, uint32_t base, const uint64_t *want)
{
	struct term_node *t = (struct term_node *)n;
	uint32_t from, to;

	t->npostings = 0;
	if (bounds(want, base, &from, &to))
		term_read(t, base, from, to);
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

/* Of what is wanted, few documents, what it has. */
static void find_few(const struct term_node *t, uint32_t base,
		     const uint64_t *want, uint64_t *out)
{
	size_t i = 0;

	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = want[w]; left; left &= left - 1) {
			const uint32_t docid =
				base + w * 64 + (uint32_t)__builtin_ctzll(left);

			if (t->docid[i] < docid)
				i = gallop(t, i, docid);
			if (i == t->npostings)
				return;
			if (t->docid[i] == docid)
				out[w] |= left & -left;
		}
}

static void term_fill(struct match_node *n, uint32_t base, const uint64_t *want,
		      uint64_t *out)
{
	struct term_node *t = (struct term_node *)n;
	uint64_t found[COLUMN_WORDS] = { 0 };

	term_look(n, base, want);
	if (!t->npostings)
		return;
	if (!want) {
		mark(t->docid, t->npostings, base, out);
		return;
	}
	if (bits_count(want) < t->npostings / FEW_PART) {
		find_few(t, base, want, out);
		return;
	}
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
	return n;
}

/* ------------------------------------------------- several words as one -- */

/* Their wdfs are summed in each document, so that none need be kept. */
struct synonym_node {
	struct match_node n;
	struct posting_list *list;
	uint32_t *next; /* docid of each list: they are many and large */
	size_t nlists;
	double weight;
	uint32_t window;
	uint32_t wdf[COLUMN_WINDOW];
};

static uint32_t synonym_advance(struct match_node *n, uint32_t docid)
{
	struct synonym_node *s = (struct synonym_node *)n;
	uint32_t least = POSTING_END;

	for (size_t i = 0; i < s->nlists; i++) {
		if (s->next[i] < docid) {
			posting_list_skip(&s->list[i], docid);
			s->next[i] = s->list[i].docid;
		}
		if (s->next[i] < least)
			least = s->next[i];
	}
	return least;
}

/* zero: a bit for each document that only has the word with no wdf. */
static void add_list(struct synonym_node *s, size_t i, uint32_t base,
		     uint32_t to, uint64_t *zero)
{
	uint32_t docid[COLUMN_WINDOW], wdf[COLUMN_WINDOW];
	size_t n = posting_list_read(&s->list[i], to, docid, wdf);

	s->next[i] = s->list[i].docid;
	for (size_t k = 0; k < n; k++) {
		const uint32_t at = docid[k] - base;
		const uint32_t sum = s->wdf[at] + wdf[k];

		s->wdf[at] = sum >= wdf[k] ? sum : UINT32_MAX;
		if (!wdf[k])
			zero[at / 64] |= 1ull << at % 64;
	}
}

static uint64_t summed(const uint32_t *wdf, uint64_t want)
{
	uint64_t word = 0;

	if (want == UINT64_MAX) {
		for (int i = 63; i >= 0; i--)
			word = word << 1 | (wdf[i] != 0);
		return word;
	}
	for (; want; want &= want - 1)
		if (wdf[__builtin_ctzll(want)])
			word |= want & -want;
	return word;
}

static void synonym_fill(struct match_node *n, uint32_t base,
			 const uint64_t *want, uint64_t *out)
{
	struct synonym_node *s = (struct synonym_node *)n;
	uint64_t zero[COLUMN_WORDS] = { 0 };
	uint32_t from, to;

	s->window = base;
	memset(s->wdf, 0, sizeof(s->wdf));
	if (!bounds(want, base, &from, &to) || synonym_advance(n, from) >= to)
		return;
	for (size_t i = 0; i < s->nlists; i++)
		if (s->next[i] < to)
			add_list(s, i, base, to, zero);
	for (int w = 0; w < COLUMN_WORDS; w++) {
		const uint64_t wanted = want ? want[w] : UINT64_MAX;

		out[w] |= summed(s->wdf + 64 * w, wanted) | (zero[w] & wanted);
	}
}

/* A sum is never taken to be more than the document's length. */
static void synonym_weigh(struct match_node *n, uint32_t base,
			  const uint64_t *bits, double *weight)
{
	const struct synonym_node *s = (const struct synonym_node *)n;
	const struct match_norms norms = match_norms(n->ctx);
	const uint32_t *length = column_lengths_at(n->ctx->lengths, base);

	for (int w = 0; s->window == base && length && w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1) {
			uint32_t at =
				(uint32_t)(w * 64 + __builtin_ctzll(left));
			uint32_t wdf = s->wdf[at];

			if (wdf > length[at])
				wdf = length[at];
			if (wdf)
				weight[at] += match_share(norms, s->weight, wdf,
							  length[at]);
		}
}

static void synonym_close(struct match_node *n)
{
	struct synonym_node *s = (struct synonym_node *)n;

	for (size_t i = 0; i < s->nlists; i++)
		posting_list_close(&s->list[i]);
}

static const struct match_ops synonym_ops = {
	.advance = synonym_advance,
	.fill = synonym_fill,
	.weigh = synonym_weigh,
	.close = synonym_close,
};

static bool open_lists(struct synonym_node *s, const struct xap_node *query)
{
	for (size_t i = 0; i < query->nkids; i++) {
		const struct xap_bytes *term = &query->kids[i]->term;

		s->nlists++;
		if (!posting_list_open(&s->list[i], s->n.ctx->db, term->data,
				       term->len))
			return false;
		s->next[i] = s->list[i].docid;
	}
	return true;
}

/* ---- how many documents have any of them, as if words were independent -- */

static void sift_down(uint32_t *heap, size_t n, size_t i)
{
	for (size_t kid; (kid = 2 * i + 1) < n; i = kid) {
		uint32_t held = heap[i];

		if (kid + 1 < n && heap[kid + 1] < heap[kid])
			kid++;
		if (heap[kid] >= held)
			return;
		heap[i] = heap[kid];
		heap[kid] = held;
	}
}

/* Xapian joins the two rarest over and over again, and rounds each time. */
static uint32_t estimate(uint32_t *heap, size_t n, double documents)
{
	for (size_t i = n / 2; i--;)
		sift_down(heap, n, i);
	while (n > 1) {
		double a = heap[0], b;

		heap[0] = heap[--n];
		sift_down(heap, n, 0);
		b = heap[0];
		heap[0] = (uint32_t)(a + b - a * b / documents + 0.5);
		sift_down(heap, n, 0);
	}
	return n ? heap[0] : 0;
}

static bool weigh_lists(struct synonym_node *s, double factor)
{
	const struct match_context *ctx = s->n.ctx;
	uint32_t *heap = arena_zalloc(ctx->arena, s->nlists + 1, sizeof(*heap));
	uint64_t bound = 0;
	uint32_t termfreq;

	if (!heap)
		return glass_db_nomem(ctx->db);
	for (size_t i = 0; i < s->nlists; i++) {
		heap[i] = s->list[i].termfreq;
		bound += s->list[i].wdf_bound;
		s->n.cost += s->list[i].termfreq;
	}
	s->n.weighted = ctx->weigh && factor > 0 && s->n.cost;
	if (!s->n.weighted)
		return true;
	termfreq = estimate(heap, s->nlists, ctx->documents);
	s->weight = match_term_weight(ctx, termfreq, factor);
	s->n.bound =
		match_bound(ctx, s->weight,
			    bound > UINT32_MAX ? UINT32_MAX : (uint32_t)bound);
	return true;
}

struct match_node *match_synonym(struct match_context *ctx,
				 const struct xap_node *query, double factor)
{
	struct match_node *n = match_new(ctx, sizeof(struct synonym_node),
					 &synonym_ops, query);
	struct synonym_node *s = (struct synonym_node *)n;

	if (!n)
		return NULL;
	s->window = MATCH_NO_WINDOW;
	s->list = arena_zalloc(ctx->arena, query->nkids + 1, sizeof(*s->list));
	s->next = arena_zalloc(ctx->arena, query->nkids + 1, sizeof(*s->next));
	if (!s->list || !s->next) {
		glass_db_nomem(ctx->db);
		return NULL;
	}
	return open_lists(s, query) && weigh_lists(s, factor) ? n : NULL;
}
