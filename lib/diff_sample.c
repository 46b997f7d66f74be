/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_sample.c - some of what went by, the same each time
 *
 * Of k things seen each is kept with the same chance (Vitter 1985, algorithm
 * R), drawn from a generator that always begins alike (splitmix64).
 */
#include "diff.h"

#include <string.h>

uint64_t sample_random(struct diff_sample *s, uint64_t n)
{
	uint64_t z = s->random += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return n ? (z ^ z >> 31) % n : 0;
}

/* Where the next of seen things goes among max, or max: it does not. */
static size_t place_for(struct diff_sample *s, uint64_t *seen, size_t *n,
			size_t max)
{
	uint64_t i = sample_random(s, ++*seen);

	if (*n < max)
		return (*n)++;
	return i < max ? (size_t)i : max;
}

static void keep_term(struct sample_term *to, const struct diff_item *term)
{
	to->len = term->key.len;
	to->documents = term->count;
	memcpy(to->bytes, term->key.data, term->key.len);
}

static void find_least(struct diff_sample *s)
{
	s->least = 0;
	for (size_t i = 1; i < s->nfrequent; i++)
		if (s->frequent[i].documents < s->frequent[s->least].documents)
			s->least = i;
}

void sample_term(struct diff_sample *s, const struct diff_item *term)
{
	size_t i;

	if (term->key.len > XAP_TERM_MAX)
		return;
	i = place_for(s, &s->terms, &s->nterms, SAMPLE_TERMS);
	if (i < SAMPLE_TERMS)
		keep_term(&s->term[i], term);
	if (s->nfrequent < SAMPLE_FREQUENT)
		keep_term(&s->frequent[s->nfrequent++], term);
	else if (term->count > s->frequent[s->least].documents)
		keep_term(&s->frequent[s->least], term);
	else
		return;
	find_least(s);
}

void sample_document(struct diff_sample *s, uint32_t docid)
{
	size_t i =
		place_for(s, &s->documents, &s->ndocuments, SAMPLE_DOCUMENTS);

	if (i < SAMPLE_DOCUMENTS)
		s->document[i] = docid;
}

void sample_value(struct diff_sample *s, uint32_t slot,
		  const struct xap_bytes *value)
{
	size_t i = place_for(s, &s->values, &s->nvalues, SAMPLE_VALUES);

	if (i == SAMPLE_VALUES)
		return;
	s->value[i].slot = slot;
	s->value[i].len =
		value->len < SAMPLE_VALUE_MAX ? value->len : SAMPLE_VALUE_MAX;
	memcpy(s->value[i].bytes, value->data, s->value[i].len);
}
