/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_pairs.c - documents that share some of their heaviest terms
 *
 * Lists of the documents that have a term are kept of a block of documents, as
 * many as memory holds; all documents from the block's first on are read once
 * and looked for in them.  Terms that many documents have are looked for in twos
 * only, which fewer have; of a list that is long all the same its last ones count:
 * the nearest by date.  Two threads can do so side by side, each with a block of
 * its own and the same ones, looking for every other document.
 */
#include "story_parts.h"

#include "huge.h"
#include "status.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEYS_MAX = STORY_TOP + STORY_TOP * (STORY_TOP - 1) / 2,
	TERMS_MAX = STORY_WHOLE + STORY_LEAD,
	SPOT_SHIFT = 19, /* highest bits of a term, which is a hash */
	SPOTS = 1 << (32 - SPOT_SHIFT),
	BLOCK_LEAST = 64, /* documents' worth of memory, at least */
	SLOTS_FIRST = 1 << 8,
	POSTING_BYTES = 24, /* with its slots */
	DOC_TERMS = 32, /* of a document, at least, if memory is to be filled */
	CACHE_LINE = 64,
	FETCHED = 4 * CACHE_LINE, /* of terms; the rest is foreseen */
	TWO = 2,		  /* terms that a key of two is worth */
	SHARED = 3,		  /* terms, to be looked at */
	SHARED_FEW = 2 /* with a document that has not STORY_TOP terms */
};

struct posting {
	uint32_t key, doc, before; /* before: number + 1 of the one before */
};

/* A term and its weights in the whole and in the lead; 0: it is not there. */
struct weighed {
	uint32_t term;
	uint16_t whole, lead;
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
	struct weighed *term;
	struct posting *posting;
	uint32_t *slot;	  /* number + 1 of a key's last posting */
	uint32_t *met;	  /* numbers of documents */
	uint16_t *shared; /* of a document: terms; 0 when it was not met */
	size_t docs_max, terms_max, postings_max, nslots, slots_max;
	size_t nterms, npostings, nkeys, nmet;
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
	struct record_file *file;
	unsigned turn, turns; /* one in so many documents is looked for */
	struct block block;
	struct sorted_runs *out;
	pthread_mutex_t *lock; /* guards out */
	bool open;	       /* the block takes more */
	int32_t latest;	       /* day that any before it had */
	uint32_t near; /* before it all are too old for those of that day */

	/* The document that is looked for. */
	struct story_vector vector;
	struct keys keys;
	uint16_t shared; /* that makes a candidate */
	struct chain chain[KEYS_MAX];
	struct weighed term[TERMS_MAX + 1]; /* from 1 on; 0: none */
	uint8_t nterms;
	uint8_t spot[SPOTS];	      /* its last term there */
	uint8_t after[TERMS_MAX + 1]; /* the next one of the same spot */
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
	free(b->posting);
	free(b->slot);
	free(b->met);
	free(b->shared);
}

/* Half for the terms, half for the lists. */
static bool block_init(struct block *b, uint64_t memory, size_t places)
{
	size_t docs = places < BLOCK_LEAST ? places : BLOCK_LEAST;
	size_t terms = memory / 2 / sizeof(*b->term);
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
	for (b->slots_max = SLOTS_FIRST;
	     3 * b->slots_max < 4 * b->postings_max;)
		b->slots_max *= 2;
	b->doc = huge_alloc((b->docs_max + 1) * sizeof(*b->doc));
	b->met = malloc((b->docs_max + 1) * sizeof(*b->met));
	b->term = huge_alloc((b->terms_max + 1) * sizeof(*b->term));
	b->posting = huge_alloc((b->postings_max + 1) * sizeof(*b->posting));
	b->nslots = SLOTS_FIRST;
	b->slot = huge_alloc(b->nslots * sizeof(*b->slot));
	b->shared = calloc(b->docs_max + 1, sizeof(*b->shared));
	return b->doc && b->met && b->shared && b->term && b->posting &&
	       b->slot;
}

