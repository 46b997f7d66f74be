/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - allocate many, free once
 *
 * A chain of blocks, each twice the one before up to 1 MiB.  What is
 * allocated lives until arena_reset() or arena_release().  Like a buf, an
 * arena has a maximum and its failure is sticky: NULL comes back, and failed
 * stays set until arena_reset().
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *block; /* newest */
	size_t used;		   /* bytes handed out, all blocks */
	size_t max;
	bool failed;
	bool full; /* and for want of max, not of memory */
};

void arena_init(struct arena *a, size_t max);
void arena_release(struct arena *a);
/* Empty it; the newest block is kept for use again. */
void arena_reset(struct arena *a);

/* n bytes, aligned for any type, not cleared. */
void *arena_alloc(struct arena *a, size_t n);
/* count * size zeroed bytes; NULL on overflow too. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);
/* A copy of n bytes with a NUL after them. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
