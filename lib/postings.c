/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "postings.h"

#include "seed.h"

#include <xxhash.h>

enum {
	FIRST_SLOTS = 1024,
	KEEP_SLOTS = 65536, /* more are given back after the document */
	NO_TERM = 0xFFFFFFFF
};

void postings_init(struct postings *p)
{
	*p = (struct postings){ .seed = random_seed() };
	buf_init(&p->bytes, UINT32_MAX);
}

void postings_release(struct postings *p)
{
	free(p->term);
	free(p->place);
	free(p->slot);
	buf_release(&p->bytes);
	postings_init(p);
}

void postings_reset(struct postings *p)
{
	if (p->nslots > KEEP_SLOTS || p->place_alloc > 8 * KEEP_SLOTS) {
		postings_release(p);
		return;
	}
	buf_reset(&p->bytes);
	p->nterms = p->nplaces = 0;
	p->failed = false;
	if (p->nslots)
		memset(p->slot, 0, p->nslots * sizeof(*p->slot));
}

/* Room for one more of size bytes each; the array may move. */
static bool grow(void **array, size_t n, size_t *alloc, size_t size)
{
	size_t want = *alloc ? 2 * *alloc : 256;
	void *grown;

	if (n < *alloc)
		return true;
	if (n >= NO_TERM)
		return false;
	grown = realloc(*array, want * size);
	if (!grown)
		return false;
	*array = grown;
	*alloc = want;
	return true;
}

static void fill_slots(struct postings *p)
{
	for (size_t i = 0; i < p->nterms; i++) {
		size_t at = p->term[i].hash & (p->nslots - 1);

		while (p->slot[at])
			at = (at + 1) & (p->nslots - 1);
		p->slot[at] = (uint32_t)i + 1;
	}
}

/* At most half full. */
static bool grow_slots(struct postings *p)
{
	size_t want = p->nslots ? 2 * p->nslots : FIRST_SLOTS;
	uint32_t *slot;

	if (2 * (p->nterms + 1) <= p->nslots)
		return true;
	slot = calloc(want, sizeof(*slot));
	if (!slot)
		return false;
	free(p->slot);
	p->slot = slot;
	p->nslots = want;
	fill_slots(p);
	return true;
}

static uint64_t head_of(const char *term, size_t len)
{
	uint64_t head = 0;

	for (size_t i = 0; i < 8; i++)
		head = head << 8 | (i < len ? (unsigned char)term[i] : 0);
	return head;
}

static uint32_t add_term(struct postings *p, const char *term, size_t len,
			 uint32_t hash)
{
	void *array = p->term;
	size_t at = p->bytes.len;

	if (!grow(&array, p->nterms, &p->term_alloc, sizeof(*p->term)))
		p->failed = true;
	p->term = array;
	buf_add(&p->bytes, term, len);
	if (p->failed || p->bytes.failed) {
		p->failed = true;
		return NO_TERM;
	}
	p->term[p->nterms] = (struct posting_term){ .head = head_of(term, len),
						    .hash = hash,
						    .at = (uint32_t)at,
						    .len = (uint8_t)len };
	return (uint32_t)p->nterms++;
}

uint32_t postings_term(struct postings *p, const char *term, size_t len)
{
	uint32_t hash = (uint32_t)XXH3_64bits_withSeed(term, len, p->seed);
	size_t at;

	if (p->failed || !grow_slots(p)) {
		p->failed = true;
		return NO_TERM;
	}
	for (at = hash & (p->nslots - 1); p->slot[at];
	     at = (at + 1) & (p->nslots - 1)) {
		const struct posting_term *t = &p->term[p->slot[at] - 1];

		if (t->hash == hash && t->len == len &&
		    !memcmp(p->bytes.data + t->at, term, len))
			return p->slot[at] - 1;
	}

	uint32_t made = add_term(p, term, len, hash);

	if (made != NO_TERM)
		p->slot[at] = made + 1;
	return made;
}

void postings_count(struct postings *p, uint32_t term, uint32_t wdf)
{
	if (term != NO_TERM)
		p->term[term].wdf += wdf;
}

void postings_place(struct postings *p, uint32_t term, uint32_t position)
{
	void *array = p->place;

	if (term == NO_TERM)
		return;
	if (!grow(&array, p->nplaces, &p->place_alloc, sizeof(*p->place))) {
		p->failed = true;
		return;
	}
	p->place = array;
	p->place[p->nplaces++] = (struct posting_place){ term, position };
	p->term[term].npositions++;
}

/* Cut the places up: each term's positions side by side, in order. */
static void cut_out(struct postings *p, uint32_t *positions)
{
	uint32_t at = 0;

	for (size_t i = 0; i < p->nterms; i++) {
		p->term[i].first = at;
		at += p->term[i].npositions;
		p->term[i].npositions = 0;
	}
	for (size_t i = 0; i < p->nplaces; i++) {
		struct posting_term *t = &p->term[p->place[i].term];
		uint32_t *list = positions + t->first;
		uint32_t position = p->place[i].position;

		if (!t->npositions || list[t->npositions - 1] < position)
			list[t->npositions++] = position;
	}
}

static int by_term(const void *a, const void *b, void *bytes)
{
	const struct posting_term *s = a, *t = b;
	size_t len = s->len < t->len ? s->len : t->len;
	int order;

	if (s->head != t->head)
		return s->head < t->head ? -1 : 1;
	order = memcmp((char *)bytes + s->at, (char *)bytes + t->at, len);
	return order ? order : (int)s->len - (int)t->len;
}

bool postings_finish(struct postings *p, struct arena *arena,
		     struct xap_posting **out, size_t *n)
{
	struct xap_posting *posting;
	uint32_t *positions;
	char *bytes;

	if (p->failed)
		return false;
	posting = arena_zalloc(arena, p->nterms + 1, sizeof(*posting));
	positions = arena_zalloc(arena, p->nplaces + 1, sizeof(*positions));
	bytes = arena_strndup(arena, p->bytes.data, p->bytes.len);
	if (arena->failed)
		return false;
	cut_out(p, positions);
	qsort_r(p->term, p->nterms, sizeof(*p->term), by_term, bytes);
	for (size_t i = 0; i < p->nterms; i++) {
		const struct posting_term *t = &p->term[i];

		posting[i] = (struct xap_posting){
			.term = { bytes + t->at, t->len },
			.wdf = t->wdf,
			.positions = positions + t->first,
			.npositions = t->npositions,
		};
	}
	*out = posting;
	*n = p->nterms;
	return true;
}
