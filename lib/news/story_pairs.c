/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_pairs.c - documents that share some of their heaviest terms
 *
 * Lists of the documents that have a term are kept of a block of documents, as
 * many as memory holds; all documents from the block's first on are read once
 * and looked for in them.  Terms that many documents have are looked for in twos
 * only, which fewer have; of a list that is long all the same its last ones count:
 * the nearest by date.
 */
#include "story_parts.h"

#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEYS_MAX = STORY_TOP + STORY_TOP * (STORY_TOP - 1) / 2,
	TERMS_MAX = STORY_WHOLE + STORY_LEAD,
	SPOT_SHIFT = 19, /* highest bits of a term, which is a hash */
	SPOTS = 1 << (32 - SPOT_SHIFT),
	BLOCK_LEAST = 64, /* documents' worth of memory, at least */
	ENTRY_BYTES = 6,
	POSTING_BYTES = 24, /* with its slots */
	DOC_TERMS = 32, /* of a document, at least, if memory is to be filled */
	TWO = 2,	/* terms that a key of two is worth */
	SHARED = 3,	/* terms, to be looked at */
	SHARED_FEW = 2	/* with a document that has not STORY_TOP terms */
};

struct posting {
	uint32_t key, doc, before; /* before: number + 1 of the one before */
};

struct block_doc {
	uint32_t begin; /* of its terms */
	int32_t day;
	uint16_t n;
};

/* Documents first .. first + n - 1. */
struct block {
	uint32_t first, n;
	int32_t oldest, newest; /* days; oldest -1: one of them is not known */
	struct block_doc *doc;
	uint32_t *term;
	uint16_t *weight;
	struct posting *posting;
	uint32_t *slot;	  /* number + 1 of a key's last posting */
	uint32_t *met;	  /* numbers of documents */
	uint16_t *shared; /* of a document: terms; 0 when it was not met */
	size_t docs_max, terms_max, postings_max, nslots;
	size_t nterms, npostings, nmet;
};

/* What a document is looked for by. */
struct keys {
	uint32_t key[KEYS_MAX];
	size_t single, n; /* keys of one term come first */
};

/* A list that is walked. */
struct chain {
	uint32_t at; /* number + 1 of a posting */
	uint32_t left;
	uint16_t worth;
};

struct finder {
	const struct story_input *in;
	struct block block;
	struct sorted_runs *out;
	struct story_vector vector; /* the document that is looked for */
	struct keys keys;
	uint16_t shared; /* that makes a candidate */
	bool open;	 /* the block takes more */
	struct chain chain[KEYS_MAX];
	uint8_t spot[SPOTS];	  /* its first term there: number + 1 */
	uint8_t after[TERMS_MAX]; /* the next one of the same spot */
};

uint64_t story_pair_key(float like, uint32_t a)
{
	uint32_t bits;

	memcpy(&bits, &like, sizeof(bits));
	return (uint64_t)~bits << 32 | a;
}

float story_pair_like(uint64_t key)
{
	uint32_t bits = ~(uint32_t)(key >> 32);
	float like;

	memcpy(&like, &bits, sizeof(like));
	return like;
}

/* ----------------------------------------------------------------- block -- */

static void block_release(struct block *b)
{
	free(b->doc);
	free(b->term);
	free(b->weight);
	free(b->posting);
	free(b->slot);
	free(b->met);
	free(b->shared);
}

/* Half for the terms, half for the lists. */
static bool block_init(struct block *b, uint64_t memory, size_t places)
{
	size_t docs = places < BLOCK_LEAST ? places : BLOCK_LEAST;
	size_t terms = memory / 2 / ENTRY_BYTES;
	size_t postings = memory / 2 / POSTING_BYTES;

	b->terms_max = terms > docs * TERMS_MAX ? terms : docs * TERMS_MAX;
	if (b->terms_max > places * TERMS_MAX)
		b->terms_max = places * TERMS_MAX;
	b->postings_max =
		postings > docs * KEYS_MAX ? postings : docs * KEYS_MAX;
	if (b->postings_max > places * KEYS_MAX)
		b->postings_max = places * KEYS_MAX;
	b->docs_max = b->terms_max / DOC_TERMS;
	if (b->docs_max > places)
		b->docs_max = places;
	for (b->nslots = 64; 3 * b->nslots < 4 * b->postings_max;)
		b->nslots *= 2;
	b->doc = malloc((b->docs_max + 1) * sizeof(*b->doc));
	b->met = malloc((b->docs_max + 1) * sizeof(*b->met));
	b->term = malloc((b->terms_max + 1) * sizeof(*b->term));
	b->weight = malloc((b->terms_max + 1) * sizeof(*b->weight));
	b->posting = malloc((b->postings_max + 1) * sizeof(*b->posting));
	b->slot = malloc(b->nslots * sizeof(*b->slot));
	b->shared = calloc(b->docs_max + 1, sizeof(*b->shared));
	return b->doc && b->met && b->shared && b->term && b->weight &&
	       b->posting && b->slot;
}

