/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_cluster.c - group-average linkage with relative closeness
 *
 * The pair of clusters joins that are most alike on average of all their pairs
 * of documents; that takes the sum of a cluster's vectors and its size only,
 * since vectors are of unit length.  Relative closeness is Chameleon's
 * (Karypis, Han and Kumar 1999): two clusters that are each more alike inside
 * than with the other are two events of one kind.
 *
 * A cluster is known by its first document.  What stays below theta is dropped:
 * an average of averages is never above the greater one.
 */
#include "story_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
	RELATIVE_LEAST = 3, /* documents of a cluster that has an inside */
	PLACE_BITS = 16	    /* of a document's number in a piece */
};

struct sum {
	uint32_t *term; /* numbers from 0 */
	float *weight;
	size_t n;
};

struct cluster {
	struct sum sum;
	uint32_t *
		near; /* clusters it may join; they may have joined others since */
	size_t nnear;
	uint32_t docs, dated;
	uint32_t joined; /* the cluster that it is part of now; itself */
	uint32_t stamp;	 /* changes when it does */
	double days;	 /* sum of dated */
	double square;	 /* of the sum */
};

/* Of clusters a < b.  order: bits of ~likeness, a, b: the likest first. */
struct candidate {
	uint64_t order;
	uint32_t stamp_a, stamp_b;
};

struct linkage {
	const struct story_cluster_input *in;
	struct cluster *at;
	struct candidate *heap;
	size_t nheap, heap_alloc;
	uint32_t nterms;
	float *dense;	/* nterms: the sum of the cluster at hand; else 0 */
	uint32_t *mark; /* in->n: met already when it is mark_now */
	uint32_t mark_now;
	bool failed;
};

/* ------------------------------------------------------------------ heap -- */

static struct candidate candidate(float like, uint32_t a, uint32_t b)
{
	uint32_t bits;

	memcpy(&bits, &like, sizeof(bits));
	return (struct candidate){
		.order = (uint64_t)~bits << 32 | a << PLACE_BITS | b,
	};
}

static float like_of(const struct candidate *c)
{
	uint32_t bits = ~(uint32_t)(c->order >> 32);
	float like;

	memcpy(&like, &bits, sizeof(like));
	return like;
}

static uint32_t first_of(const struct candidate *c)
{
	return (uint32_t)c->order >> PLACE_BITS;
}

static uint32_t second_of(const struct candidate *c)
{
	return (uint32_t)c->order & ((1U << PLACE_BITS) - 1);
}

static void push(struct linkage *l, uint32_t a, uint32_t b, float like)
{
	struct candidate c = candidate(like, a, b);
	size_t at = l->nheap;

	if (at == l->heap_alloc) {
		size_t alloc = 2 * l->heap_alloc + 64;
		struct candidate *heap =
			realloc(l->heap, alloc * sizeof(*heap));

		if (!heap) {
			l->failed = true;
			return;
		}
		l->heap = heap;
		l->heap_alloc = alloc;
	}
	l->nheap++;
	c.stamp_a = l->at[a].stamp;
	c.stamp_b = l->at[b].stamp;
	for (; at && c.order < l->heap[(at - 1) / 2].order; at = (at - 1) / 2)
		l->heap[at] = l->heap[(at - 1) / 2];
	l->heap[at] = c;
}

static struct candidate pop(struct linkage *l)
{
	struct candidate first = l->heap[0], last = l->heap[--l->nheap];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < l->nheap) {
		if (child + 1 < l->nheap &&
		    l->heap[child + 1].order < l->heap[child].order)
			child++;
		if (l->heap[child].order >= last.order)
			break;
		l->heap[at] = l->heap[child];
		at = child;
	}
	l->heap[at] = last;
	return first;
}

/* ------------------------------------------------------------------ sums -- */

static void spread(struct linkage *l, const struct sum *s)
{
	for (size_t i = 0; i < s->n; i++)
		l->dense[s->term[i]] += s->weight[i];
}

static void sweep(struct linkage *l, const struct sum *s)
{
	for (size_t i = 0; i < s->n; i++)
		l->dense[s->term[i]] = 0;
}

static double product(const struct linkage *l, const struct sum *s)
{
	double p = 0;

	for (size_t i = 0; i < s->n; i++)
		p += (double)(l->dense[s->term[i]] * s->weight[i]);
	return p;
}

