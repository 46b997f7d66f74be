/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lead_query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	NEAR_MOST = 8,	 /* words apart in a document */
	BREAK_GAP = 100, /* words that the end of a paragraph stands for */
	FILTER_BITS = 512,
	PLACES_MAX = 2 * LEAD_STORED,
	SCANNED_STEMS = 16
};

/* exp(-i / 30): written out, so that it is the same bits everywhere. */
static const double nth_weight[LEAD_STORED] = {
	1.000000, 0.967216, 0.935507, 0.904837, 0.875173, 0.846482, 0.818731,
	0.791890, 0.765928, 0.740818, 0.716531, 0.693041, 0.670320, 0.648344,
	0.627089, 0.606531, 0.586646, 0.567414, 0.548812, 0.530819, 0.513417,
	0.496585, 0.480305, 0.464559, 0.449329, 0.434598, 0.420350, 0.406570,
	0.393241, 0.380349, 0.367879, 0.355819, 0.344154, 0.332871, 0.321958,
	0.311403, 0.301194, 0.291320, 0.281769, 0.272532, 0.263597, 0.254955,
	0.246597, 0.238513, 0.230693, 0.223130, 0.215815, 0.208740, 0.201897,
	0.195278, 0.188876, 0.182684, 0.176694, 0.170902, 0.165299, 0.159880,
	0.154638, 0.149569, 0.144665, 0.139922, 0.135335, 0.130898, 0.126607,
	0.122456,
};

/* --------------------------------------------------------------- query -- */

bool lead_query_init(struct lead_query *q, size_t stems, struct arena *arena)
{
	q->nwords = q->npairs = q->nstems = 0;
	memset(q->filter, 0, sizeof(q->filter));
	q->stems_max = stems;
	q->stem = arena_alloc(arena, (stems + 1) * sizeof(*q->stem));
	return q->stem;
}

void lead_query_add(struct lead_query *q, const struct lead_word *word)
{
	if (q->nwords < LEAD_QUERY_WORDS)
		q->word[q->nwords++] = *word;
}

void lead_query_add_stem(struct lead_query *q, const char *stem, size_t len)
{
	const uint16_t hash = lead_hash(stem, len);

	if (q->nstems == q->stems_max || !q->nwords)
		return;
	q->stem[q->nstems++] =
		(struct lead_stem){ hash, (uint8_t)(q->nwords - 1) };
	q->filter[hash % FILTER_BITS / 64] |= 1ull << hash % 64;
}

static int by_hash(const void *a, const void *b)
{
	const struct lead_stem *x = a, *y = b;

	return x->hash != y->hash ? x->hash - y->hash : x->word - y->word;
}

/* Two spellings of a word may have one hash. */
static void drop_twins(struct lead_query *q)
{
	size_t kept = 0;

	for (size_t i = 0; i < q->nstems; i++)
		if (!kept || by_hash(&q->stem[kept - 1], &q->stem[i]) != 0)
			q->stem[kept++] = q->stem[i];
	q->nstems = kept;
}

static void add_pair(struct lead_query *q, size_t a, size_t b)
{
	const struct lead_word *x = &q->word[a], *y = &q->word[b];
	const uint32_t gap = y->position - x->position;

	if (y->position <= x->position || gap > LEAD_PAIR_APART ||
	    q->npairs == LEAD_QUERY_PAIRS)
		return;
	q->pair[q->npairs++] =
		(struct lead_pair){ (uint8_t)a, (uint8_t)b, gap,
				    fmin(x->weight, y->weight) *
					    sqrt(x->idf * y->idf) };
	q->pair_of[a * q->nwords + b] = (uint16_t)q->npairs;
	q->pair_of[b * q->nwords + a] = (uint16_t)q->npairs;
}

bool lead_query_finish(struct lead_query *q, struct arena *arena)
{
	q->pair_of = arena_zalloc(arena, q->nwords * q->nwords + 1,
				  sizeof(*q->pair_of));
	if (!q->pair_of)
		return false;
	if (q->nstems)
		qsort(q->stem, q->nstems, sizeof(*q->stem), by_hash);
	drop_twins(q);
	for (size_t a = 0; a < q->nwords; a++)
		for (size_t b = 0; b < q->nwords; b++)
			add_pair(q, a, b);
	return true;
}

/* ------------------------------------------------------------ a document -- */

/* Where a word of the query stands. */
struct place {
	uint32_t position;
	uint8_t word, nth;
};

struct places {
	struct place at[PLACES_MAX];
	size_t n;
};

