/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - how often each string came: facets, timelines, words of a text
 */
#ifndef LIB_TALLY_H
#define LIB_TALLY_H

#include "arena.h"

#include <stdint.h>

struct tally_entry {
	const char *text; /* len bytes and a NUL */
	uint32_t len;
	uint32_t number; /* in the order they came, from 0 */
	uint64_t hash, count;
};

/* Zeroed but for arena and max, it is empty. */
struct tally {
	struct arena *arena;	   /* everything lives here */
	size_t max;		   /* different strings */
	struct tally_entry *entry; /* n of them, in the order they came */
	size_t n, alloc;
	uint32_t *slot; /* of the hash: place in entry, plus 1; 2 * alloc */
	uint64_t seed;	/* of the hash: strings come from documents */
	bool full;	/* a string more than max has come */
};

/* NULL when it is full or out of memory (arena->failed). */
const struct tally_entry *tally_add(struct tally *t, const char *text,
				    size_t len);

/* Most frequent first, ties bytewise.  No tally_add() after it. */
void tally_sort_by_count(struct tally *t);
/* Bytewise.  No tally_add() after it. */
void tally_sort_by_text(struct tally *t);

#endif
