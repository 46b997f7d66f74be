/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - a run in memory
 *
 * A document appends to hundreds of lists, anywhere in memory.  What is spent
 * here are cache misses, one for a list and one for its newest chunk: so both
 * are asked for some postings ahead, and the blocks are of huge pages.
 */
#include "posting_run_parts.h"

#include "glass_position.h"

#include <sys/mman.h>

enum {
	BLOCK = 2 << 20, /* a huge page */
	CACHE_LINE = 64,
	LISTS_AHEAD = 16,
	TAILS_AHEAD = 8,
	NUMBER_MAX = 5 /* bytes of a varint of 33 bits */
};

_Static_assert(sizeof(struct list) == 32, "two lists to a cache line");
_Static_assert(PAGE_BYTES == PAGE_LISTS * sizeof(struct list), "a page");

struct run *run_new(struct terms *terms)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->terms = terms;
	arena_init(&r->large, SIZE_MAX / 2);
	return r;
}

void run_free(struct run *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->blocks_held; i++)
		free(r->block[i]);
	free(r->block);
	free(r->page);
	free(r->entry);
	free(r->order);
	arena_release(&r->large);
	free(r);
}

size_t run_bytes(const struct run *r)
{
	size_t blocks = r->nblocks ? (r->nblocks - 1) * BLOCK + r->cut : 0;

	return sizeof(*r) + blocks + r->large.used + r->entry_alloc +
	       r->order_alloc * sizeof(*r->order) +
	       r->pages_alloc * sizeof(struct list *);
}

uint32_t run_documents(const struct run *r)
{
	return r->documents;
}

/* --------------------------------------------------------------- memory -- */

/* Room for one more pointer. */
static bool grow_pointers(void *pointers, size_t n, size_t *alloc)
{
	void **at = pointers, *grown;
	size_t want = *alloc ? 2 * *alloc : 16;

	if (n < *alloc)
		return true;
	grown = realloc(*at, want * sizeof(void *));
	if (!grown)
		return false;
	*at = grown;
	*alloc = want;
	return true;
}

static bool add_block(struct run *r)
{
	unsigned char *block;

	if (r->nblocks == r->blocks_held) {
		if (!grow_pointers(&r->block, r->blocks_held, &r->blocks_alloc))
			return false;
		block = aligned_alloc(BLOCK, BLOCK);
		if (!block)
			return false;
		/* Without, it is slower. */
		(void)madvise(block, BLOCK, MADV_HUGEPAGE);
		r->block[r->blocks_held++] = block;
	}
	r->nblocks++;
	r->cut = 0;
	return true;
}

/* n: at most PAGE_BYTES, a multiple of 16. */
static void *cut_block(struct run *r, size_t n)
{
	if ((!r->nblocks || n > BLOCK - r->cut) && !add_block(r))
		return NULL;
	r->cut += n;
	return r->block[r->nblocks - 1] + r->cut - n;
}