static size_t find_stem(const struct lead_query *q, uint16_t hash)
{
	size_t low = 0, high = q->nstems;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (q->stem[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Which of LEAD_STORED words have that hash, as bits. */
static uint64_t equal_words(const unsigned char *value, uint16_t hash)
{
	uint64_t bits = 0;

#ifdef __SSE2__
	const __m128i wanted = _mm_set1_epi16((short)hash);
	const __m128i *at = (const __m128i *)value;

	for (int i = 0; i < LEAD_STORED / 16; i++) {
		const __m128i low =
			_mm_cmpeq_epi16(_mm_loadu_si128(at + 2 * i), wanted);
		const __m128i high = _mm_cmpeq_epi16(
			_mm_loadu_si128(at + 2 * i + 1), wanted);
		const int both = _mm_movemask_epi8(_mm_packs_epi16(low, high));

		bits |= (uint64_t)(unsigned)both << 16 * i;
	}
#else
	for (int i = 0; i < LEAD_STORED; i++)
		bits |= (uint64_t)(lead_at(value, (size_t)i) == hash) << i;
#endif
	return bits;
}

/* Which of them may be words of the query; of a few stems, which are. */
static uint64_t wanted_words(const struct lead_query *q,
			     const unsigned char *value)
{
	uint64_t bits = 0;

	if (q->nstems <= SCANNED_STEMS) {
		for (size_t i = 0; i < q->nstems; i++)
			bits |= equal_words(value, q->stem[i].hash);
		return bits;
	}
	for (size_t i = 0; i < LEAD_STORED; i++) {
		const unsigned bit = lead_at(value, i) % FILTER_BITS;

		bits |= (q->filter[bit / 64] >> bit % 64 & 1) << i;
	}
	return bits;
}

static void add_places(const struct lead_query *q, uint16_t hash,
		       struct place at, struct places *out)
{
	for (size_t i = find_stem(q, hash);
	     i < q->nstems && q->stem[i].hash == hash && out->n < PLACES_MAX;
	     i++) {
		at.word = q->stem[i].word;
		out->at[out->n++] = at;
	}
}

/* Breaks are no words: none comes before what is behind them. */
static void find_words(const struct lead_query *q, const char *value, size_t n,
		       struct places *out)
{
	unsigned char whole[2 * LEAD_STORED] = { 0 };
	uint64_t breaks, left;

	memcpy(whole, value, 2 * n);
	breaks = equal_words(whole, LEAD_BREAK);
	out->n = 0;
	for (left = wanted_words(q, whole) & ~breaks; left; left &= left - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(left);
		const unsigned before = (unsigned)__builtin_popcountll(
			breaks & ((1ull << i) - 1));
		const struct place at = {
			.position = i - before + before * BREAK_GAP,
			.nth = (uint8_t)(i - before),
		};

		add_places(q, lead_at(whole, i), at, out);
	}
}

static void count_words(const struct places *p, struct lead_found *out)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct place *at = &p->at[i];

		out->word[at->word].sum += nth_weight[at->nth];
		if (!out->word[at->word].count++)
			out->word[at->word].first = at->nth + 1u;
	}
}

/* a comes before b, or both are in one place. */
static void count_pair(const struct lead_query *q, const struct place *a,
		       const struct place *b, struct lead_found *out)
{
	const unsigned apart = b->position - a->position;
	const unsigned nth = q->pair_of[a->word * q->nwords + b->word];
	const struct lead_pair *pair;

	if (!nth || !apart)
		return;
	pair = &q->pair[nth - 1];
	out->pair[nth - 1].sum +=
		pair->a == a->word && apart <= pair->gap ? 1 : 0.3;
	out->pair[nth - 1].count++;
}

static void count_pairs(const struct lead_query *q, const struct places *p,
			struct lead_found *out)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = i + 1;
		     k < p->n &&
		     p->at[k].position - p->at[i].position <= NEAR_MOST;
		     k++)
			count_pair(q, &p->at[i], &p->at[k], out);
}

static void add_up(const struct lead_query *q, struct lead_found *out)
{
	for (size_t i = 0; i < q->nwords; i++) {
		const double n = out->word[i].sum;

		out->word[i].value = q->word[i].weight * q->word[i].idf * n *
				     1.8 / (n + 0.8);
		out->lead += out->word[i].value;
	}
	for (size_t i = 0; i < q->npairs; i++) {
		const double p = out->pair[i].sum;

		out->pair[i].value = q->pair[i].value * p * 2.2 / (p + 1.2);
		out->near += out->pair[i].value;
	}
}

void lead_query_look(const struct lead_query *q, const char *value, size_t len,
		     struct lead_found *out)
{
	const size_t n = lead_words(len);
	struct places places;

	out->lead = out->near = 0;
	memset(out->word, 0, q->nwords * sizeof(*out->word));
	memset(out->pair, 0, q->npairs * sizeof(*out->pair));
	find_words(q, value, n, &places);
	if (!places.n)
		return;
	count_words(&places, out);
	count_pairs(q, &places, out);
	add_up(q, out);
}
