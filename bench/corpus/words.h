/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - the word of a rank: English in front, English-like behind
 *
 * Ranks below WORDS_COMMON are English's commonest words.  A later word is a
 * stem of syllables with one of its endings (a stemmer takes "strand",
 * "strands", "stranded" and "stranding" for one), a name or a number.  All
 * forms of a stem have the same rank modulo WORDS_TOPICS: that is their topic.
 */
#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WORDS_COMMON = 192,
	WORDS_TOPICS = 64,
	WORD_BYTES = 31
};

struct word {
	char text[WORD_BYTES];
	unsigned char len;
};

struct words;

/* NULL: out of memory. */
struct words *words_new(void);
void words_free(struct words *w);

/* rank: 1.. below RANK_MAX.  room is where a rare word is made; what comes
 * back lives as long as it does. */
const struct word *words_get(const struct words *w, uint64_t rank,
			     struct word *room);

#endif
