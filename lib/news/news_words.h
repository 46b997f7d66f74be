/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * news_words.h - a text as sketches, stories and names read it
 *
 * A word is a run of letters, digits and marks, an apostrophe between letters
 * included ("Trump's" is one word with the possessive taken off: trump).  Its
 * hash is of its folded form: lower case, compatibility forms and accents
 * folded (fold.h), so that it is the same for all that is written alike.
 * Furniture (span.h) is passed over.  Faster than the analyzer, since it neither
 * stems nor keeps words: ASCII in one pass, the rest through fold_word().
 */
#ifndef LIB_NEWS_WORDS_H
#define LIB_NEWS_WORDS_H

#include "span.h"

enum news_word_flag {
	NEWS_CAPITAL = 1,     /* begins with an upper-case letter */
	NEWS_START = 2,	      /* first of a sentence, a line or a quotation */
	NEWS_NUMBER = 4,      /* begins with a digit */
	NEWS_UPPER = 8,	      /* two letters or more, none of them lower case */
	NEWS_GAP = 16,	      /* furniture was passed over before it */
	NEWS_POSSESSIVE = 32, /* 's was taken off */
	NEWS_PARAGRAPH = 64   /* first of a line */
};

struct news_word {
	uint64_t hash;	/* XXH3 of the folded form; never 0 */
	uint32_t begin; /* byte in the text */
	uint16_t
		len; /* bytes as written, without a possessive; at most 65535 */
	uint8_t flags; /* enum news_word_flag */
	bool wide;     /* as written, not all of it is ASCII */
};

struct news_folded;

struct news_words {
	struct news_word *at;
	size_t n, alloc;
	bool failed;		    /* out of memory */
	struct news_folded *folded; /* what is not ASCII, remembered; or NULL */
};

/* Replaces what was there.  text: UTF-8; spans are furniture.  False without
 * memory. */
bool news_words_read(struct news_words *w, const char *text, size_t len,
		     const struct span *spans, size_t nspans);
void news_words_release(struct news_words *w);

/* The hash of a word by itself, as read in a text: of its first word, where it
 * is several; 0: no word. */
uint64_t news_word_hash(const char *word, size_t len);

#endif
