/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_terms.c - what one document's story is found by
 *
 * See story_parts.h for the format.
 */
#include "story_parts.h"

#include "story_select.h"
#include "story_term.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	KNOWN = 1 << 14, /* words whose terms are kept, a power of two */
	AHEAD = 10,	 /* words that are fetched early */
	ENTRIES_MAX = 2 * STORY_WORDS, /* different terms, of title and text */
	SLOTS = 1 << 12,	       /* a power of two */
	LEAD_WORDS = 70,
	LOGS = 256,
	PLACE_SCALE = 1024 /* a weight's steps, where weights are compared */
};

/* To stem a word takes longer than to remember what came of it. */
struct known {
	uint64_t key;
	uint32_t term;
	uint16_t rarity; /* background_rarity() */
	uint16_t at;	 /* perhaps the term's entry */
};

_Static_assert(2 * ENTRIES_MAX <= SLOTS, "a slot is found soon");

struct entry {
	uint32_t term;
	uint32_t n, lead;
	uint32_t middle, capital; /* not at the start of a sentence; so */
	uint16_t number;	  /* not 0: it is one */
	uint16_t rarity;
	uint64_t place; /* among the document's terms: heavier is more */
};

struct slot {
	uint32_t epoch;
	uint16_t at;
};

struct story_maker {
	struct known known[KNOWN];
	struct story_stops stops;
	struct slot slots[SLOTS];
	uint32_t epoch;
	struct entry entries[ENTRIES_MAX];
	uint64_t order[ENTRIES_MAX];
	size_t n;
	float damped[LOGS]; /* 1 + ln i */
};

struct story_maker *story_maker_new(void)
{
	struct story_maker *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	story_stops_init(&m->stops);
	for (size_t i = 1; i < LOGS; i++)
		m->damped[i] = 1 + logf((float)i);
	return m;
}

void story_maker_free(struct story_maker *m)
{
	free(m);
}

/* ------------------------------------------------------------- counting -- */

/* Spellings that are not stemmed may have the hash of one that is (A.I.D.S,
 * großes): length and wide tell them apart. */
static uint64_t key_of(const struct news_word *w)
{
	return w->hash ^ ((uint64_t)w->len << 1 | w->wide);
}

static struct known *know(struct story_maker *m, const struct news_word *w,
			  const char *text)
{
	const uint64_t key = key_of(w);
	struct known *k = &m->known[key & (KNOWN - 1)];
	uint32_t term;

	if (k->key == key)
		return k;
	term = story_term(&m->stops, text + w->begin, w->len, w->hash);
	*k = (struct known){
		.key = key,
		.term = term,
		.rarity = background_rarity(term),
	};
	return k;
}

static struct slot *find_slot(struct story_maker *m, uint32_t term)
{
	size_t at = (term >> 1) & (SLOTS - 1);

	while (m->slots[at].epoch == m->epoch &&
	       m->entries[m->slots[at].at].term != term)
		at = (at + 1) & (SLOTS - 1);
	return &m->slots[at];
}

static struct entry *find_entry(struct story_maker *m, const struct known *k)
{
	struct slot *s = find_slot(m, k->term);

	if (s->epoch == m->epoch)
		return &m->entries[s->at];
	*s = (struct slot){ m->epoch, (uint16_t)m->n };
	m->entries[m->n] =
		(struct entry){ .term = k->term, .rarity = k->rarity };
	return &m->entries[m->n++];
}

static struct entry *entry_of(struct story_maker *m, struct known *k)
{
	struct entry *e;

	if (k->at < m->n && m->entries[k->at].term == k->term)
		return &m->entries[k->at];
	e = find_entry(m, k);
	k->at = (uint16_t)(e - m->entries);
	return e;
}

static void count_word(struct entry *e, const struct news_word *w, bool lead)
{
	const unsigned middle = !(w->flags & NEWS_START);

	e->n++;
	e->lead += lead;
	e->number |= w->flags & NEWS_NUMBER;
	e->middle += middle;
	e->capital += middle && (w->flags & NEWS_CAPITAL);
}

static const struct known *known_of(const struct story_maker *m,
				    const struct news_word *w)
{
	return &m->known[key_of(w) & (KNOWN - 1)];
}

static void count(struct story_maker *m, const struct news_words *words,
		  const char *text)
{
	const size_t n = words->n < STORY_WORDS ? words->n : STORY_WORDS;

	for (size_t i = 0; i < n; i++) {
		const struct news_word *w = &words->at[i];
		struct known *k;

		if (n - i > AHEAD)
			__builtin_prefetch(known_of(m, w + AHEAD));
		k = know(m, w, text);
		if (k->term)
			count_word(entry_of(m, k), w, i < LEAD_WORDS);
	}
}

/* Slots of other documents are told by their epoch. */
static void start(struct story_maker *m)
{
	m->n = 0;
	if (++m->epoch)
		return;
	memset(m->slots, 0, sizeof(m->slots));
	m->epoch = 1;
}

/* -------------------------------------------------------------- weights -- */

static uint8_t weight(const struct story_maker *m, const struct entry *e,
		      unsigned n)
{
	float w = m->damped[n < LOGS ? n : LOGS - 1];

	if (e->number)
		w *= 2;
	else if (2 * e->capital > e->middle)
		w *= 1.5F;
	w = w * STORY_WEIGHT_ONE + 0.5F;
	return w < UINT8_MAX ? (uint8_t)w : UINT8_MAX;
}

/* Heavier first, and no two alike. */
static uint64_t place_of(const struct story_maker *m, const struct entry *e)
{
	float w = (float)weight(m, e, e->n) * background_idf_of(e->rarity);

	return (uint64_t)(w * PLACE_SCALE) << 32 | (uint32_t)~e->term;
}

/* Leave the heaviest. */
static void cut(struct story_maker *m)
{
	uint64_t least;
	size_t kept = 0;

	if (m->n <= STORY_TERMS_MAX)
		return;
	for (size_t i = 0; i < m->n; i++) {
		m->entries[i].place = place_of(m, &m->entries[i]);
		m->order[i] = m->entries[i].place;
	}
	least = select_greatest(m->order, m->n, STORY_TERMS_MAX);
	for (size_t i = 0; i < m->n; i++) {
		if (m->entries[i].place >= least)
			m->entries[kept++] = m->entries[i];
	}
	m->n = kept;
}

static bool write_terms(const struct story_maker *m, struct buf *out)
{
	char *to;

	if (!buf_reserve(out, m->n * STORY_ENTRY + 1))
		return false;
	to = out->data + out->len;
	for (size_t i = 0; i < m->n; i++) {
		const struct entry *e = &m->entries[i];

		memcpy(to, &e->term, sizeof(e->term));
		to[4] = (char)weight(m, e, e->n);
		to[5] = (char)weight(m, e, e->lead);
		to += STORY_ENTRY;
	}
	*to = '\0';
	out->len += m->n * STORY_ENTRY;
	return true;
}

bool story_terms(struct story_maker *m, const struct news_words *title_words,
		 const char *title, const struct news_words *words,
		 const char *text, struct buf *out)
{
	start(m);
	if (title_words)
		count(m, title_words, title);
	count(m, words, text);
	cut(m);
	return write_terms(m, out);
}
