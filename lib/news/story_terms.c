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
	ENTRIES_MAX =
		1 << 16, /* different terms of a text; more are passed over */
	SLOTS_FIRST = 1 << 11, /* a power of two */
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

_Static_assert(ENTRIES_MAX <= UINT16_MAX + 1, "numbers of entries");

struct entry {
	uint32_t term;
	uint32_t n, lead;
	uint32_t middle, capital; /* not at the start of a sentence; so */
	uint16_t number;	  /* not 0: it is one */
	uint16_t rarity;
	uint64_t place; /* among the document's terms: heavier is more */
};

struct slot {
	uint32_t epoch, at;
};

struct story_maker {
	struct known known[KNOWN];
	struct story_stops stops;
	struct slot *slots;
	size_t nslots; /* a power of two */
	uint32_t epoch;
	struct entry *entries;
	uint64_t *order; /* as many as entries */
	size_t n, alloc;
	float damped[LOGS]; /* 1 + ln i */
};

struct story_maker *story_maker_new(void)
{
	struct story_maker *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	story_stops_init(&m->stops);
	m->nslots = SLOTS_FIRST;
	m->alloc = SLOTS_FIRST / 2;
	m->slots = calloc(m->nslots, sizeof(*m->slots));
	m->entries = malloc(m->alloc * sizeof(*m->entries));
	m->order = malloc(m->alloc * sizeof(*m->order));
	for (size_t i = 1; i < LOGS; i++)
		m->damped[i] = 1 + logf((float)i);
	if (m->slots && m->entries && m->order)
		return m;
	story_maker_free(m);
	return NULL;
}

void story_maker_free(struct story_maker *m)
{
	if (!m)
		return;
	free(m->order);
	free(m->entries);
	free(m->slots);
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

static struct slot *find_slot(const struct story_maker *m, uint32_t term)
{
	size_t at = (term >> 1) & (m->nslots - 1);

	while (m->slots[at].epoch == m->epoch &&
	       m->entries[m->slots[at].at].term != term)
		at = (at + 1) & (m->nslots - 1);
	return &m->slots[at];
}

static bool grow_entries(struct story_maker *m)
{
	size_t alloc = 2 * m->alloc;
	struct entry *entries = realloc(m->entries, alloc * sizeof(*entries));
	uint64_t *order;

	if (entries)
		m->entries = entries;
	order = entries ? realloc(m->order, alloc * sizeof(*order)) : NULL;
	if (!order)
		return false;
	m->order = order;
	m->alloc = alloc;
	return true;
}

/* Twice the room; at most half of the slots are taken. */
static bool grow(struct story_maker *m)
{
	struct slot *slots = calloc(4 * m->alloc, sizeof(*slots));

	if (!slots || !grow_entries(m)) {
		free(slots);
		return false;
	}
	free(m->slots);
	m->slots = slots;
	m->nslots = 2 * m->alloc;
	m->epoch = 1;
	for (size_t i = 0; i < m->n; i++)
		*find_slot(m, m->entries[i].term) =
			(struct slot){ m->epoch, (uint32_t)i };
	return true;
}

/* NULL: out of memory, or over ENTRIES_MAX. */
static struct entry *find_entry(struct story_maker *m, const struct known *k)
{
	const uint32_t term = k->term;
	struct slot *s = find_slot(m, term);

	if (s->epoch == m->epoch)
		return &m->entries[s->at];
	if (m->n == m->alloc) {
		if (m->n >= ENTRIES_MAX || !grow(m))
			return NULL;
		s = find_slot(m, term);
	}
	*s = (struct slot){ m->epoch, (uint32_t)m->n };
	m->entries[m->n] = (struct entry){ .term = term, .rarity = k->rarity };
	return &m->entries[m->n++];
}

/* NULL: as of find_entry(). */
static struct entry *entry_of(struct story_maker *m, struct known *k)
{
	struct entry *e;

	if (k->at < m->n && m->entries[k->at].term == k->term)
		return &m->entries[k->at];
	e = find_entry(m, k);
	if (e)
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

static bool count(struct story_maker *m, const struct news_words *words,
		  const char *text)
{
	for (size_t i = 0; i < words->n; i++) {
		const struct news_word *w = &words->at[i];
		struct known *k;
		struct entry *e;

		if (words->n - i > AHEAD)
			__builtin_prefetch(known_of(m, w + AHEAD));
		k = know(m, w, text);
		e = k->term ? entry_of(m, k) : NULL;
		if (e)
			count_word(e, w, i < LEAD_WORDS);
		else if (k->term && m->n < ENTRIES_MAX)
			return false;
	}
	return true;
}

/* Slots of other documents are told by their epoch. */
static void start(struct story_maker *m)
{
	m->n = 0;
	if (++m->epoch)
		return;
	memset(m->slots, 0, m->nslots * sizeof(*m->slots));
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
	if (title_words && title_words->n && !count(m, title_words, title))
		return false;
	if (!count(m, words, text))
		return false;
	cut(m);
	return write_terms(m, out);
}