static void block_start(struct block *b, uint32_t first)
{
	b->first = first;
	b->n = 0;
	b->oldest = INT32_MAX;
	b->newest = 0;
	b->nterms = b->npostings = b->nkeys = b->nmet = 0;
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

/* Slots are cleared, so no more of them are had than there are keys. */
static bool grow(struct block *b)
{
	uint32_t *old = b->slot;
	const size_t n = b->nslots;
	uint32_t *slot = huge_zalloc(2 * n * sizeof(*slot));

	if (!slot)
		return false;
	b->slot = slot;
	b->nslots = 2 * n;
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*find_slot(b, b->posting[old[i] - 1].key) = old[i];
	free(old);
	return true;
}

static void add_posting(struct block *b, uint32_t key)
{
	uint32_t *slot = find_slot(b, key);

	b->nkeys += !*slot;
	b->posting[b->npostings] = (struct posting){ key, b->n, *slot };
	*slot = (uint32_t)++b->npostings;
}

/* False without memory. */
static bool block_add(struct finder *f)
{
	struct block *b = &f->block;
	const int32_t day = f->vector.day;

	b->doc[b->n] =
		(struct block_doc){ (uint32_t)b->nterms, day, f->nterms };
	memcpy(b->term + b->nterms, f->term + 1, f->nterms * sizeof(*f->term));
	b->nterms += f->nterms;
	while (2 * (b->nkeys + f->keys.n) > b->nslots &&
	       b->nslots < b->slots_max)
		if (!grow(b))
			return false;
	for (size_t i = 0; i < f->keys.n; i++)
		add_posting(b, f->keys.key[i]);
	b->oldest = day < b->oldest ? day : b->oldest;
	b->newest = day > b->newest ? day : b->newest;
	b->n++;
	return true;
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

static uint8_t *spot_of(struct finder *f, uint32_t term)
{
	return &f->spot[term >> SPOT_SHIFT];
}

/* The document's own; NULL: it has none. */
static struct weighed *find_term(struct finder *f, uint32_t term)
{
	uint8_t at = *spot_of(f, term);

	while (at && f->term[at].term != term)
		at = f->after[at];
	return at ? &f->term[at] : NULL;
}

static struct weighed *add_term(struct finder *f, uint32_t term)
{
	struct weighed *w = &f->term[++f->nterms];
	uint8_t *spot = spot_of(f, term);

	f->after[f->nterms] = *spot;
	*spot = f->nterms;
	*w = (struct weighed){ .term = term };
	return w;
}

/* Terms are even, so that ~term is odd. */
static void mark_terms(struct finder *f)
{
	const struct story_vector *v = &f->vector;

	f->nterms = 0;
	for (size_t i = 0; i < v->n; i++) {
		bool lead = v->term[i] & 1;
		uint32_t term = lead ? ~v->term[i] : v->term[i];
		struct weighed *w = find_term(f, term);

		if (!w)
			w = add_term(f, term);
		*(lead ? &w->lead : &w->whole) = v->weight[i];
	}
}

static void clear_terms(struct finder *f)
{
	for (size_t i = 1; i <= f->nterms; i++)
		*spot_of(f, f->term[i].term) = 0;
}

/* 0 when they are two terms: without a branch, as it would be guessed wrong. */
static uint64_t product(const struct weighed *a, const struct weighed *b)
{
	const uint64_t same = -(uint64_t)(a->term == b->term);

	return ((uint64_t)a->whole * b->whole + (uint64_t)a->lead * b->lead) &
	       same;
}

/* With the document's own; its spots have one term each, nearly all. */
static uint64_t products(const struct finder *f, const struct weighed *w,
			 size_t n)
{
	uint64_t sum = 0;

	for (const struct weighed *end = w + n; w < end; w++) {
		uint8_t at = f->spot[w->term >> SPOT_SHIFT];

		sum += product(&f->term[at], w);
		while (f->after[at]) {
			at = f->after[at];
			sum += product(&f->term[at], w);
		}
	}
	return sum;
}

static bool are_apart(const struct finder *f, int32_t day_a, int32_t day_b)
{
	return day_a >= 0 && day_b >= 0 &&
	       llabs((int64_t)day_a - day_b) > f->in->settings->apart_days;
}

static float likeness(struct finder *f, const struct block_doc *d)
{
	uint64_t sum;

	if (are_apart(f, d->day, f->vector.day))
		return 0;
	sum = products(f, f->block.term + d->begin, d->n);
	return (float)sum / STORY_UNIT / STORY_UNIT *
	       story_nearness(f->in->settings, f->vector.day, d->day);
}

/* One step back; false at the end: before first all are too old. */
static bool step(struct block *b, struct chain *c, uint32_t first)
{
	const struct posting *p = &b->posting[c->at - 1];

	if (p->doc < first)
		return false;
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
static void meet(struct finder *f, uint32_t near)
{
	struct block *b = &f->block;
	const uint32_t first = near > b->first ? near - b->first : 0;
	size_t n = 0;

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
			if (step(b, &f->chain[i], first))
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

/* The first that is near enough to a place: those before it are all too old.
 * Places come by their days, unless somebody ranks them otherwise. */
static uint32_t first_near(struct finder *f, uint32_t place)
{
	const int32_t *day = f->in->day;
	const int64_t apart = f->in->settings->apart_days;

	if (day[place] < f->latest)
		return 0;
	f->latest = day[place];
	while (f->near < place && day[f->near] >= 0 &&
	       day[f->near] + apart < day[place])
		f->near++;
	return f->near;
}

static enum trawl_status add_pair(struct finder *f, float like, uint32_t a,
				  uint32_t b, struct trawl_error *err)
{
	enum trawl_status st;

	pthread_mutex_lock(f->lock);
	st = sorted_runs_add(f->out, story_pair_key(like, a), b, err);
	pthread_mutex_unlock(f->lock);
	return st;
}

/* Nowhere near those of the candidate before. */
static const char *terms_of(const struct block *b, size_t i)
{
	return (const char *)(b->term + b->doc[b->met[i]].begin);
}

static enum trawl_status look(struct finder *f, uint32_t place,
			      struct trawl_error *err)
{
	struct block *b = &f->block;
	enum trawl_status st = TRAWL_OK;

	meet(f, first_near(f, place));
	keep_candidates(f);
	for (size_t i = 0; !st && i < b->nmet; i++) {
		const char *next = terms_of(b, i + (i + 1 < b->nmet));
		float like;

		for (size_t at = 0; at < FETCHED; at += CACHE_LINE)
			__builtin_prefetch(next + at);
		like = likeness(f, &b->doc[b->met[i]]);
		if (like >= f->in->settings->theta)
			st = add_pair(f, like, b->first + b->met[i], place,
				      err);
	}
	b->nmet = 0;
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

static bool is_turn(const struct finder *f, uint32_t place)
{
	return place % f->turns == f->turn;
}

static enum trawl_status find_one(struct finder *f, uint32_t place,
				  struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!story_vector_read(f->file, place, &f->vector))
		return fail(err, TRAWL_IO, "cannot read stories back: %s",
			    strerror(errno));
	make_keys(f->in, &f->vector, &f->keys);
	for (size_t i = 0; i < f->keys.n; i++)
		__builtin_prefetch(
			&f->block.slot[first_slot(&f->block, f->keys.key[i])]);
	f->shared = f->vector.ntop < STORY_TOP ? SHARED_FEW : SHARED;
	mark_terms(f);
	if (is_turn(f, place))
		st = look(f, place, err);
	f->open = f->open && !block_is_full(&f->block);
	if (f->open && !block_add(f))
		st = fail_nomem(err);
	clear_terms(f);
	return st;
}

/* All pairs of a block's documents with those of the block and after it. */
static enum trawl_status find_block(struct finder *f, uint32_t first,
				    struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	block_start(&f->block, first);
	f->open = true;
	f->latest = 0;
	f->near = 0;
	for (uint32_t p = first; !st && p < f->in->places; p++) {
		if (f->open || (is_turn(f, p) && !is_apart(f, p)))
			st = find_one(f, p, err);
	}
	return st;
}

static enum trawl_status find_all(struct finder *f, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!block_init(&f->block, f->in->memory, f->in->places))
		return fail_nomem(err);
	for (uint32_t first = 0; !st && first < f->in->places;) {
		st = find_block(f, first, err);
		first += f->block.n;
	}
	return st;
}

/* A second thread: the same blocks, and the documents between. */
struct helper {
	struct finder finder;
	pthread_t thread;
	enum trawl_status st;
	struct trawl_error err;
};

static void *help(void *arg)
{
	struct helper *h = arg;

	h->st = find_all(&h->finder, &h->err);
	return NULL;
}

static void helper_free(struct helper *h)
{
	if (!h)
		return;
	block_release(&h->finder.block);
	record_file_free(h->finder.file);
	free(h);
}

/* NULL: one thread is to do it. */
static struct helper *helper_start(const struct finder *f)
{
	struct helper *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->finder.in = f->in;
	h->finder.out = f->out;
	h->finder.lock = f->lock;
	h->finder.turn = 1;
	h->finder.turns = 2;
	h->finder.file = record_file_view(f->in->file);
	if (h->finder.file && !pthread_create(&h->thread, NULL, help, h))
		return h;
	helper_free(h);
	return NULL;
}

static enum trawl_status find_beside(struct finder *f, struct trawl_error *err)
{
	struct helper *h = f->in->beside ? helper_start(f) : NULL;
	enum trawl_status st;

	f->turns = h ? 2 : 1;
	st = find_all(f, err);
	if (h)
		pthread_join(h->thread, NULL);
	if (!st && h && h->st)
		st = fail(err, h->st, "%s", h->err.text);
	helper_free(h);
	return st;
}

enum trawl_status story_pairs(const struct story_input *in,
			      struct sorted_runs *out, struct trawl_error *err)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct finder *f = calloc(1, sizeof(*f));
	enum trawl_status st;

	if (!f)
		return fail_nomem(err);
	f->in = in;
	f->file = in->file;
	f->out = out;
	f->lock = &lock;
	st = find_beside(f, err);
	block_release(&f->block);
	free(f);
	return st;
}
