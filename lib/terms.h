/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terms.h - a dictionary: terms to numbers, in the order they were met, and
 * their order by bytes
 *
 * It belongs to one thread, grows with the vocabulary, and is emptied when its
 * owner says so.  Hashing is seeded: no text can be made to collide.
 *
 * Order.  To sort the terms of one document by their bytes each time would cost
 * more than to read them.  So the dictionary knows a rank of most: terms_sort()
 * sorts numbers by rank, and only the few terms that are newer by their bytes;
 * when those have become many, all are ranked again.
 */
#ifndef LIB_TERMS_H
#define LIB_TERMS_H

#include "arena.h"

#include <stdint.h>

enum {
	NO_TERM = 0xFFFFFFFF
};

struct term {
	const char *bytes; /* lives until terms_reset() */
	uint32_t hash;
	uint32_t rank; /* of the first nranked: their order */
	uint32_t here; /* its owner's, to remember something; 0 at first */
	uint8_t len;   /* 1..XAP_TERM_MAX */
};

struct terms {
	struct arena arena;
	struct term *term;
	size_t n, alloc, nranked;
	uint32_t *slot; /* number + 1, or 0; a power of 2, at most half full */
	size_t nslots;
	uint64_t seed;
	uint64_t *key; /* terms_sort()'s own */
	size_t nkeys;
	unsigned generation; /* counts resets */
	bool failed;	     /* out of memory; sticky until terms_reset() */
};

void terms_init(struct terms *t);
void terms_release(struct terms *t);
/* Forget all of them. */
void terms_reset(struct terms *t);

/* The number of a term, made when it is new; NO_TERM without memory. */
uint32_t terms_add(struct terms *t, const char *bytes, size_t len);
/* The number of a term that is there, or NO_TERM. */
uint32_t terms_find(const struct terms *t, const char *bytes, size_t len);
/* Put numbers, which are distinct, in the byte order of their terms. */
bool terms_sort(struct terms *t, uint32_t *numbers, size_t n);
/* Memory held. */
size_t terms_bytes(const struct terms *t);

#endif
