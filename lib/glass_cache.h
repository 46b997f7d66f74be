/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_cache.h - blocks of the tables of one snapshot, kept in memory
 *
 * Blocks are looked up by table and number.  One that is held stays where it
 * is; of the others one that has been unused for long goes when more than the
 * cache's size is kept.
 */
#ifndef LIB_GLASS_CACHE_H
#define LIB_GLASS_CACHE_H

#include "glass_version.h"

enum {
	GLASS_CACHE_SIZE = 64 << 20, /* bytes, beyond what is held */
	GLASS_CACHE_PART = 8 /* of a limited address space; no more than that */
};

struct glass_cache;

struct glass_block {
	enum glass_table_id table;
	uint32_t number;
	unsigned level;
	unsigned count; /* items */
	unsigned size;	/* bytes */
	unsigned holds; /* 0: may be evicted */
	/* The cache's. */
	bool used;
	struct glass_cache *cache;
	struct glass_block *newer, *older;
	_Alignas(16) unsigned char bytes[];
};

/* Of a cache, since it was made. */
struct glass_cache_counts {
	uint64_t found, added; /* blocks */
	uint64_t bytes;	       /* that it has now */
};

/* How large a cache may be: GLASS_CACHE_SIZE, or less (RLIMIT_AS). */
size_t glass_cache_room(void);

struct glass_cache *glass_cache_new(size_t size);
void glass_cache_free(struct glass_cache *c);
const struct glass_cache_counts *
glass_cache_counts(const struct glass_cache *c);

/* Held, or NULL when it is not there. */
struct glass_block *glass_cache_find(struct glass_cache *c,
				     enum glass_table_id table,
				     uint32_t number);
/* A new one, held, of so many bytes that are not set yet; NULL without memory.
 * Set its level and count, or glass_cache_drop() it. */
struct glass_block *glass_cache_add(struct glass_cache *c,
				    enum glass_table_id table, uint32_t number,
				    unsigned size);
void glass_cache_drop(struct glass_cache *c, struct glass_block *b);
/* The cache's own: nobody holds it now. */
void glass_cache_idle(struct glass_block *b);

static inline void glass_cache_let_go(struct glass_block *b)
{
	if (b && !--b->holds)
		glass_cache_idle(b);
}

#endif
