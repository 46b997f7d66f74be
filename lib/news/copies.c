/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copies.h"

#include "sorted_runs.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	DOCUMENTS_FIRST = 1024,
	NONE = 0xFFFFFFFF,
	/* Sampled shingles: fewer say too little. */
	SAMPLED_MIN = 4,
	SHARED_MIN = 3,
	LEVEL_MAX = 24
};

static const double CONTAINMENT = 0.63, RESEMBLANCE = 0.8;

struct document {
	uint64_t exact;
	/* Shingles that are no furniture: sampled ones, all of a short text. */
	uint32_t n[2];
};

/* Shingles that are in several documents: those of each, and its. */
struct shared {
	uint32_t *of;	 /* where a document's begin in list */
	uint32_t *list;	 /* numbers of shingles, document by document */
	uint32_t *begin; /* where a shingle's begin in doc */
	uint32_t *doc;	 /* documents, shingle by shingle */
	uint32_t nlists, sampled; /* shingles; the first of them are sampled */
	uint64_t n;
};

struct copies {
	uint64_t memory; /* for what is shared */
	struct document *at;
	size_t n, alloc;
	uint32_t *slot; /* of documents, by exact; NONE: free */
	size_t slots;	/* a power of two, or 0 */
	size_t used;
	uint32_t *same; /* the first document of the same words, or itself */
	struct sorted_runs *shingles; /* hash, document */
	unsigned level;
	struct shared shared;
};

/* ----------------------------------------------------------- documents -- */

enum trawl_status copies_new(const char *dir, uint64_t memory,
			     struct copies **out, struct trawl_error *err)
{
	struct copies *c = calloc(1, sizeof(*c));
	enum trawl_status st;

	if (!c)
		return fail_nomem(err);
	c->memory = memory / 2 > SORTED_RUNS_MEMORY ? memory / 2
						    : SORTED_RUNS_MEMORY;
	st = sorted_runs_new(dir, c->memory, &c->shingles, err);
	if (st) {
		copies_free(c);
		return st;
	}
	*out = c;
	return TRAWL_OK;
}

void copies_free(struct copies *c)
{
	if (!c)
		return;
	sorted_runs_free(c->shingles);
	free(c->same);
	free(c->slot);
	free(c->at);
	free(c);
}

static bool grow_documents(struct copies *c)
{
	const size_t alloc = c->alloc ? 2 * c->alloc : DOCUMENTS_FIRST;
	struct document *at = realloc(c->at, alloc * sizeof(*at));
	uint32_t *same;

	if (!at)
		return false;
	c->at = at;
	same = realloc(c->same, alloc * sizeof(*same));
	if (!same)
		return false;
	c->same = same;
	c->alloc = alloc;
	return true;
}

/* Where a document of those words is, or would be. */
static uint32_t *find_slot(const struct copies *c, uint64_t exact)
{
	size_t i = exact & (c->slots - 1);

	while (c->slot[i] != NONE && c->at[c->slot[i]].exact != exact)
		i = (i + 1) & (c->slots - 1);
	return &c->slot[i];
}

static bool grow_slots(struct copies *c)
{
	const size_t old = c->slots;
	uint32_t *from = c->slot;

	c->slots = old ? 2 * old : DOCUMENTS_FIRST;
	c->slot = malloc(c->slots * sizeof(*c->slot));
	if (!c->slot) {
		c->slot = from;
		c->slots = old;
		return false;
	}
	memset(c->slot, 0xFF, c->slots * sizeof(*c->slot));
	for (size_t i = 0; i < old; i++)
		if (from[i] != NONE)
			*find_slot(c, c->at[from[i]].exact) = from[i];
	free(from);
	return true;
}

/* The first document of the same words: doc itself, perhaps. */
static uint32_t first_of(struct copies *c, uint32_t doc)
{
	uint32_t *slot;

	if (!c->at[doc].exact)
		return doc;
	slot = find_slot(c, c->at[doc].exact);
	if (*slot == NONE) {
		*slot = doc;
		c->used++;
	}
	return *slot;
}

