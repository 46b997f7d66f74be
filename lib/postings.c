/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "postings.h"

enum {
	FIRST = 256,
	KEEP = 1 << 19, /* places; after more of them all is given back */
	AHEAD = 16 /* terms: hides the time that the dictionary's memory takes */
};

void postings_init(struct postings *p, struct terms *terms)
{
	*p = (struct postings){ .terms = terms };
}

void postings_release(struct postings *p)
{
	free(p->term);
	free(p->place);
	free(p->sorted);
	postings_init(p, p->terms);
}

void postings_reset(struct postings *p)
{
	if (p->place_alloc > KEEP || p->term_alloc > KEEP)
		postings_release(p);
	p->nterms = p->nplaces = 0;
	p->failed = false;
}

/* Room for n of size bytes each; the array may move. */
static bool reserve(void **array, size_t n, size_t *alloc, size_t size)
{
	size_t want = *alloc ? 2 * *alloc : FIRST;
	void *grown;

	if (n <= *alloc)
		return true;
	if (n >= NO_TERM)
		return false;
	if (want < n)
		want = n;
	grown = realloc(*array, want * size);
	if (!grown)
		return false;
	*array = grown;
	*alloc = want;
	return true;
}

bool postings_grow(struct postings *p)
{
	void *array = p->term;
	const bool ok = reserve(&array, p->nterms + 1, &p->term_alloc,
				sizeof(*p->term));

	p->term = array;
	p->failed = p->failed || !ok;
	return ok;
}

bool postings_grow_places(struct postings *p)
{
	void *array = p->place;
	const bool ok = reserve(&array, p->nplaces + 1, &p->place_alloc,
				sizeof(*p->place));

	p->place = array;
	p->failed = p->failed || !ok;
	return ok;
}

uint32_t postings_term(struct postings *p, const char *term, size_t len)
{
	return postings_number(p, terms_add(p->terms, term, len));
}

/* ------------------------------------------------------------- results -- */

static bool reserve_sorted(struct postings *p)
{
	void *array = p->sorted;
	const bool ok = reserve(&array, p->nterms, &p->sorted_alloc,
				sizeof(*p->sorted));

	p->sorted = array;
	return ok;
}

/* The document's terms in order: p->sorted says where in p->term each is. */
static bool sort(struct postings *p)
{
	if (!reserve_sorted(p))
		return false;
	for (size_t i = 0; i < p->nterms; i++)
		p->sorted[i] = p->term[i].number;
	if (!terms_sort(p->terms, p->sorted, p->nterms))
		return false;
	for (size_t i = 0; i < p->nterms; i++)
		p->sorted[i] = p->terms->term[p->sorted[i]].here;
	return true;
}

/* Where each term's positions begin; returns the bytes of all terms. */
static size_t divide(struct postings *p)
{
	size_t bytes = 0;
	uint32_t at = 0;

	for (size_t i = 0; i < p->nterms; i++) {
		struct posting_term *t = &p->term[p->sorted[i]];

		t->first = at;
		at += t->npositions;
		t->npositions = 0;
		bytes += p->terms->term[t->number].len;
	}
	return bytes;
}

/* Each term's positions side by side. */
static void cut_out(struct postings *p, uint32_t *positions)
{
	for (size_t i = 0; i < p->nplaces; i++) {
		const uint32_t position = p->place[i].position;
		struct posting_term *t = &p->term[p->place[i].term];
		uint32_t *end = positions + t->first + t->npositions;

		if (t->npositions && end[-1] >= position)
			continue;
		*end = position;
		t->npositions++;
	}
}

static inline const struct term *term_at(const struct postings *p, size_t i)
{
	return &p->terms->term[p->term[p->sorted[i]].number];
}

/* Bytes go to copy, unless that is NULL. */
static void describe(const struct postings *p, const uint32_t *positions,
		     char *copy, struct xap_posting *out)
{
	for (size_t i = 0; i < p->nterms; i++) {
		const struct posting_term *t = &p->term[p->sorted[i]];
		const struct term *term = term_at(p, i);

		if (i + AHEAD < p->nterms)
			__builtin_prefetch(term_at(p, i + AHEAD)->bytes);
		out[i] = (struct xap_posting){
			.term = { copy ? copy : term->bytes, term->len },
			.wdf = t->wdf,
			.number = t->number,
			.positions = positions + t->first,
			.npositions = t->npositions,
		};
		if (copy) {
			memcpy(copy, term->bytes, term->len);
			copy += term->len;
		}
	}
}

bool postings_finish(struct postings *p, struct arena *arena, bool copy_bytes,
		     const struct xap_posting **out, size_t *n)
{
	const size_t nterms = p->nterms, nplaces = p->nplaces;
	struct xap_posting *posting;
	uint32_t *positions;
	size_t bytes;

	if (p->failed || !sort(p))
		return false;
	bytes = divide(p);
	posting = arena_alloc(arena, nterms * sizeof(*posting) +
					     nplaces * sizeof(*positions) +
					     (copy_bytes ? bytes : 0) + 1);
	if (!posting)
		return false;
	positions = (uint32_t *)(posting + nterms);
	cut_out(p, positions);
	describe(p, positions,
		 copy_bytes ? (char *)(positions + nplaces) : NULL, posting);
	*out = posting;
	*n = nterms;
	return true;
}
