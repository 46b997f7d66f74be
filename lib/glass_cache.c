/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table with open addressing, at most half full; and a ring of all
 * blocks, oldest first, from which one is to go.  One that was used since it
 * was looked at last gets a second chance: so a hit changes nothing but the
 * block.
 */
#include "glass_cache.h"

#include <stdlib.h>
#include <sys/resource.h>

enum {
	ENTRIES_FIRST = 256 /* a power of two */
};

struct entry {
	uint64_t key;
	struct glass_block *block; /* NULL: it is free */
};

struct glass_cache {
	size_t size, idle; /* bytes; idle: of blocks that nobody holds */
	struct entry *entry;
	size_t mask, used; /* entries - 1 */
	unsigned shift;	   /* of a hash, to an entry */
	struct glass_block *oldest;
	struct glass_block *spare; /* the last one evicted, or NULL */
	struct glass_cache_counts counts;
};

static uint64_t block_key(enum glass_table_id table, uint32_t number)
{
	return (uint64_t)number * GLASS_TABLES + table;
}

static size_t home_of(const struct glass_cache *c, uint64_t key)
{
	return key * UINT64_C(0x9E3779B97F4A7C15) >> c->shift;
}

static size_t bytes_of(const struct glass_block *b)
{
	return sizeof(*b) + b->size;
}

/* ---------------------------------------------------------------- ring -- */

/* The newest is before the oldest. */
static void ring_add(struct glass_cache *c, struct glass_block *b)
{
	if (!c->oldest) {
		c->oldest = b->newer = b->older = b;
		return;
	}
	b->newer = c->oldest;
	b->older = c->oldest->older;
	b->older->newer = b;
	b->newer->older = b;
}

static void ring_remove(struct glass_cache *c, struct glass_block *b)
{
	if (c->oldest == b)
		c->oldest = b->newer == b ? NULL : b->newer;
	b->newer->older = b->older;
	b->older->newer = b->newer;
}

/* ------------------------------------------------------------- entries -- */

/* Where key is, or would be. */
static struct entry *entry_of(const struct glass_cache *c, uint64_t key)
{
	size_t i = home_of(c, key);

	while (c->entry[i].block && c->entry[i].key != key)
		i = (i + 1) & c->mask;
	return &c->entry[i];
}

/* Close the gap with those behind it that may stand there. */
static void entry_remove(struct glass_cache *c, struct entry *e)
{
	size_t gap = (size_t)(e - c->entry), i = gap;

	while (c->entry[i = (i + 1) & c->mask].block) {
		size_t home = home_of(c, c->entry[i].key);

		if (((i - home) & c->mask) < ((i - gap) & c->mask))
			continue;
		c->entry[gap] = c->entry[i];
		gap = i;
	}
	c->entry[gap].block = NULL;
	c->used--;
}

static bool set_entries(struct glass_cache *c, size_t n)
{
	struct entry *old = c->entry;
	size_t nold = old ? c->mask + 1 : 0;
	struct entry *entry = calloc(n, sizeof(*entry));

	if (!entry)
		return false;
	c->entry = entry;
	c->mask = n - 1;
	c->shift = 64 - (unsigned)__builtin_ctzll(n);
	for (size_t i = 0; i < nold; i++)
		if (old[i].block)
			*entry_of(c, old[i].key) = old[i];
	free(old);
	return true;
}

/* -------------------------------------------------------------- blocks -- */

size_t glass_cache_room(void)
{
	struct rlimit space;

	if (getrlimit(RLIMIT_AS, &space) || space.rlim_cur == RLIM_INFINITY ||
	    space.rlim_cur / GLASS_CACHE_PART > GLASS_CACHE_SIZE)
		return GLASS_CACHE_SIZE;
	return (size_t)space.rlim_cur / GLASS_CACHE_PART;
}

struct glass_cache *glass_cache_new(size_t size)
{
	struct glass_cache *c = calloc(1, sizeof(*c));

	if (!c || !set_entries(c, ENTRIES_FIRST)) {
		free(c);
		return NULL;
	}
	c->size = size;
	return c;
}

void glass_cache_free(struct glass_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i <= c->mask; i++)
		free(c->entry[i].block);
	free(c->entry);
	free(c->spare);
	free(c);
}

const struct glass_cache_counts *glass_cache_counts(const struct glass_cache *c)
{
	return &c->counts;
}

struct glass_block *glass_cache_find(struct glass_cache *c,
				     enum glass_table_id table, uint32_t number)
{
	struct glass_block *b = entry_of(c, block_key(table, number))->block;

	c->counts.found += b != NULL;
	if (b && !b->holds++)
		c->idle -= bytes_of(b);
	return b;
}

/* Whoever adds evicts, and most blocks are of one size. */
static struct glass_block *take_memory(struct glass_cache *c, unsigned size)
{
	struct glass_block *b = c->spare;

	if (!b || b->size != size)
		return malloc(sizeof(*b) + size);
	c->spare = NULL;
	return b;
}

struct glass_block *glass_cache_add(struct glass_cache *c,
				    enum glass_table_id table, uint32_t number,
				    unsigned size)
{
	uint64_t key = block_key(table, number);
	struct glass_block *b;

	if (c->used > c->mask / 2 && !set_entries(c, 2 * (c->mask + 1)))
		return NULL;
	b = take_memory(c, size);
	if (!b)
		return NULL;
	*b = (struct glass_block){ .table = table,
				   .number = number,
				   .size = size,
				   .holds = 1,
				   .cache = c };
	*entry_of(c, key) = (struct entry){ key, b };
	c->used++;
	c->counts.added++;
	c->counts.bytes += bytes_of(b);
	ring_add(c, b);
	return b;
}

static void take_out(struct glass_cache *c, struct glass_block *b)
{
	if (!b->holds)
		c->idle -= bytes_of(b);
	c->counts.bytes -= bytes_of(b);
	entry_remove(c, entry_of(c, block_key(b->table, b->number)));
	ring_remove(c, b);
}

void glass_cache_drop(struct glass_cache *c, struct glass_block *b)
{
	if (!b)
		return;
	take_out(c, b);
	free(b);
}

/* There is one that nobody holds. */
static void evict(struct glass_cache *c)
{
	while (c->oldest->holds || c->oldest->used) {
		c->oldest->used = false;
		c->oldest = c->oldest->newer;
	}
	free(c->spare);
	c->spare = c->oldest;
	take_out(c, c->spare);
}

void glass_cache_idle(struct glass_block *b)
{
	struct glass_cache *c = b->cache;

	b->used = true;
	c->idle += bytes_of(b);
	while (c->idle > c->size)
		evict(c);
}
