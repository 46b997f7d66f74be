/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "story_parts.h"

#include "story_select.h"
#include "story_term.h"

#include <math.h>
#include <string.h>

struct weight {
	uint32_t term;
	float weight;
};

enum {
	PLACE_SCALE = 1024, /* a weight's steps, where weights are compared */
	HEAD = offsetof(struct story_vector, top)
};

/* --------------------------------------------------------------- weights -- */

void story_rarity_init(struct story_rarity *r, const struct story_cells *cells,
		       float prior)
{
	r->cells = cells;
	r->top = (float)cells->documents + 1 + prior;
	for (size_t i = 0; i < STORY_COUNTS; i++)
		r->own[i] = logf(r->top / ((float)i + 0.5F));
}

/*
 * The geometric mean of that in the corpus and that in the background: a new name
 * is in no table of ours, and a corpus about few things knows too little of how
 * rare a word is.
 */
static float rarity(const struct story_rarity *r, uint32_t term)
{
	uint32_t n = *story_cell(r->cells, term);
	float own =
		n < STORY_COUNTS ? r->own[n] : logf(r->top / ((float)n + 0.5F));

	return own > 0 ? sqrtf(own * background_idf(term)) : 0;
}

/* Heavier first; no two terms have the same. */
static uint64_t place_of(uint32_t term, float weight)
{
	return (uint64_t)(weight * PLACE_SCALE) << 32 | (uint32_t)~term;
}

/* The k-th heaviest, 0 when there are no more than k. */
static uint64_t least_place(const struct weight *w, size_t n, size_t k)
{
	uint64_t place[STORY_TERMS_MAX];

	if (n <= k)
		return 0;
	for (size_t i = 0; i < n; i++)
		place[i] = place_of(w[i].term, w[i].weight);
	return select_greatest(place, n, k);
}

/* Cut w to its k heaviest. */
static size_t cut(struct weight *w, size_t n, size_t k)
{
	uint64_t least = least_place(w, n, k);
	size_t kept = 0;

	for (size_t i = 0; least && i < n; i++) {
		if (place_of(w[i].term, w[i].weight) >= least)
			w[kept++] = w[i];
	}
	return least ? kept : n;
}

/* To v's end, so that the square of what is added is share. */
static void add_scaled(struct story_vector *v, const struct weight *w, size_t n,
		       float share)
{
	double square = 0, scale;

	for (size_t i = 0; i < n; i++)
		square += (double)w[i].weight * (double)w[i].weight;
	scale = square > 0 ? STORY_UNIT * sqrt((double)share / square) : 0;
	for (size_t i = 0; i < n; i++) {
		v->term[v->n] = w[i].term;
		v->weight[v->n++] = (uint16_t)((double)w[i].weight * scale);
	}
}

static void sort_top(uint32_t *top, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t term = top[i];
		size_t at = i;

		for (; at && top[at - 1] > term; at--)
			top[at] = top[at - 1];
		top[at] = term;
	}
}

static void pick_top(struct story_vector *v, const struct weight *w, size_t n)
{
	uint64_t least = least_place(w, n, STORY_TOP);

	v->ntop = 0;
	for (size_t i = 0; i < n; i++) {
		if (place_of(w[i].term, w[i].weight) >= least)
			v->top[v->ntop++] = w[i].term;
	}
	sort_top(v->top, v->ntop);
}

void story_vector_make(const struct story_settings *set,
		       const struct story_rarity *r,
		       const struct story_entry *e, size_t n, int32_t day,
		       struct story_vector *out)
{
	struct weight whole[STORY_TERMS_MAX], lead[STORY_TERMS_MAX];
	size_t nlead = 0;

	for (size_t i = 0; i < n; i++) {
		float rare = rarity(r, e[i].term);

		whole[i].term = e[i].term;
		whole[i].weight = (float)e[i].whole * rare;
		if (!e[i].lead)
			continue;
		lead[nlead].term = ~e[i].term;
		lead[nlead++].weight = (float)e[i].lead * rare;
	}
	n = cut(whole, n, STORY_WHOLE);
	nlead = cut(lead, nlead, STORY_LEAD);
	out->day = day;
	out->n = 0;
	pick_top(out, whole, n);
	add_scaled(out, whole, n, nlead ? 1 - set->lead : 1);
	add_scaled(out, lead, nlead, set->lead);
}

float story_nearness(const struct story_settings *set, double day_a,
		     double day_b)
{
	double apart = fabs(day_a - day_b), beyond;

	if (day_a < 0 || day_b < 0 || apart <= set->near_days)
		return 1;
	if (apart >= set->far_days)
		return set->far;
	beyond = (apart - set->near_days) / (set->far_days - set->near_days);
	return 1 - (1 - set->far) * (float)beyond;
}

/* ------------------------------------------------------------------ file -- */

static size_t put(char *to, const void *from, size_t n)
{
	memcpy(to, from, n);
	return n;
}

bool story_vector_write(struct record_file *f, const struct story_vector *v)
{
	char record[sizeof(*v)];
	size_t n = put(record, v, HEAD);

	n += put(record + n, v->top, v->ntop * sizeof(*v->top));
	n += put(record + n, v->term, v->n * sizeof(*v->term));
	n += put(record + n, v->weight, v->n * sizeof(*v->weight));
	return record_file_add(f, record, n);
}

static size_t get(void *to, const char *from, size_t n)
{
	memcpy(to, from, n);
	return n;
}

bool story_vector_read(struct record_file *f, size_t place,
		       struct story_vector *v)
{
	size_t len, n;
	const char *p = record_file_read(f, place, &len);

	if (!p)
		return false;
	n = get(v, p, HEAD);
	n += get(v->top, p + n, v->ntop * sizeof(*v->top));
	n += get(v->term, p + n, v->n * sizeof(*v->term));
	get(v->weight, p + n, v->n * sizeof(*v->weight));
	return true;
}
