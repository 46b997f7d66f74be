/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "recurrence_parts.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	DOCUMENTS_FIRST = 256,
	SOURCES_FIRST = 16,  /* a power of two */
	OWN_SHARE = 4,	     /* a document has text of its own: a quarter */
	OWN_WORDS = 50,	     /* or so many words, */
	OWN_LEAST = 10,	     /* a tenth, and a quarter of its prose */
	DOCUMENTS_SHOWN = 64 /* of a line, when what is kept is bounded */
};

uint64_t recurrence_scramble(uint64_t v)
{
	v = (v ^ v >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	v = (v ^ v >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	return v ^ v >> 32;
}

uint64_t recurrence_key(uint64_t source, uint64_t hash, uint32_t words)
{
	uint64_t key =
		recurrence_scramble(hash + recurrence_scramble(source)) >>
		KEY_LINE_SHIFT;

	/* 0 is no key. */
	key = key ? key : 1;
	return key << KEY_LINE_SHIFT |
	       (words < KEY_WORDS_MAX ? words : KEY_WORDS_MAX);
}

enum trawl_status recurrence_new(const char *dir, uint64_t memory,
				 struct recurrence **out,
				 struct trawl_error *err)
{
	struct recurrence *r = calloc(1, sizeof(*r));
	enum trawl_status st;

	*out = NULL;
	if (!r)
		return fail_nomem(err);
	r->memory = memory;
	st = sorted_runs_new(dir, memory / 2, &r->runs, err);
	if (st != TRAWL_OK) {
		recurrence_free(r);
		return st;
	}
	*out = r;
	return TRAWL_OK;
}

void recurrence_free(struct recurrence *r)
{
	if (!r)
		return;
	sorted_runs_free(r->runs);
	free(r->document);
	free(r->source);
	free(r->pages);
	free(r->source_slot);
	free(r->old.at);
	free(r->now.at);
	free(r->of_source);
	free(r->order);
	free(r->set.key);
	free(r->set.times);
	free(r);
}

/* ------------------------------------------------------------- sources -- */

static size_t source_slot(const struct recurrence *r, uint64_t source)
{
	size_t i = recurrence_scramble(source) & (r->source_slots - 1);

	while (r->source_slot[i] && r->source[r->source_slot[i] - 1] != source)
		i = (i + 1) & (r->source_slots - 1);
	return i;
}

static bool grow_sources(struct recurrence *r)
{
	size_t slots =
		r->source_slots ? 2 * r->source_slots : 2 * SOURCES_FIRST;
	uint32_t *slot;
	uint64_t *at = realloc(r->source, slots / 2 * sizeof(*at));
	uint64_t *pages;

	if (!at)
		return false;
	r->source = at;
	pages = realloc(r->pages, slots / 2 * sizeof(*pages));
	if (!pages)
		return false;
	r->pages = pages;
	slot = calloc(slots, sizeof(*slot));
	if (!slot)
		return false;
	free(r->source_slot);
	r->source_slot = slot;
	r->source_slots = slots;
	r->sources_alloc = slots / 2;
	for (size_t i = 0; i < r->nsources; i++)
		slot[source_slot(r, r->source[i])] = (uint32_t)i + 1;
	return true;
}

bool recurrence_source(struct recurrence *r, uint64_t source, uint32_t *out)
{
	size_t i;

	if (r->nsources == r->sources_alloc && !grow_sources(r))
		return false;
	i = source_slot(r, source);
	if (!r->source_slot[i]) {
		r->source[r->nsources] = source;
		r->pages[r->nsources] = 0;
		r->source_slot[i] = (uint32_t)++r->nsources;
	}
	*out = r->source_slot[i] - 1;
	return true;
}

/* -------------------------------------------------------------- adding -- */

static bool reserve_document(struct recurrence *r)
{
	size_t alloc =
		r->documents_alloc ? 2 * r->documents_alloc : DOCUMENTS_FIRST;
	struct recurrence_document *at;

	if (r->ndocuments < r->documents_alloc)
		return true;
	at = realloc(r->document, alloc * sizeof(*at));
	if (!at)
		return false;
	r->document = at;
	r->documents_alloc = alloc;
	return true;
}

static enum trawl_status add_document(struct recurrence *r, uint64_t source,
				      struct recurrence_document d,
				      const struct recurring_lines *l,
				      struct trawl_error *err)
{
	uint32_t number = (uint32_t)r->ndocuments;
	enum trawl_status st = TRAWL_OK;

	if (r->ndocuments >= UINT32_MAX)
		return fail(err, TRAWL_INVAL,
			    "too many documents to count lines of");
	if (!reserve_document(r) || !recurrence_source(r, source, &d.source))
		return fail_nomem(err);
	r->document[r->ndocuments++] = d;
	r->pages[d.source] += !d.again;
	for (size_t i = 0; i < l->n && st == TRAWL_OK; i++)
		if (l->at[i].hash)
			st = sorted_runs_add(r->runs,
					     recurrence_key(source,
							    l->at[i].hash,
							    l->at[i].words),
					     number, err);
	return st;
}

enum trawl_status recurrence_add(struct recurrence *r, uint64_t source,
				 int32_t day, const struct recurring_lines *l,
				 struct trawl_error *err)
{
	const struct recurrence_document d = { .day = day };

	return add_document(r, source, d, l, err);
}

enum trawl_status recurrence_add_again(struct recurrence *r, uint64_t source,
				       int32_t day,
				       const struct recurring_lines *l,
				       struct trawl_error *err)
{
	const struct recurrence_document d = { .day = day, .again = true };

	return add_document(r, source, d, l, err);
}

/* ------------------------------------------------------------ counting -- */

/* The records of one line, read one after the other: each document once. */
struct group {
	struct recurrence *r;
	struct sorted_record next;
	bool more;
	size_t old; /* of r->old: where keys are not below that of next */
	uint64_t key;
	uint32_t *document; /* of this line */
	size_t n, alloc;
	uint32_t fresh;			       /* of them: not counted before */
	const struct recurrence_count *before; /* loaded, or NULL */
	bool failed;
};

static bool group_start(struct group *g, struct recurrence *r,
			struct trawl_error *err, enum trawl_status *st)
{
	*g = (struct group){ .r = r };
	*st = sorted_runs_rewind(r->runs, err);
	if (*st != TRAWL_OK)
		return false;
	g->more = sorted_runs_next(r->runs, &g->next);
	return true;
}

static bool group_push(struct group *g, uint32_t document)
{
	if (g->n == g->alloc) {
		size_t alloc = g->alloc ? 2 * g->alloc : DOCUMENTS_FIRST;
		uint32_t *at = realloc(g->document, alloc * sizeof(*at));

		if (!at) {
			g->failed = true;
			return false;
		}
		g->document = at;
		g->alloc = alloc;
	}
	g->document[g->n++] = document;
	return true;
}

/* A document that was counted before has made the counts of its lines. */
static bool is_fresh(const struct group *g, uint32_t document)
{
	return !g->before || !g->r->document[document].again;
}

static bool is_line(uint64_t a, uint64_t b)
{
	return a >> KEY_LINE_SHIFT == b >> KEY_LINE_SHIFT;
}

/* The next line that any document has, this time or before. */
static bool group_next(struct group *g)
{
	const struct recurrence_counts *old = &g->r->old;
	bool before = g->old < old->n;

	g->n = 0;
	g->fresh = 0;
	g->before = NULL;
	if (!g->more && !before)
		return false;
	/* What is loaded has a line's words as few or many alone. */
	g->key = g->more && (!before || g->next.key >> KEY_LINE_SHIFT <=
						old->at[g->old].key >>
						KEY_LINE_SHIFT)
			 ? g->next.key
			 : old->at[g->old].key;
	if (before && is_line(old->at[g->old].key, g->key))
		g->before = &old->at[g->old++];
	while (g->more && is_line(g->next.key, g->key)) {
		if (!g->n || g->document[g->n - 1] != g->next.value) {
			if (!group_push(g, g->next.value))
				return false;
			g->fresh += is_fresh(g, g->next.value);
		}
		g->more = sorted_runs_next(g->r->runs, &g->next);
	}
	return true;
}

static enum trawl_status group_end(struct group *g, struct trawl_error *err)
{
	free(g->document);
	g->document = NULL;
	return g->failed ? fail_nomem(err) : sorted_runs_end(g->r->runs, err);
}

static uint32_t add_up(uint32_t a, uint64_t b)
{
	return b < UINT32_MAX - a ? a + (uint32_t)b : UINT32_MAX;
}

static uint32_t group_documents(const struct group *g)
{
	return add_up(g->before ? g->before->documents : 0, g->fresh);
}

/* Prose that one document has is not kept. */
static bool is_worth(const struct group *g)
{
	return group_documents(g) > 1 ||
	       (g->key & KEY_WORDS_MAX) < RECURRENCE_PROSE;
}

/* What of each document stands in no other, or in few; shown[n]: lines that n
 * documents have, and that are worth keeping. */
static enum trawl_status count_own(struct recurrence *r,
				   size_t shown[DOCUMENTS_SHOWN],
				   struct trawl_error *err)
{
	enum trawl_status st;
	struct group g;

	if (!group_start(&g, r, err, &st))
		return st;
	while (group_next(&g)) {
		uint32_t n = group_documents(&g);
		uint32_t words = g.key & KEY_WORDS_MAX;

		if (is_worth(&g))
			shown[n < DOCUMENTS_SHOWN ? n : DOCUMENTS_SHOWN - 1]++;
		for (size_t i = 0; i < g.n; i++) {
			struct recurrence_document *d =
				&r->document[g.document[i]];

			d->words = add_up(d->words, words);
			if (n < RECURRENCE_PAGES)
				d->own = add_up(d->own, words);
			else if (words >= RECURRENCE_PROSE)
				d->shared = add_up(d->shared, words);
		}
	}
	return group_end(&g, err);
}

/*
 * A quarter of its words is its own; or, where menus of short lines are longer
 * than articles are, a fair number of words and a quarter of the prose.
 */
static bool is_own(const struct recurrence_document *d)
{
	uint64_t own = d->own;

	if (OWN_SHARE * own >= d->words)
		return own != 0;
	return own >= OWN_WORDS && OWN_LEAST * own >= d->words &&
	       OWN_SHARE * own >= own + d->shared;
}

static void count_day(struct recurrence_count *c, int32_t day)
{
	if (day < 0)
		return;
	c->dated++;
	c->first = c->first < 0 || day < c->first ? day : c->first;
	c->last = day > c->last ? day : c->last;
}

static struct recurrence_count count_group(const struct group *g)
{
	struct recurrence_count c = { .first = -1, .last = -1 };

	if (g->before)
		c = *g->before;
	else
		c.source = g->r->document[g->document[0]].source;
	c.key = g->key;
	c.documents = group_documents(g);
	for (size_t i = 0; i < g->n; i++) {
		const struct recurrence_document *d =
			&g->r->document[g->document[i]];

		if (!is_own(d) || !is_fresh(g, g->document[i]))
			continue;
		c.counted++;
		count_day(&c, d->day);
	}
	return c;
}

bool recurrence_counts_add(struct recurrence_counts *c,
			   const struct recurrence_count *count)
{
	if (c->n == c->alloc) {
		size_t alloc = c->alloc ? 2 * c->alloc : DOCUMENTS_FIRST;
		struct recurrence_count *at =
			realloc(c->at, alloc * sizeof(*at));

		if (!at)
			return false;
		c->at = at;
		c->alloc = alloc;
	}
	c->at[c->n++] = *count;
	return true;
}

/* Lines of fewer documents are not kept, when there are too many. */
static uint32_t least_documents(const struct recurrence *r,
				const size_t shown[DOCUMENTS_SHOWN])
{
	size_t room = r->memory / 4 / sizeof(struct recurrence_count), n = 0;
	uint32_t least = DOCUMENTS_SHOWN - 1;

	while (least) {
		n += shown[least];
		if (n > room && least < DOCUMENTS_SHOWN - 1)
			break;
		least--;
	}
	return least + 1;
}

static enum trawl_status count_lines(struct recurrence *r, uint32_t least,
				     struct trawl_error *err)
{
	enum trawl_status st;
	struct group g;

	if (!group_start(&g, r, err, &st))
		return st;
	while (group_next(&g)) {
		struct recurrence_count c;

		if (group_documents(&g) < least || !is_worth(&g))
			continue;
		c = count_group(&g);
		if (!recurrence_counts_add(&r->now, &c)) {
			g.failed = true;
			break;
		}
	}
	return group_end(&g, err);
}

/* ------------------------------------------------------------ deciding -- */

static bool is_boilerplate(const struct recurrence *r,
			   const struct recurrence_count *c)
{
	uint32_t words = c->key & KEY_WORDS_MAX;

	if (r->source[c->source] & RECURRENCE_LOOSE &&
	    (uint64_t)c->counted * RECURRENCE_SHARE < r->pages[c->source])
		return false;
	if (c->counted >= RECURRENCE_SURE)
		return true;
	if (c->counted < RECURRENCE_PAGES || words >= RECURRENCE_PROSE)
		return false;
	return 2 * c->dated < c->counted ||
	       c->last - c->first >= RECURRENCE_DAYS;
}

static size_t set_slot(const struct recurrence_set *s, uint64_t key)
{
	size_t i = recurrence_scramble(key) & (s->slots - 1);

	while (s->key[i] && s->key[i] != key)
		i = (i + 1) & (s->slots - 1);
	return i;
}

static bool set_make(struct recurrence *r)
{
	struct recurrence_set *s = &r->set;
	size_t n = 0;

	for (size_t i = 0; i < r->now.n; i++)
		n += is_boilerplate(r, &r->now.at[i]);
	for (s->slots = 16; s->slots < 2 * n;)
		s->slots *= 2;
	s->key = calloc(s->slots, sizeof(*s->key));
	s->times = calloc(s->slots, sizeof(*s->times));
	if (!s->key || !s->times)
		return false;
	for (size_t i = 0; i < r->now.n; i++) {
		const struct recurrence_count *c = &r->now.at[i];
		uint64_t key = c->key >> KEY_LINE_SHIFT;
		size_t at = set_slot(s, key);

		if (!is_boilerplate(r, c))
			continue;
		s->key[at] = key;
		s->times[at] = c->counted;
	}
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct recurrence_count *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

enum trawl_status recurrence_decide(struct recurrence *r,
				    struct trawl_error *err)
{
	size_t shown[DOCUMENTS_SHOWN] = { 0 };
	enum trawl_status st;

	if (r->old.n)
		qsort(r->old.at, r->old.n, sizeof(*r->old.at), by_key);
	st = count_own(r, shown, err);
	if (st == TRAWL_OK)
		st = count_lines(r, least_documents(r, shown), err);
	if (st != TRAWL_OK)
		return st;
	sorted_runs_free(r->runs);
	r->runs = NULL;
	free(r->document);
	r->document = NULL;
	if (!set_make(r) || !recurrence_counts_order(r))
		return fail_nomem(err);
	return TRAWL_OK;
}

uint32_t recurrence_has(const struct recurrence *r, uint64_t source,
			uint64_t hash)
{
	uint64_t key;
	size_t i;

	if (!r->set.slots || !hash)
		return 0;
	key = recurrence_key(source, hash, 0) >> KEY_LINE_SHIFT;
	i = set_slot(&r->set, key);
	return r->set.key[i] ? r->set.times[i] : 0;
}