static enum trawl_status add_shingles(struct copies *c, uint32_t doc,
				      const struct sketch *s,
				      struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (uint32_t i = 0; i < s->n && !st; i++)
		st = sorted_runs_add(c->shingles, s->hash[i], doc, err);
	return st;
}

enum trawl_status copies_add(struct copies *c, const struct sketch *s,
			     struct trawl_error *err)
{
	const uint32_t doc = (uint32_t)c->n;

	if (c->n == c->alloc && !grow_documents(c))
		return fail_nomem(err);
	if (c->used >= c->slots / 2 && !grow_slots(c))
		return fail_nomem(err);
	c->at[c->n++] = (struct document){ .exact = s->exact };
	c->same[doc] = first_of(c, doc);
	return c->same[doc] == doc ? add_shingles(c, doc, s, err) : TRAWL_OK;
}

/* ------------------------------------------------------------- shingles -- */

/* The documents of one shingle; more than SHINGLE_CAP of them are not kept. */
struct shingle {
	uint64_t hash;
	uint32_t n;
	uint32_t doc[SHINGLE_CAP];
};

/* What is called with each shingle of 1 to SHINGLE_CAP documents. */
typedef void shingle_found(struct copies *c, const struct shingle *s);

static unsigned is_whole(uint64_t hash)
{
	return (hash & SHINGLE_WHOLE) != 0;
}

/*
 * Where there are more than memory holds, one shingle in 2, 4, 8 ... is looked
 * at: a sample of the sample.
 */
static bool is_looked_at(const struct copies *c, uint64_t hash)
{
	return !(hash & ((UINT64_C(1) << c->level) - 1));
}

static enum trawl_status each_shingle(struct copies *c, shingle_found *found,
				      struct trawl_error *err)
{
	struct shingle s = { .n = 0 };
	struct sorted_record r;
	enum trawl_status st = sorted_runs_rewind(c->shingles, err);

	if (st)
		return st;
	while (sorted_runs_next(c->shingles, &r)) {
		if (!is_looked_at(c, r.key))
			continue;
		if (r.key != s.hash) {
			if (s.n && s.n <= SHINGLE_CAP)
				found(c, &s);
			s.hash = r.key;
			s.n = 0;
		}
		if (s.n < SHINGLE_CAP)
			s.doc[s.n] = r.value;
		s.n += s.n <= SHINGLE_CAP;
	}
	if (s.n && s.n <= SHINGLE_CAP)
		found(c, &s);
	return sorted_runs_end(c->shingles, err);
}

/* A document's shingles; in at[doc + 1], those that it shares. */
static void count(struct copies *c, const struct shingle *s)
{
	const unsigned whole = is_whole(s->hash);

	for (uint32_t i = 0; i < s->n; i++)
		c->at[s->doc[i]].n[whole]++;
	if (s->n < 2)
		return;
	for (uint32_t i = 0; i < s->n; i++)
		c->shared.of[s->doc[i] + 1]++;
	c->shared.nlists++;
	c->shared.sampled += !whole;
	c->shared.n += s->n;
}

static void fill(struct copies *c, const struct shingle *s)
{
	struct shared *l = &c->shared;

	if (s->n < 2)
		return;
	for (uint32_t i = 0; i < s->n; i++) {
		l->list[l->of[s->doc[i]]++] = l->nlists;
		l->doc[l->n++] = s->doc[i];
	}
	l->begin[++l->nlists] = (uint32_t)l->n;
}

static void shared_release(struct shared *l)
{
	free(l->of);
	free(l->list);
	free(l->begin);
	free(l->doc);
	*l = (struct shared){ .n = 0 };
}

static uint64_t shared_bytes(const struct shared *l)
{
	return (l->n * 2 + l->nlists) * sizeof(uint32_t);
}

/* Count, looking at less and less until memory holds what is shared. */
static enum trawl_status count_shared(struct copies *c, struct trawl_error *err)
{
	enum trawl_status st;