static bool sum_alloc(struct sum *s, size_t n)
{
	s->term = malloc((n + 1) * sizeof(*s->term));
	s->weight = malloc((n + 1) * sizeof(*s->weight));
	s->n = 0;
	return s->term && s->weight;
}

static void sum_release(struct sum *s)
{
	free(s->term);
	free(s->weight);
	*s = (struct sum){ 0 };
}

/* b's sum into a's, which is in dense afterwards. */
static bool add_sums(struct linkage *l, struct sum *a, struct sum *b)
{
	size_t room = a->n + b->n + 1;
	uint32_t *term = realloc(a->term, room * sizeof(*term));
	float *weight;

	if (!term)
		return false;
	a->term = term;
	weight = realloc(a->weight, room * sizeof(*weight));
	if (!weight)
		return false;
	a->weight = weight;
	spread(l, a);
	for (size_t i = 0; i < b->n; i++) {
		if (l->dense[b->term[i]] == 0)
			a->term[a->n++] = b->term[i];
		l->dense[b->term[i]] += b->weight[i];
	}
	for (size_t i = 0; i < a->n; i++)
		a->weight[i] = l->dense[a->term[i]];
	sum_release(b);
	return true;
}

/* ----------------------------------------------------------- likenesses -- */

static double mean_day(const struct cluster *c)
{
	return c->dated ? c->days / c->dated : -1;
}

static double inner(const struct cluster *c)
{
	double n = c->docs;

	return n > 1 ? (c->square - n) / (n * (n - 1)) : 1;
}

static bool close_enough(const struct linkage *l, const struct candidate *c)
{
	const struct cluster *a = &l->at[first_of(c)],
			     *b = &l->at[second_of(c)];
	double mean;

	if (a->docs < RELATIVE_LEAST || b->docs < RELATIVE_LEAST)
		return true;
	mean = (inner(a) * a->docs + inner(b) * b->docs) / (a->docs + b->docs);
	return (double)like_of(c) >= (double)l->in->settings->lambda * mean;
}

/* a's sum is in dense. */
static bool compare(struct linkage *l, uint32_t a, uint32_t b)
{
	const struct cluster *ca = &l->at[a], *cb = &l->at[b];
	double like = product(l, &cb->sum) / ((double)ca->docs * cb->docs);
	float near = (float)like * story_nearness(l->in->settings, mean_day(ca),
						  mean_day(cb));

	if (near < l->in->settings->theta)
		return false;
	push(l, a < b ? a : b, a < b ? b : a, near);
	return true;
}

static uint32_t root(struct linkage *l, uint32_t i)
{
	while (l->at[i].joined != i) {
		l->at[i].joined = l->at[l->at[i].joined].joined;
		i = l->at[i].joined;
	}
	return i;
}

/* ----------------------------------------------------------------- joins -- */

/* Those near to a and b that are still worth it, each once; b is part of a. */
static bool join_near(struct linkage *l, uint32_t a, uint32_t b)
{
	struct cluster *ca = &l->at[a], *cb = &l->at[b];
	size_t all = ca->nnear + cb->nnear, n = 0;
	uint32_t *near = realloc(ca->near, (all + 1) * sizeof(*near));

	if (!near)
		return false;
	memcpy(near + ca->nnear, cb->near, cb->nnear * sizeof(*near));
	free(cb->near);
	cb->near = NULL;
	l->mark[a] = ++l->mark_now;
	for (size_t i = 0; i < all; i++) {
		uint32_t c = root(l, near[i]);

		if (l->mark[c] == l->mark_now)
			continue;
		l->mark[c] = l->mark_now;
		if (compare(l, a, c))
			near[n++] = c;
	}
	ca->near = near;
	ca->nnear = n;
	return true;
}

static bool join(struct linkage *l, uint32_t a, uint32_t b)
{
	struct cluster *ca = &l->at[a], *cb = &l->at[b];
	bool ok;

	if (!add_sums(l, &ca->sum, &cb->sum))
		return false;
	ca->square = product(l, &ca->sum);
	ca->docs += cb->docs;
	ca->dated += cb->dated;
	ca->days += cb->days;
	ca->stamp++;
	cb->joined = a;
	ok = join_near(l, a, b);
	sweep(l, &ca->sum);
	return ok && !l->failed;
}

static bool is_stale(const struct linkage *l, const struct candidate *c)
{
	const uint32_t a = first_of(c), b = second_of(c);

	return l->at[a].joined != a || l->at[b].joined != b ||
	       l->at[a].stamp != c->stamp_a || l->at[b].stamp != c->stamp_b;
}

