/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_term.h - words as stories know them, and how rare they are elsewhere
 */
#ifndef LIB_NEWS_STORY_TERM_H
#define LIB_NEWS_STORY_TERM_H

#include "news_words.h"

#include <stddef.h>
#include <stdint.h>

enum {
	STORY_STOPS = 512 /* more than twice as many as there are */
};

/* Stopwords by their hashes; 0: an empty slot. */
struct story_stops {
	uint64_t hash[STORY_STOPS];
};

void story_stops_init(struct story_stops *s);

/*
 * A term is 32 bits of the hash of a word without its English ending; the
 * lowest bit is 0.  word: as written; hash: its own.  0: a word of no use, a
 * stopword or a letter by itself.
 */
uint32_t story_term(const struct story_stops *s, const char *word, size_t len,
		    uint64_t hash);
/* Of the whole hash of a word that the endings left as it was. */
uint32_t story_term_of_hash(uint64_t hash);

/* Shorten an English word in lower-case ASCII by its ending; its new length. */
size_t story_stem(char *word, size_t len);

/*
 * ln((N + 1) / (df + 1)) in a collection of English texts that anybody may use
 * (background_table.c): what is rare anywhere.  A term that is not in it is as
 * rare as can be.
 */
float background_idf(uint32_t term);
/* The same in two steps: by a number that takes less room. */
uint16_t background_rarity(uint32_t term);
float background_idf_of(uint16_t rarity);

#endif
