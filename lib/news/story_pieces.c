/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_pieces.c - what hangs together by pairs, one piece after the other
 *
 * In a week of one election everything hangs together.  So pairs are taken from
 * the likest on, and one that would make a piece larger than is clustered at
 * once is passed over.
 */
#include "story_parts.h"

#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOCAL_BITS = 16, /* of a number inside of a piece */
	ALLOC_FIRST = 256
};

struct pieces {
	const struct story_input *in;
	uint32_t *root; /* a piece is known by its first place */
	uint32_t *size; /* of a root */
	uint32_t *next; /* place of the piece after this one; 0: none */
	uint32_t *local;
	uint16_t *paired; /* pairs that a place has, up to what counts */
	struct sorted_runs *inside; /* root, two numbers; likeness */
	uint32_t *story;	    /* the result */
};

/* The piece at hand. */
struct piece {
	uint32_t root;
	size_t n, npairs, pairs_alloc;
	uint32_t *place, *cluster;
	struct story_vector *vector;
	struct story_pair *pair;
};

static void pieces_release(struct pieces *p)
{
	free(p->root);
	free(p->size);
	free(p->next);
	free(p->local);
	free(p->paired);
	sorted_runs_free(p->inside);
}

static bool pieces_init(struct pieces *p)
{
	size_t n = p->in->places + 1;

	p->root = malloc(n * sizeof(*p->root));
	p->size = malloc(n * sizeof(*p->size));
	p->next = calloc(n, sizeof(*p->next));
	p->local = calloc(n, sizeof(*p->local));
	p->paired = calloc(n, sizeof(*p->paired));
	if (!p->root || !p->size || !p->next || !p->local || !p->paired)
		return false;
	for (uint32_t i = 0; i < p->in->places; i++) {
		p->root[i] = i;
		p->size[i] = 1;
		p->story[i] = i;
	}
	return true;
}

static uint32_t find_root(struct pieces *p, uint32_t i)
{
	for (; p->root[i] != i; i = p->root[i])
		p->root[i] = p->root[p->root[i]];
	return i;
}

static void unite(struct pieces *p, uint32_t a, uint32_t b)
{
	uint32_t ra = find_root(p, a), rb = find_root(p, b);
	uint32_t low = ra < rb ? ra : rb, high = ra < rb ? rb : ra;

	if (low == high ||
	    p->size[low] + p->size[high] > p->in->settings->piece)
		return;
	p->root[high] = low;
	p->size[low] += p->size[high];
}

static enum trawl_status unite_all(struct pieces *p, struct sorted_runs *pairs,
				   struct trawl_error *err)
{
	enum trawl_status st = sorted_runs_rewind(pairs, err);
	struct sorted_record r;

	if (st)
		return st;
	while (sorted_runs_next(pairs, &r))
		unite(p, (uint32_t)r.key, r.value);
	return sorted_runs_end(pairs, err);
}

/* Chains of the places of each piece, and their numbers in it. */
static void number_places(struct pieces *p)
{
	uint32_t *last = p->size; /* sizes are of no more use */

	for (uint32_t i = 0; i < p->in->places; i++) {
		uint32_t root = find_root(p, i);

		if (root == i) {
			last[i] = i;
			continue;
		}
		p->next[last[root]] = i;
		p->local[i] = p->local[last[root]] + 1;
		last[root] = i;
	}
}

/* Does a pair count, or have both its documents enough likest ones? */
static bool counts(struct pieces *p, uint32_t a, uint32_t b)
{
	uint32_t most = p->in->settings->paired;

	if (find_root(p, a) != find_root(p, b) ||
	    (p->paired[a] >= most && p->paired[b] >= most))
		return false;
	p->paired[a] += p->paired[a] < most;
	p->paired[b] += p->paired[b] < most;
	return true;
}

static enum trawl_status sort_inside(struct pieces *p,
				     struct sorted_runs *pairs,
				     struct trawl_error *err)
{
	enum trawl_status st = sorted_runs_rewind(pairs, err);
	struct sorted_record r;

	while (!st && sorted_runs_next(pairs, &r)) {
		uint32_t a = (uint32_t)r.key, b = r.value;
		uint64_t key;

		if (!counts(p, a, b))
			continue;
		key = (uint64_t)find_root(p, a) << 32 |
		      (uint64_t)p->local[a] << LOCAL_BITS | p->local[b];
		st = sorted_runs_add(p->inside, key, ~(uint32_t)(r.key >> 32),
				     err);
	}
	return st ? st : sorted_runs_end(pairs, err);
}

