/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - many sources as one
 *
 * Two heaps: by their terms, of the sources that wait for theirs, and by the
 * next docids, of those that have the current term.  The docids of one run are
 * far from those of the next, and those of two threads take turns: so entries
 * are taken by the stretch, as many as are below the next docid of all others.
 */
#include "posting_source.h"

#include "status.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

struct part {
	struct source *source;
	uint64_t prefix; /* its term's first 8 bytes, as a number */
	size_t at;	 /* in its batch */
};

struct merge {
	struct source base;
	struct part *parts;
	size_t n;
	struct part **waiting; /* a heap by term */
	size_t nwaiting;
	struct part **current; /* have the current term, or are to begin */
	size_t ncurrent;
	struct part **open; /* of these, a heap by docid */
	size_t nopen;
	struct part **dry; /* of these, to be filled before any is read */
	size_t ndry;
};

/* ---------------------------------------------------------------- heaps -- */

static uint64_t term_prefix(struct xap_bytes term)
{
	uint64_t v = 0;

	memcpy(&v, term.data, term.len < sizeof(v) ? term.len : sizeof(v));
	return be64toh(v);
}

static int compare_terms(const struct part *a, const struct part *b)
{
	struct xap_bytes s = a->source->term, t = b->source->term;
	int order;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	order = memcmp(s.data, t.data, s.len < t.len ? s.len : t.len);
	return order ? order : (s.len > t.len) - (s.len < t.len);
}

static inline uint32_t next_docid(const struct part *p)
{
	return p->source->entry[p->at].docid;
}

static bool by_term(const struct part *a, const struct part *b)
{
	return compare_terms(a, b) < 0;
}

static bool by_docid(const struct part *a, const struct part *b)
{
	return next_docid(a) < next_docid(b);
}

/* Whether a comes before b. */
typedef bool before_fn(const struct part *a, const struct part *b);

/* A part has come to the end of n - 1. */
static inline void heap_push(struct part **heap, size_t n, before_fn *before)
{
	size_t at = n - 1;
	struct part *p = heap[at];

	for (; at && before(p, heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = p;
}

/* The first has changed. */
static inline void heap_sift(struct part **heap, size_t n, before_fn *before)
{
	struct part *p = heap[0];
	size_t at = 0, kid;

	while ((kid = 2 * at + 1) < n) {
		kid += kid + 1 < n && before(heap[kid + 1], heap[kid]);
		if (!before(heap[kid], p))
			break;
		heap[at] = heap[kid];
		at = kid;
	}
	heap[at] = p;
}

/* Take the first out. */
static inline struct part *heap_pop(struct part **heap, size_t *n,
				    before_fn *before)
{
	struct part *first = heap[0];

	heap[0] = heap[--*n];
	if (*n)
		heap_sift(heap, *n, before);
	return first;
}

/* ---------------------------------------------------------------- terms -- */

static bool is_broken(struct merge *m, const struct part *p)
{
	if (p->source->st == TRAWL_OK)
		return false;
	m->base.st = p->source->st;
	m->base.err = p->source->err;
	return true;
}

/* Parts that have had the current term wait for their next one. */
static bool move_on(struct merge *m)
{
	for (; m->ncurrent; m->ncurrent--) {
		struct part *p = m->current[m->ncurrent - 1];

		if (source_next_term(p->source)) {
			p->prefix = term_prefix(p->source->term);
			m->waiting[m->nwaiting++] = p;
			heap_push(m->waiting, m->nwaiting, by_term);
		} else if (is_broken(m, p)) {
			return false;
		}
	}
	return true;
}

static bool merge_next_term(struct source *base)
{
	struct merge *m = (struct merge *)base;
	struct part *p;

	if (base->st != TRAWL_OK || !move_on(m) || !m->nwaiting)
		return false;
	m->nopen = m->ndry = 0;
	do {
		p = heap_pop(m->waiting, &m->nwaiting, by_term);
		m->current[m->ncurrent++] = p;
		m->dry[m->ndry++] = p;
	} while (m->nwaiting && !compare_terms(p, m->waiting[0]));
	base->term = p->source->term;
	return true;
}

/* -------------------------------------------------------------- entries -- */

static bool fill_dry(struct merge *m)
{
	for (; m->ndry; m->ndry--) {
		struct part *p = m->dry[m->ndry - 1];
		bool some;

		do
			some = source_fill(p->source);
		while (some && !p->source->n);
		if (is_broken(m, p))
			return false;
		if (!some)
			continue;
		p->at = 0;
		m->open[m->nopen++] = p;
		heap_push(m->open, m->nopen, by_docid);
	}
	return true;
}

/* The next docid of all but the first. */
static uint64_t next_of_others(const struct merge *m)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 1; i < m->nopen && i < 3; i++)
		if (next_docid(m->open[i]) < next)
			next = next_docid(m->open[i]);
	return next;
}

/* What the first has before others are due, one entry at least. */
static void take_stretch(struct merge *m)
{
	struct part *p = m->open[0];
	const struct source_entry *from = p->source->entry + p->at;
	const uint64_t limit = next_of_others(m);
	size_t n = p->source->n - p->at, i = 1;

	if (n > SOURCE_BATCH - m->base.n)
		n = SOURCE_BATCH - m->base.n;
	if (from[n - 1].docid < limit)
		i = n;
	while (i < n && from[i].docid < limit)
		i++;
	memcpy(m->base.entry + m->base.n, from, i * sizeof(*from));
	m->base.n += i;
	p->at += i;
}

/* Ends when a part is dry: to fill it would take away the tags of its entries
 * in this batch. */
static bool merge_fill(struct source *base)
{
	struct merge *m = (struct merge *)base;

	base->n = 0;
	if (base->st != TRAWL_OK || !fill_dry(m))
		return false;
	while (m->nopen && base->n < SOURCE_BATCH) {
		struct part *p = m->open[0];

		take_stretch(m);
		if (p->at == p->source->n) {
			m->dry[m->ndry++] =
				heap_pop(m->open, &m->nopen, by_docid);
			break;
		}
		heap_sift(m->open, m->nopen, by_docid);
	}
	return base->n > 0;
}

/* ---------------------------------------------------------------- whole -- */

static void merge_free(struct source *base)
{
	struct merge *m = (struct merge *)base;

	for (size_t i = 0; i < m->n; i++)
		source_free(m->parts[i].source);
	free(m->parts);
	free(m->waiting);
	free(m);
}

/* Its sources are its own once it is whole. */
static struct merge *merge_new(struct source **sources, size_t n)
{
	struct merge *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->base.next_term = merge_next_term;
	m->base.fill = merge_fill;
	m->base.free = merge_free;
	m->parts = calloc(n + 1, sizeof(*m->parts));
	m->waiting = calloc(4 * n + 1, sizeof(*m->waiting));
	if (!m->parts || !m->waiting) {
		merge_free(&m->base);
		return NULL;
	}
	m->current = m->waiting + n;
	m->open = m->current + n;
	m->dry = m->open + n;
	for (size_t i = 0; i < n; i++) {
		m->parts[i].source = sources[i];
		m->current[i] = &m->parts[i];
	}
	m->n = m->ncurrent = n;
	return m;
}

enum trawl_status source_merge(struct source **sources, size_t n,
			       struct source **out, struct trawl_error *err)
{
	struct merge *m;

	if (n == 1) {
		*out = sources[0];
		return TRAWL_OK;
	}
	m = merge_new(sources, n);
	if (!m) {
		while (n)
			source_free(sources[--n]);
		return fail_nomem(err);
	}
	*out = &m->base;
	return TRAWL_OK;
}
