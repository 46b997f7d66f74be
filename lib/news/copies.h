/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copies.h - near-duplicates
 *
 *	each document:  sketch_make() (any thread) -> copies_add()
 *	then:           copies_finish(): who is a copy of whom
 *
 * Shingles of SHINGLE_WORDS words without furniture, hashed, kept when the hash
 * is 0 modulo SHINGLE_SAMPLE (Broder 1997, "On the resemblance and containment
 * of documents"), sorted on disk where they are many, and counted by pairs.
 */
#ifndef LIB_NEWS_COPIES_H
#define LIB_NEWS_COPIES_H

#include "buf.h"
#include "news_words.h"
#include "trawl.h"

enum {
	SHINGLE_WORDS = 5,
	SHINGLE_SAMPLE = 8, /* one in so many */
	/* Fewer shingles: all are kept, too; a part of them says nothing. */
	SHINGLES_SHORT = 40,
	/* Fewer shingles: the whole of both texts must be alike. */
	SHINGLES_FLOOR = 32,
	/* A shingle of more documents that are not the same is furniture. */
	SHINGLE_CAP = 100
};

/* Set in the hashes of all of a short text's shingles. */
#define SHINGLE_WHOLE (UINT64_C(1) << 63)

struct sketch {
	uint64_t exact;	   /* of all its words in order; 0: none */
	uint32_t shingles; /* before sampling */
	uint32_t n;
	/*
	 * n, sorted, each once.  First the sampled ones, then all of a short
	 * text.
	 */
	const uint64_t *hash;
};

/* out->hash lives in room until it is changed.  False without memory. */
bool sketch_make(const struct news_words *w, struct buf *room,
		 struct sketch *out);

struct copies;

enum trawl_status copies_new(const char *dir, uint64_t memory,
			     struct copies **out, struct trawl_error *err);
void copies_free(struct copies *c);
/* Documents are 0, 1, 2 ... in the order they are added. */
enum trawl_status copies_add(struct copies *c, const struct sketch *s,
			     struct trawl_error *err);
/*
 * group[i]: the document that stands for i and its near-duplicates: i itself when it
 * stands alone or for others.  Of a group that is the one of lowest rank; rank
 * is a permutation of 0 .. n - 1.  Groups are stars: every
 * member is a near-duplicate of the one that stands for it.
 */
enum trawl_status copies_finish(struct copies *c, const uint32_t *rank,
				uint32_t *group, struct trawl_error *err);
/*
 * Pairs found, for measurements: instead of copies_finish().  Of documents of the
 * same words one stands in for the others (containment 1) in all other pairs.
 */
enum trawl_status copies_pairs(struct copies *c,
			       void (*pair)(void *ctx, uint32_t a, uint32_t b,
					    double containment),
			       void *ctx, struct trawl_error *err);

#endif
