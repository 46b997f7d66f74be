/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vocabulary.h - in how many documents each word is
 */
#ifndef BENCH_DRAWN_VOCABULARY_H
#define BENCH_DRAWN_VOCABULARY_H

#include "words.h"

#include <stdint.h>

struct entry {
	char *text; /* len bytes and a NUL */
	uint32_t len, hash, documents;
	uint32_t last; /* document that it was seen in, from 1 */
	bool common;   /* may be drawn as a common word */
};

struct vocabulary {
	struct entry *entry; /* n of them, in the order they came */
	size_t n, alloc;
	uint32_t *slot; /* of the hash: place in entry, plus 1; 2 * alloc */
};

/* document: from 1, never less than in the call before. */
void vocabulary_add(struct vocabulary *v, const struct word *word,
		    uint32_t document);
/* 0 when the word never came. */
uint32_t vocabulary_documents(const struct vocabulary *v,
			      const struct word *word);
/* Those that content words are of, commonest first, ties bytewise; the caller
 * frees the list, of *n entries, at most max. */
const struct entry **vocabulary_commonest(const struct vocabulary *v,
					  size_t max, size_t *n);
void vocabulary_release(struct vocabulary *v);

#endif