	for (c->level = 0;; c->level++) {
		shared_release(&c->shared);
		for (size_t i = 0; i < c->n; i++)
			c->at[i].n[0] = c->at[i].n[1] = 0;
		c->shared.of = calloc(c->n + 2, sizeof(*c->shared.of));
		if (!c->shared.of)
			return fail_nomem(err);
		st = each_shingle(c, count, err);
		if (st || shared_bytes(&c->shared) <= c->memory ||
		    c->level == LEVEL_MAX)
			return st;
	}
}

/*
 * Lists of documents by shingle, and of shingles by document.  While they are
 * filled of[doc] is where the next of doc's goes, at the end where
 * those of doc + 1 begin.
 */
static enum trawl_status make_lists(struct copies *c, struct trawl_error *err)
{
	struct shared *l = &c->shared;
	enum trawl_status st = count_shared(c, err);

	if (st)
		return st;
	l->list = malloc((l->n + 1) * sizeof(*l->list));
	l->doc = malloc((l->n + 1) * sizeof(*l->doc));
	l->begin = calloc(l->nlists + 1, sizeof(*l->begin));
	if (!l->list || !l->doc || !l->begin)
		return fail_nomem(err);
	for (size_t i = 0; i < c->n; i++)
		l->of[i + 1] += l->of[i];
	l->n = 0;
	l->nlists = 0;
	st = each_shingle(c, fill, err);
	memmove(l->of + 1, l->of, c->n * sizeof(*l->of));
	l->of[0] = 0;
	return st;
}

/* --------------------------------------------------------------- pairs -- */

/* Documents of the same words are one, which ranks as the first of them does. */
struct ranking {
	uint32_t *rank;	    /* of those that stand for the same words */
	uint32_t *document; /* by rank */
};

static double containment(const struct document *a, const struct document *b,
			  uint32_t shared)
{
	const uint32_t least = a->n[0] < b->n[0] ? a->n[0] : b->n[0];

	if (least < SAMPLED_MIN || shared < SHARED_MIN)
		return 0;
	return (double)shared / least;
}

static double resemblance(const struct document *a, const struct document *b,
			  uint32_t shared)
{
	return shared ? (double)shared / (a->n[1] + b->n[1] - shared) : 0;
}

/* 0: no near-duplicates. */
static double are_copies(const struct document *a, const struct document *b,
			 const uint32_t shared[2])
{
	const double c = containment(a, b, shared[0]),
		     r = resemblance(a, b, shared[1]);

	if (r >= RESEMBLANCE)
		return r > c ? r : c;
	return c >= CONTAINMENT ? c : 0;
}

/* What a document shares with those that rank behind it. */
struct meeting {
	const struct copies *c;
	const struct ranking *ranking;
	uint32_t (*shared)[2]; /* by document; 0 between two meetings */
	uint32_t *met;
	uint32_t nmet;
};

static void meet_list(struct meeting *m, uint32_t a, uint32_t list)
{
	const struct shared *l = &m->c->shared;
	const unsigned whole = list >= l->sampled;

	for (uint32_t i = l->begin[list]; i < l->begin[list + 1]; i++) {
		const uint32_t b = l->doc[i];

		if (m->ranking->rank[b] <= m->ranking->rank[a])
			continue;
		if (!m->shared[b][0] && !m->shared[b][1])
			m->met[m->nmet++] = b;
		m->shared[b][whole]++;
	}
}

static void meet(struct meeting *m, uint32_t a)
{
	const struct shared *l = &m->c->shared;

	m->nmet = 0;
	for (uint32_t i = l->of[a]; i < l->of[a + 1]; i++)
		meet_list(m, a, l->list[i]);
}

/* Pairs are found in the order of their first documents' ranks. */
struct pair_reader {
	void (*found)(void *ctx, uint32_t a, uint32_t b, double containment);
	/* Not the pairs of those that are in a group; may be NULL. */
	const uint32_t *group;
	void *ctx;
};