static void block_start(struct block *b, uint32_t first)
{
	b->first = first;
	b->n = 0;
	b->oldest = INT32_MAX;
	b->newest = 0;
	b->nterms = b->npostings = b->nmet = 0;
	memset(b->slot, 0, b->nslots * sizeof(*b->slot));
}

static bool block_is_full(const struct block *b)
{
	return b->n == b->docs_max || b->terms_max - b->nterms < TERMS_MAX ||
	       b->postings_max - b->npostings < KEYS_MAX;
}

static size_t first_slot(const struct block *b, uint32_t key)
{
	return (key * 0x9E3779B1U) >> 7 & (b->nslots - 1);
}

/* Of key, or an empty one. */
static uint32_t *find_slot(const struct block *b, uint32_t key)
{
	size_t at = first_slot(b, key);

	while (b->slot[at] && b->posting[b->slot[at] - 1].key != key)
		at = (at + 1) & (b->nslots - 1);
	return &b->slot[at];
}

static void block_add(struct block *b, const struct story_vector *v,
		      const struct keys *k)
{
	b->doc[b->n] = (struct block_doc){ (uint32_t)b->nterms, v->day, v->n };
	memcpy(b->term + b->nterms, v->term, v->n * sizeof(*v->term));
	memcpy(b->weight + b->nterms, v->weight, v->n * sizeof(*v->weight));
	b->nterms += v->n;
	for (size_t i = 0; i < k->n; i++) {
		uint32_t *slot = find_slot(b, k->key[i]);

		b->posting[b->npostings] =
			(struct posting){ k->key[i], b->n, *slot };
		*slot = (uint32_t)++b->npostings;
	}
	b->oldest = v->day < b->oldest ? v->day : b->oldest;
	b->newest = v->day > b->newest ? v->day : b->newest;
	b->n++;
}

/* ------------------------------------------------------------------ keys -- */

static uint32_t key_of_two(uint32_t a, uint32_t b)
{
	uint64_t both = ((uint64_t)a << 32 | b) * 0x9E3779B97F4A7C15U;

	return (uint32_t)(both >> 32) | 1; /* terms have 0 there */
}

static void make_keys(const struct story_input *in,
		      const struct story_vector *v, struct keys *k)
{
	uint32_t common[STORY_TOP];
	size_t ncommon = 0;

	k->n = 0;
	for (size_t i = 0; i < v->ntop; i++) {
		if (*story_cell(in->tops, v->top[i]) <= in->settings->listed)
			k->key[k->n++] = v->top[i];
		else
			common[ncommon++] = v->top[i];
	}
	k->single = k->n;
	for (size_t i = 0; i < ncommon; i++) {
		for (size_t j = 0; j < i; j++)
			k->key[k->n++] = key_of_two(common[j], common[i]);
	}
}

/* --------------------------------------------------------------- finding -- */

_Static_assert(TERMS_MAX < UINT8_MAX, "numbers of terms are bytes");

static void mark_spots(struct finder *f)
{
	const struct story_vector *v = &f->vector;

	for (uint8_t i = 0; i < v->n; i++) {
		uint8_t *spot = &f->spot[v->term[i] >> SPOT_SHIFT];

		f->after[i] = *spot;
		*spot = i + 1;
	}
}

static void clear_spots(struct finder *f)
{
	for (size_t i = 0; i < f->vector.n; i++)
		f->spot[f->vector.term[i] >> SPOT_SHIFT] = 0;
}

/* The weight of a term of the document that is looked for; at: of its spot. */
static uint32_t weight_of(const struct finder *f, uint32_t term, uint8_t at)
{
	for (; at; at = f->after[at - 1]) {
		if (f->vector.term[at - 1] == term)
			return f->vector.weight[at - 1];
	}
	return 0;
}

static bool are_apart(const struct finder *f, int32_t day_a, int32_t day_b)
{
	return day_a >= 0 && day_b >= 0 &&
	       llabs((int64_t)day_a - day_b) > f->in->settings->apart_days;
}

static float likeness(const struct finder *f, const struct block_doc *d)
{
	const uint32_t *term = f->block.term + d->begin;
	const uint16_t *weight = f->block.weight + d->begin;
	uint64_t sum = 0;

	if (are_apart(f, d->day, f->vector.day))
		return 0;
	for (size_t i = 0; i < d->n; i++) {
		uint8_t at = f->spot[term[i] >> SPOT_SHIFT];

		if (at)
			sum += (uint64_t)weight_of(f, term[i], at) * weight[i];
	}
	return (float)sum / STORY_UNIT / STORY_UNIT *
	       story_nearness(f->in->settings, f->vector.day, d->day);
}

