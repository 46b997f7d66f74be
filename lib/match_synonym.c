/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_synonym.c - several words as one: a prefix, near spellings
 *
 * Their wdfs are summed in each document, so that none need be kept.  Most words
 * that share a prefix are rare.  The postings of those are read when they are
 * opened, and kept by window; frequent ones are read window by window.
 */
#include "match_floor.h"
#include "match_scan.h"

enum {
	RARE_MAX = 512, /* postings of a rare word, at most */
	RARE_EACH = 8	/* in a window, on average: a list is worth a visit */
};

struct rare_posting {
	uint32_t docid, wdf;
};

struct synonym_node {
	struct match_node n;
	struct posting_list *list; /* of frequent words */
	uint32_t *next; /* docid of each list: they are many and large */
	size_t nlists;
	/* Of words with rare_max postings at most; those of a window are
	 * from[window] .. from[window + 1] - 1. */
	struct rare_posting *rare;
	size_t rare_max, nrare, alloc, *from;
	/* Of each word, while they are opened. */
	uint32_t *termfreq;
	uint64_t wdf_bound;
	double weight;
	struct match_floor floor;
	uint32_t window;
	uint32_t wdf[COLUMN_WINDOW];
};

/* --------------------------------------------------------------- reading -- */

static size_t nwindows(const struct synonym_node *s)
{
	return glass_db_version(s->n.ctx->db)->last_docid / COLUMN_WINDOW + 1;
}

/* Where a rare word may stand next: no nearer than the window. */
static uint32_t rare_advance(const struct synonym_node *s, uint32_t docid)
{
	const size_t first = docid / COLUMN_WINDOW, n = nwindows(s);
	size_t w = first;

	while (w < n && s->from[w] == s->from[w + 1])
		w++;
	if (w >= n)
		return POSTING_END;
	return w == first ? docid : (uint32_t)w * COLUMN_WINDOW;
}

