/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_run_parts.h - what run.c, run_spill.c and run_source.c share
 *
 * Memory.  Of each term there is a list of 32 bytes, two to a cache line, in
 * pages.  Most terms occur once or twice: their entries are in the list itself.
 * Others have chunks, from 48 bytes to 4 KiB, each a half or a third larger than
 * the one before.  An entry larger than 2 KiB may have a chunk of its size to
 * itself, which is never the newest.  Pages and chunks are cut from large blocks.
 */
#ifndef LIB_POSTING_RUN_PARTS_H
#define LIB_POSTING_RUN_PARTS_H

#include "arena.h"
#include "posting_run.h"

#include <stddef.h>

enum {
	LIST_SMALL = 16,	/* bytes of entries in a list itself */
	CHUNK_GROWTH = 14,	/* so many sizes */
	CHUNK_ENTRY_MAX = 2048, /* of a larger entry the chunk is its own */
	PAGE_LISTS = 4096,
	PAGE_BYTES = 128 << 10,
	ORDER_AHEAD = 8, /* terms */
	/* One entry; the postings of a document's text are far from it. */
	RUN_ENTRY_MAX = 128 << 20
};

struct chunk {
	struct chunk *next;
	uint32_t used; /* unless it is the newest: list.tail */
	unsigned char bytes[];
};

struct list {
	uint32_t last;	     /* ticket + 1 of the newest entry; 0: none */
	uint16_t room;	     /* bytes left at tail */
	uint8_t grown;	     /* size of the newest chunk: 1..; 0: no chunk */
	bool positions;	     /* an entry has some */
	unsigned char *tail; /* where the next entry goes */
	union {
		unsigned char small[LIST_SMALL];
		struct {
			struct chunk *first;
			uint64_t
				closed; /* bytes of all chunks but the newest */
		};
	};
};

struct run {
	struct terms *terms;
	struct list **page; /* of PAGE_LISTS, by number */
	size_t npages, pages_alloc;
	unsigned char **block; /* used ones first */
	size_t nblocks, blocks_held, blocks_alloc;
	size_t cut; /* bytes of the newest block that are taken */
	struct arena large;
	unsigned char *entry; /* the one that is being made */
	size_t entry_alloc;
	uint32_t *order; /* numbers of terms that have entries */
	size_t norder, order_alloc;
	uint32_t documents;
	uint32_t first, last; /* tickets + 1; 0: no document */
};

struct run_files {
	int fd;
	char *dir; /* for messages */
	uint64_t size;
	uint32_t first, last; /* as in struct run */
};

static inline struct list *run_list(const struct run *r, uint32_t number)
{
	return &r->page[number / PAGE_LISTS][number % PAGE_LISTS];
}

/* 48, 64, 96, 128, 192 ... 4096 */
static inline size_t chunk_size(unsigned grown)
{
	return (size_t)(2 + grown % 2) << (4 + grown / 2);
}

/* Without its header. */
static inline size_t chunk_room(unsigned grown)
{
	return chunk_size(grown) - offsetof(struct chunk, bytes);
}

static inline uint64_t list_bytes(const struct list *l)
{
	return l->grown ? l->closed + chunk_room(l->grown) - l->room
			: (uint64_t)LIST_SMALL - l->room;
}

/* The entries in chunk c of l. */
static inline struct xap_bytes list_part(const struct list *l,
					 const struct chunk *c)
{
	return (struct xap_bytes){ (const char *)c->bytes,
				   c->next ? c->used
					   : (size_t)(l->tail - c->bytes) };
}

/* The terms after the i-th in order will be asked for: their lists and bytes,
 * and what these point to, are anywhere in memory.  (always_inline: run.c.) */
static inline __attribute__((always_inline)) void
run_look_ahead(const struct run *r, size_t i)
{
	const struct term *terms = r->terms->term;

	if (i + 2 * ORDER_AHEAD < r->norder) {
		uint32_t number = r->order[i + 2 * ORDER_AHEAD];

		__builtin_prefetch(&terms[number]);
		__builtin_prefetch(run_list(r, number));
	}
	if (i + ORDER_AHEAD < r->norder) {
		uint32_t number = r->order[i + ORDER_AHEAD];
		const struct list *l = run_list(r, number);

		__builtin_prefetch(terms[number].bytes);
		if (l->grown)
			__builtin_prefetch(l->first);
	}
}

/* Empty it; its memory is kept for use again. */
void run_reset(struct run *r);

#endif