/* ------------------------------------------------------------- one piece -- */

static void piece_release(struct piece *c)
{
	free(c->place);
	free(c->cluster);
	free(c->vector);
	free(c->pair);
}

static bool piece_init(struct piece *c, const struct story_input *in)
{
	size_t n = in->settings->piece < in->places ? in->settings->piece
						    : in->places;

	c->pairs_alloc = ALLOC_FIRST;
	c->place = malloc((n + 1) * sizeof(*c->place));
	c->cluster = malloc((n + 1) * sizeof(*c->cluster));
	c->vector = malloc((n + 1) * sizeof(*c->vector));
	c->pair = malloc(c->pairs_alloc * sizeof(*c->pair));
	return c->place && c->cluster && c->vector && c->pair;
}

static bool add_pair(struct piece *c, const struct sorted_record *r)
{
	struct story_pair *p = c->pair;

	if (c->npairs == c->pairs_alloc) {
		p = realloc(p, 2 * c->pairs_alloc * sizeof(*p));
		if (!p)
			return false;
		c->pair = p;
		c->pairs_alloc *= 2;
	}
	p += c->npairs++;
	p->a = (uint32_t)r->key >> LOCAL_BITS;
	p->b = (uint32_t)r->key & ((1U << LOCAL_BITS) - 1);
	memcpy(&p->like, &r->value, sizeof(p->like));
	return true;
}

static enum trawl_status read_vectors(const struct pieces *p, struct piece *c,
				      struct trawl_error *err)
{
	uint32_t at = c->root;

	c->n = 0;
	do {
		if (!story_vector_read(p->in->file, at, &c->vector[c->n]))
			return fail(err, TRAWL_IO,
				    "cannot read stories back: %s",
				    strerror(errno));
		c->place[c->n++] = at;
		at = p->next[at];
	} while (at);
	return TRAWL_OK;
}

/* The pairs that were gathered, and the piece that they are of. */
static enum trawl_status cluster_piece(struct pieces *p, struct piece *c,
				       struct trawl_error *err)
{
	struct story_cluster_input in = { .settings = p->in->settings };
	enum trawl_status st;

	if (!c->npairs)
		return TRAWL_OK;
	st = read_vectors(p, c, err);
	if (st)
		return st;
	in.vector = c->vector;
	in.n = c->n;
	in.pair = c->pair;
	in.npairs = c->npairs;
	if (!story_cluster(&in, c->cluster))
		return fail_nomem(err);
	for (size_t i = 0; i < c->n; i++)
		p->story[c->place[i]] = c->place[c->cluster[i]];
	c->npairs = 0;
	return TRAWL_OK;
}

static enum trawl_status cluster_all(struct pieces *p, struct trawl_error *err)
{
	enum trawl_status st = sorted_runs_rewind(p->inside, err);
	struct piece c = { 0 };
	struct sorted_record r;

	if (!st && !piece_init(&c, p->in))
		st = fail_nomem(err);
	while (!st && sorted_runs_next(p->inside, &r)) {
		if ((uint32_t)(r.key >> 32) != c.root)
			st = cluster_piece(p, &c, err);
		c.root = (uint32_t)(r.key >> 32);
		if (!st && !add_pair(&c, &r))
			st = fail_nomem(err);
	}
	if (!st)
		st = sorted_runs_end(p->inside, err);
	if (!st)
		st = cluster_piece(p, &c, err);
	piece_release(&c);
	return st;
}

enum trawl_status story_pieces(const struct story_input *in,
			       struct sorted_runs *pairs, uint32_t *story,
			       struct trawl_error *err)
{
	struct pieces p = { .in = in, .story = story };
	enum trawl_status st = TRAWL_OK;

	if (!pieces_init(&p))
		st = fail_nomem(err);
	if (!st)
		st = unite_all(&p, pairs, err);
	if (!st)
		st = sorted_runs_new(in->dir, in->memory / 2, &p.inside, err);
	if (!st) {
		number_places(&p);
		st = sort_inside(&p, pairs, err);
	}
	if (!st)
		st = cluster_all(&p, err);
	pieces_release(&p);
	return st;
}