static uint32_t synonym_advance(struct match_node *n, uint32_t docid)
{
	struct synonym_node *s = (struct synonym_node *)n;
	uint32_t least = rare_advance(s, docid);

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
static void add_rare(struct synonym_node *s, uint32_t base, uint64_t *zero)
{
	const size_t window = base / COLUMN_WINDOW;

	for (size_t i = s->from[window]; i < s->from[window + 1]; i++) {
		const uint32_t at = s->rare[i].docid - base;

		s->wdf[at] += s->rare[i].wdf;
		if (!s->rare[i].wdf)
			zero[at / 64] |= 1ull << at % 64;
	}
}

static void add_lists(struct synonym_node *s, uint32_t base, uint32_t to,
		      uint64_t *zero)
{
	for (size_t i = 0; i < s->nlists; i++)
		if (s->next[i] < to) {
			posting_list_add(&s->list[i], base, to, s->wdf, zero);
			s->next[i] = s->list[i].docid;
		}
}

/* zero: those with the word and no wdf; then all that have it. */
static void find_all(const struct synonym_node *s, uint64_t *zero)
{
	for (int w = 0; w < COLUMN_WORDS; w++)
		zero[w] |= match_scan_sums(s->wdf + 64 * w, 1);
}

/* Those that can be among the best: few have a sum that is enough for any
 * length, and no others are looked at. */
static void find_heavy(struct synonym_node *s, uint32_t base, uint64_t *found)
{
	const uint32_t *length = column_lengths_at(s->n.ctx->lengths, base);

	for (uint32_t w = 0; w < COLUMN_WORDS; w++) {
		found[w] = match_scan_sums(s->wdf + 64 * w, s->floor.wdf);
		for (uint64_t left = found[w]; length && left;
		     left &= left - 1) {
			const uint32_t at =
				w * 64 + (uint32_t)__builtin_ctzll(left);

			if (match_is_light(&s->floor, s->wdf[at], length[at]))
				found[w] &= ~(left & -left);
		}
	}
}

static void synonym_fill(struct match_node *n, uint32_t base,
			 const uint64_t *want, uint64_t *out)
{
	struct synonym_node *s = (struct synonym_node *)n;
	uint64_t found[COLUMN_WORDS] = { 0 };
	uint32_t from, to;

	s->window = base;
	memset(s->wdf, 0, sizeof(s->wdf));
	if (!match_bounds(want, base, &from, &to) ||
	    synonym_advance(n, from) >= to)
		return;
	add_rare(s, base, found);
	add_lists(s, base, to, found);
	if (match_floor_raise(&s->floor, n, s->weight))
		find_heavy(s, base, found);
	else
		find_all(s, found);
	for (int w = 0; w < COLUMN_WORDS; w++)
		out[w] |= want ? found[w] & want[w] : found[w];
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

/* --------------------------------------------------------------- opening -- */

/* For so many more postings of rare words. */
static bool make_room(struct synonym_node *s, size_t n)
{
	const size_t alloc = 2 * (s->alloc + n);
	struct rare_posting *grown;

	if (s->nrare + n <= s->alloc)
		return true;
	grown = arena_alloc(s->n.ctx->arena, alloc * sizeof(*grown));
	if (!grown)
		return glass_db_nomem(s->n.ctx->db);
	if (s->nrare)
		memcpy(grown, s->rare, s->nrare * sizeof(*grown));
	s->rare = grown;
	s->alloc = alloc;
	return true;
}

static bool take_rare(struct synonym_node *s, struct posting_list *list)
{
	uint32_t docid[RARE_MAX], wdf[RARE_MAX];
	const size_t n = posting_list_read_rest(list, RARE_MAX, docid, wdf);

	if (list->docid != POSTING_END)
		return glass_db_corrupt(s->n.ctx->db, GLASS_POSTLIST,
					"a list has more than its frequency");
	if (!make_room(s, n))
		return false;
	for (size_t i = 0; i < n; i++)
		s->rare[s->nrare++] = (struct rare_posting){ docid[i], wdf[i] };
	return glass_db_status(s->n.ctx->db, NULL) == TRAWL_OK;
}

static bool take_list(struct synonym_node *s, struct posting_list *list)
{
	if (list->termfreq <= s->rare_max)
		return take_rare(s, list);
	posting_list_hand_over(list, &s->list[s->nlists]);
	s->next[s->nlists] = s->list[s->nlists].docid;
	s->nlists++;
	return true;
}

/* Words are close to each other, most of them. */
static bool open_lists(struct synonym_node *s, const struct xap_node *query)
{
	struct posting_list list;
	bool ok = true;

	posting_list_open(&list, s->n.ctx->db, NULL, 0);
	for (size_t i = 0; i < query->nkids && ok; i++) {
		const struct xap_bytes *term = &query->kids[i]->term;

		ok = posting_list_reopen(&list, term->data, term->len);
		s->termfreq[i] = list.termfreq;
		s->wdf_bound += list.wdf_bound;
		s->n.cost += list.termfreq;
		ok = ok && take_list(s, &list);
	}
	posting_list_close(&list);
	return ok;
}

/* By window: counted, then put in place. */
static bool sort_rare(struct synonym_node *s)
{
	struct arena *arena = s->n.ctx->arena;
	struct rare_posting *sorted =
		arena_alloc(arena, (s->nrare + 1) * sizeof(*sorted));
	const size_t n = nwindows(s);
	size_t *end;

	s->from = arena_zalloc(arena, n + 2, sizeof(*s->from));
	if (!sorted || !s->from)
		return glass_db_nomem(s->n.ctx->db);
	end = s->from + 1;
	for (size_t i = 0; i < s->nrare; i++)
		end[s->rare[i].docid / COLUMN_WINDOW + 1]++;
	for (size_t w = 0; w < n; w++)
		end[w + 1] += end[w];
	for (size_t i = 0; i < s->nrare; i++)
		sorted[end[s->rare[i].docid / COLUMN_WINDOW]++] = s->rare[i];
	s->rare = sorted;
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

static void weigh_words(struct synonym_node *s, size_t nwords, double factor)
{
	const struct match_context *ctx = s->n.ctx;
	uint32_t termfreq;

	s->n.weighted = ctx->weigh && factor > 0 && s->n.cost;
	if (!s->n.weighted)
		return;
	termfreq = estimate(s->termfreq, nwords, ctx->documents);
	s->weight = match_term_weight(ctx, termfreq, factor);
	s->n.bound =
		match_bound(ctx, s->weight,
			    s->wdf_bound > UINT32_MAX ? UINT32_MAX
						      : (uint32_t)s->wdf_bound);
}

static bool room_for_words(struct synonym_node *s, size_t n)
{
	struct arena *arena = s->n.ctx->arena;

	s->list = arena_alloc(arena, (n + 1) * sizeof(*s->list));
	s->next = arena_alloc(arena, (n + 1) * sizeof(*s->next));
	s->termfreq = arena_zalloc(arena, n + 1, sizeof(*s->termfreq));
	return (s->list && s->next && s->termfreq) ||
	       glass_db_nomem(s->n.ctx->db);
}

struct match_node *match_synonym(struct match_context *ctx,
				 const struct xap_node *query, double factor)
{
	struct match_node *n = match_new(ctx, sizeof(struct synonym_node),
					 &synonym_ops, query);
	struct synonym_node *s = (struct synonym_node *)n;

	if (!n || !room_for_words(s, query->nkids))
		return NULL;
	s->window = MATCH_NO_WINDOW;
	s->rare_max = RARE_EACH * nwindows(s);
	if (s->rare_max > RARE_MAX)
		s->rare_max = RARE_MAX;
	if (!open_lists(s, query) || !sort_rare(s))
		return NULL;
	weigh_words(s, query->nkids, factor);
	return n;
}