static bool add_page(struct run *r)
{
	struct list *page;

	if (!grow_pointers(&r->page, r->npages, &r->pages_alloc))
		return false;
	r->cut = (r->cut + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
	page = cut_block(r, PAGE_BYTES);
	if (!page)
		return false;
	for (size_t i = 0; i < PAGE_LISTS; i++)
		page[i] = (struct list){ .room = LIST_SMALL,
					 .tail = page[i].small };
	r->page[r->npages++] = page;
	return true;
}

void run_reset(struct run *r)
{
	r->npages = r->nblocks = r->cut = r->norder = 0;
	r->documents = r->first = r->last = 0;
	arena_reset(&r->large);
}

static void give_back(struct run *r)
{
	while (r->blocks_held > r->nblocks)
		free(r->block[--r->blocks_held]);
}

/* ------------------------------------------------------------ appending -- */

static struct chunk *newest_chunk(const struct list *l)
{
	return (void *)(l->tail + l->room - chunk_size(l->grown));
}

static void close_newest(struct list *l, struct chunk *next)
{
	struct chunk *c = newest_chunk(l);

	c->used = (uint32_t)(l->tail - c->bytes);
	c->next = next;
	l->closed += c->used;
}

/* Begin a chunk for len bytes, and for those that were in the list itself. */
static bool open_chunk(struct run *r, struct list *l, size_t len)
{
	size_t small = l->grown ? 0 : (size_t)LIST_SMALL - l->room;
	unsigned grown = l->grown;
	struct chunk *c;

	do
		grown += grown < CHUNK_GROWTH;
	while (chunk_room(grown) < small + len);
	c = cut_block(r, chunk_size(grown));
	if (!c)
		return false;
	c->next = NULL;
	memcpy(c->bytes, l->small, small);
	if (l->grown) {
		close_newest(l, c);
	} else {
		l->first = c;
		l->closed = 0;
	}
	l->grown = (uint8_t)grown;
	l->room = (uint16_t)(chunk_room(grown) - small);
	l->tail = c->bytes + small;
	return true;
}

/* A chunk of its own, closed, before a new one that is open. */
static bool append_large(struct run *r, struct list *l, size_t len)
{
	struct chunk *c = arena_alloc(&r->large, sizeof(*c) + len), *before;

	if (!c || (!l->grown && !open_chunk(r, l, 0)))
		return false;
	before = newest_chunk(l);
	if (!open_chunk(r, l, 0))
		return false;
	memcpy(c->bytes, r->entry, len);
	c->used = (uint32_t)len;
	c->next = before->next;
	before->next = c;
	l->closed += len;
	return true;
}

/* len bytes of r->entry. */
static bool append(struct run *r, struct list *l, size_t len)
{
	if (len > l->room) {
		if (len > CHUNK_ENTRY_MAX)
			return append_large(r, l, len);
		if (!open_chunk(r, l, len))
			return false;
	}
	memcpy(l->tail, r->entry, len);
	l->tail += len;
	l->room = (uint16_t)(l->room - len);
	return true;
}

/* Positions with their length before them; to has NUMBER_MAX bytes and
 * glass_position_room(). */
static unsigned char *put_tag(unsigned char *to, const struct xap_posting *p)
{
	unsigned char *tag = to + 1, *end;
	size_t n;

	end = glass_put_positions(tag, p->positions, p->npositions);
	n = (size_t)(end - tag);
	if (n >= 0x80) {
		unsigned char head[GLASS_VARINT_MAX];

		tag = to + (glass_put_varint(head, n) - head);
		memmove(tag, to + 1, n);
	}
	(void)glass_put_varint(to, n);
	return tag + n;
}

/* What an entry takes at most while it is made; the tag of one position is that
 * number. */
static inline size_t entry_room(size_t npositions)
{
	if (npositions <= 1)
		return (2 + npositions) * NUMBER_MAX + npositions;
	return 3 * NUMBER_MAX + glass_position_room(npositions);
}

static inline unsigned char *put_entry(unsigned char *to, uint32_t gap,
				       const struct xap_posting *p)
{
	const bool positions = p->npositions > 0;

	to = glass_put_varint(to, gap);
	to = glass_put_varint(to, 2 * (uint64_t)p->wdf + positions);
	return positions ? put_tag(to, p) : to;
}

static bool reserve_entry(struct run *r, size_t npositions)
{
	size_t want = entry_room(npositions);
	unsigned char *grown;

	if (want <= r->entry_alloc)
		return true;
	if (want > RUN_ENTRY_MAX)
		return false;
	want += want / 2;
	grown = realloc(r->entry, want);
	if (!grown)
		return false;
	r->entry = grown;
	r->entry_alloc = want;
	return true;
}

/* For an entry that may not fit: made apart, where it is as long as it is. */
static bool add_apart(struct run *r, struct list *l, uint32_t gap,
		      const struct xap_posting *p)
{
	if (!reserve_entry(r, p->npositions))
		return false;
	return append(r, l, (size_t)(put_entry(r->entry, gap, p) - r->entry));
}

static inline bool add_posting(struct run *r, uint32_t ticket,
			       const struct xap_posting *p)
{
	struct list *l = run_list(r, p->number);
	const uint32_t gap = ticket + 1 - l->last;

	if (entry_room(p->npositions) <= l->room) {
		unsigned char *end = put_entry(l->tail, gap, p);

		l->room = (uint16_t)(l->room - (end - l->tail));
		l->tail = end;
	} else if (!add_apart(r, l, gap, p)) {
		return false;
	}
	l->last = ticket + 1;
	l->positions |= p->npositions > 0;
	return true;
}

/* p[i] of n is next.  (gcc drops the call of a function that only prefetches,
 * unless it must inline it first.) */
static inline __attribute__((always_inline)) void
look_ahead(const struct run *r, const struct xap_posting *p, size_t i, size_t n)
{
	if (i + LISTS_AHEAD < n)
		__builtin_prefetch(run_list(r, p[i + LISTS_AHEAD].number), 1);
	if (i + TAILS_AHEAD < n)
		__builtin_prefetch(run_list(r, p[i + TAILS_AHEAD].number)->tail,
				   1);
}

bool run_add(struct run *r, uint32_t ticket, const struct xap_posting *p,
	     size_t n)
{
	while (r->npages * PAGE_LISTS < r->terms->n)
		if (!add_page(r))
			return false;
	for (size_t i = 0; i < n; i++) {
		look_ahead(r, p, i, n);
		if (!add_posting(r, ticket, &p[i]))
			return false;
	}
	r->documents++;
	r->last = ticket + 1;
	if (!r->first)
		r->first = r->last;
	return true;
}

/* ---------------------------------------------------------------- order -- */

static size_t count_lists(const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->npages * PAGE_LISTS; i++)
		n += run_list(r, (uint32_t)i)->last != 0;
	return n;
}

static bool reserve_order(struct run *r, size_t n)
{
	uint32_t *grown;

	if (n <= r->order_alloc)
		return true;
	grown = realloc(r->order, n * sizeof(*grown));
	if (!grown)
		return false;
	r->order = grown;
	r->order_alloc = n;
	return true;
}

bool run_order(struct run *r)
{
	give_back(r);
	if (!reserve_order(r, count_lists(r)))
		return false;
	r->norder = 0;
	for (size_t i = 0; i < r->npages * PAGE_LISTS; i++)
		if (run_list(r, (uint32_t)i)->last)
			r->order[r->norder++] = (uint32_t)i;
	return terms_sort(r->terms, r->order, r->norder);
}