/* One step back; false at the end. */
static bool step(struct block *b, struct chain *c)
{
	const struct posting *p = &b->posting[c->at - 1];

	if (!b->shared[p->doc])
		b->met[b->nmet++] = p->doc;
	b->shared[p->doc] += c->worth;
	c->at = p->before;
	__builtin_prefetch(&b->posting[c->at - (c->at > 0)]);
	return c->at && --c->left;
}

/*
 * Count the keys that the block's documents share with the one at hand.  A step of
 * each list in turn: nearly all of them wait for memory, which can do so for
 * several at once.
 */
static void meet(struct finder *f)
{
	struct block *b = &f->block;
	size_t n = 0;

	for (size_t i = 0; i < f->keys.n; i++)
		__builtin_prefetch(&b->slot[first_slot(b, f->keys.key[i])]);
	for (size_t i = 0; i < f->keys.n; i++) {
		uint16_t worth = i < f->keys.single ? 1 : TWO;
		uint32_t at = *find_slot(b, f->keys.key[i]);

		if (at)
			f->chain[n++] =
				(struct chain){ at, f->in->settings->listed,
						worth };
	}
	while (n) {
		for (size_t i = 0; i < n;) {
			if (step(b, &f->chain[i]))
				i++;
			else
				f->chain[i] = f->chain[--n];
		}
	}
}

static bool is_candidate(const struct finder *f, uint32_t doc)
{
	return f->block.shared[doc] >= f->shared;
}

/* Of those that were met only; none is met any more. */
static void keep_candidates(struct finder *f)
{
	struct block *b = &f->block;
	size_t kept = 0;

	for (size_t i = 0; i < b->nmet; i++) {
		uint32_t doc = b->met[i];

		if (is_candidate(f, doc))
			b->met[kept++] = doc;
		b->shared[doc] = 0;
	}
	b->nmet = kept;
}

static enum trawl_status look(struct finder *f, uint32_t place,
			      struct trawl_error *err)
{
	struct block *b = &f->block;
	enum trawl_status st = TRAWL_OK;

	meet(f);
	keep_candidates(f);
	mark_spots(f);
	for (size_t i = 0; !st && i < b->nmet; i++) {
		float like = likeness(f, &b->doc[b->met[i]]);

		if (like >= f->in->settings->theta)
			st = sorted_runs_add(
				f->out,
				story_pair_key(like, b->first + b->met[i]),
				place, err);
	}
	b->nmet = 0;
	clear_spots(f);
	return st;
}

/* Too long before or after all of the block? */
static bool is_apart(const struct finder *f, uint32_t place)
{
	int64_t day = f->in->day[place];
	int64_t apart = f->in->settings->apart_days;

	return day >= 0 && f->block.oldest >= 0 &&
	       (day > f->block.newest + apart || day + apart < f->block.oldest);
}

static enum trawl_status find_one(struct finder *f, uint32_t place,
				  struct trawl_error *err)
{
	enum trawl_status st;

	if (!story_vector_read(f->in->file, place, &f->vector))
		return fail(err, TRAWL_IO, "cannot read stories back: %s",
			    strerror(errno));
	make_keys(f->in, &f->vector, &f->keys);
	f->shared = f->vector.ntop < STORY_TOP ? SHARED_FEW : SHARED;
	st = look(f, place, err);
	f->open = f->open && !block_is_full(&f->block);
	if (f->open)
		block_add(&f->block, &f->vector, &f->keys);
	return st;
}

/* All pairs of a block's documents with those of the block and after it. */
static enum trawl_status find_block(struct finder *f, uint32_t first,
				    struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	block_start(&f->block, first);
	f->open = true;
	for (uint32_t p = first; !st && p < f->in->places; p++) {
		if (f->open || !is_apart(f, p))
			st = find_one(f, p, err);
	}
	return st;
}

enum trawl_status story_pairs(const struct story_input *in,
			      struct sorted_runs *out, struct trawl_error *err)
{
	struct finder *f = calloc(1, sizeof(*f));
	enum trawl_status st = TRAWL_OK;

	if (!f)
		return fail_nomem(err);
	f->in = in;
	f->out = out;
	if (!block_init(&f->block, in->memory, in->places))
		st = fail_nomem(err);
	for (uint32_t first = 0; !st && first < in->places;) {
		st = find_block(f, first, err);
		first += f->block.n;
	}
	block_release(&f->block);
	free(f);
	return st;
}