static bool link_all(struct linkage *l)
{
	while (l->nheap) {
		struct candidate c = pop(l);

		if (!is_stale(l, &c) && close_enough(l, &c) &&
		    !join(l, first_of(&c), second_of(&c)))
			return false;
	}
	return true;
}

/* ----------------------------------------------------------------- start -- */

/* Terms numbered from 0 as they come: slots of term and number + 1. */
struct numbering {
	uint32_t *slot; /* 2 * size */
	size_t size;	/* a power of two */
	uint32_t n;
};

static uint32_t number(struct numbering *t, uint32_t term)
{
	size_t at = (term * 0x9E3779B1U) & (t->size - 1);

	while (t->slot[2 * at + 1] && t->slot[2 * at] != term)
		at = (at + 1) & (t->size - 1);
	if (!t->slot[2 * at + 1]) {
		t->slot[2 * at] = term;
		t->slot[2 * at + 1] = ++t->n;
	}
	return t->slot[2 * at + 1] - 1;
}

static bool numbering_init(struct numbering *t,
			   const struct story_cluster_input *in)
{
	size_t terms = 0;

	for (size_t i = 0; i < in->n; i++)
		terms += in->vector[i].n;
	t->n = 0;
	for (t->size = 64; t->size < 2 * terms;)
		t->size *= 2;
	t->slot = calloc(t->size, 2 * sizeof(*t->slot));
	return t->slot != NULL;
}

static bool start_cluster(struct linkage *l, uint32_t i, struct numbering *t)
{
	const struct story_vector *v = &l->in->vector[i];
	struct cluster *c = &l->at[i];

	c->joined = i;
	c->docs = 1;
	c->dated = v->day >= 0;
	c->days = v->day >= 0 ? v->day : 0;
	c->square = 1;
	if (!sum_alloc(&c->sum, v->n))
		return false;
	for (size_t k = 0; k < v->n; k++) {
		uint32_t term = number(t, v->term[k]);

		if (!v->weight[k])
			continue;
		c->sum.term[c->sum.n] = term;
		c->sum.weight[c->sum.n++] = (float)v->weight[k] / STORY_UNIT;
	}
	return true;
}

static bool start_clusters(struct linkage *l)
{
	struct numbering t;
	bool ok = numbering_init(&t, l->in);

	for (uint32_t i = 0; ok && i < l->in->n; i++)
		ok = start_cluster(l, i, &t);
	l->nterms = t.n;
	free(t.slot);
	l->dense = ok ? calloc(l->nterms + 1, sizeof(*l->dense)) : NULL;
	return l->dense != NULL;
}

static void add_near(struct cluster *c, uint32_t other)
{
	c->near[c->nnear++] = other;
}

static bool start_pairs(struct linkage *l)
{
	const struct story_pair *p = l->in->pair, *end = p + l->in->npairs;

	for (; p < end; p++) {
		l->at[p->a].nnear++;
		l->at[p->b].nnear++;
	}
	for (size_t i = 0; i < l->in->n; i++) {
		struct cluster *c = &l->at[i];

		c->near = malloc((c->nnear + 1) * sizeof(*c->near));
		if (!c->near)
			return false;
		c->nnear = 0;
	}
	for (p = l->in->pair; p < end; p++) {
		add_near(&l->at[p->a], p->b);
		add_near(&l->at[p->b], p->a);
		push(l, p->a, p->b, p->like);
	}
	return !l->failed;
}

static void linkage_release(struct linkage *l)
{
	for (size_t i = 0; l->at && i < l->in->n; i++) {
		free(l->at[i].near);
		sum_release(&l->at[i].sum);
	}
	free(l->at);
	free(l->mark);
	free(l->dense);
	free(l->heap);
}

bool story_cluster(const struct story_cluster_input *in, uint32_t *cluster)
{
	struct linkage l = { .in = in };
	bool ok;

	l.at = calloc(in->n + 1, sizeof(*l.at));
	l.mark = calloc(in->n + 1, sizeof(*l.mark));
	ok = l.at && l.mark && start_clusters(&l) && start_pairs(&l) &&
	     link_all(&l);
	for (uint32_t i = 0; ok && i < in->n; i++)
		cluster[i] = root(&l, i);
	linkage_release(&l);
	return ok;
}