static void find_pairs_of(struct meeting *m, uint32_t a,
			  const struct pair_reader *reader)
{
	const struct document *at = m->c->at;

	meet(m, a);
	for (uint32_t i = 0; i < m->nmet; i++) {
		const uint32_t b = m->met[i];
		const double c = are_copies(&at[a], &at[b], m->shared[b]);

		m->shared[b][0] = m->shared[b][1] = 0;
		if (c > 0)
			reader->found(reader->ctx, a, b, c);
	}
}

static void find_pairs(struct meeting *m, const struct pair_reader *reader)
{
	const struct copies *c = m->c;
	const struct ranking *r = m->ranking;

	for (uint32_t i = 0; i < c->n; i++) {
		const uint32_t a = c->same[r->document[i]];

		if (r->rank[a] == i &&
		    (!reader->group || reader->group[a] == a))
			find_pairs_of(m, a, reader);
	}
}

static enum trawl_status each_pair(struct copies *c, const struct ranking *r,
				   const struct pair_reader *reader,
				   struct trawl_error *err)
{
	struct meeting m = { .c = c, .ranking = r };
	enum trawl_status st = make_lists(c, err);

	if (!st) {
		m.shared = calloc(c->n + 1, sizeof(*m.shared));
		m.met = malloc((c->n + 1) * sizeof(*m.met));
		if (m.shared && m.met)
			find_pairs(&m, reader);
		else
			st = fail_nomem(err);
	}
	free(m.shared);
	free(m.met);
	shared_release(&c->shared);
	return st;
}

/* -------------------------------------------------------------- groups -- */

static void ranking_release(struct ranking *r)
{
	free(r->rank);
	free(r->document);
}

/* rank: NULL: documents rank as they came. */
static bool ranking_init(struct ranking *r, const struct copies *c,
			 const uint32_t *rank)
{
	const size_t n = c->n ? c->n : 1;

	r->rank = malloc(n * sizeof(*r->rank));
	r->document = malloc(n * sizeof(*r->document));
	if (!r->rank || !r->document)
		return false;
	for (uint32_t i = 0; i < c->n; i++) {
		const uint32_t first = c->same[i], own = rank ? rank[i] : i;

		r->document[own] = i;
		if (first == i || own < r->rank[first])
			r->rank[first] = own;
	}
	return true;
}

/* a ranks before b; pairs come in the order of their first documents, so that
 * whether a stands for itself is known. */
static void join(void *ctx, uint32_t a, uint32_t b, double containment)
{
	uint32_t *group = ctx;

	(void)containment;
	if (group[a] == a && group[b] == b)
		group[b] = a;
}

enum trawl_status copies_finish(struct copies *c, const uint32_t *rank,
				uint32_t *group, struct trawl_error *err)
{
	struct ranking r = { 0 };
	const struct pair_reader reader = { join, group, group };
	enum trawl_status st;

	for (uint32_t i = 0; i < c->n; i++)
		group[i] = i;
	st = ranking_init(&r, c, rank) ? each_pair(c, &r, &reader, err)
				       : fail_nomem(err);
	/* The first of the same words comes before the others. */
	for (uint32_t i = 0; i < c->n && !st; i++)
		group[i] = c->same[i] == i ? r.document[r.rank[group[i]]]
					   : group[c->same[i]];
	ranking_release(&r);
	return st;
}

enum trawl_status copies_pairs(struct copies *c,
			       void (*pair)(void *ctx, uint32_t a, uint32_t b,
					    double containment),
			       void *ctx, struct trawl_error *err)
{
	struct ranking r = { 0 };
	const struct pair_reader reader = { pair, NULL, ctx };
	enum trawl_status st = ranking_init(&r, c, NULL)
				       ? each_pair(c, &r, &reader, err)
				       : fail_nomem(err);

	for (uint32_t i = 0; i < c->n && !st; i++)
		if (c->same[i] != i)
			pair(ctx, c->same[i], i, 1);
	ranking_release(&r);
	return st;
}
