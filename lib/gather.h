/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gather.h - words of a text become terms of a document
 *
 * Most words of a text come more than once, and most have come in a document
 * before.  So what a word is made into is remembered twice, by the number that
 * the analyzer has given it (token.number):
 *
 *	text	  word, place -> term and stem among the document's
 *	for good  word, place -> the same in the dictionary (struct memo)
 * The bytes of a word are looked at when it is met for the first time ever.
 */
#ifndef LIB_GATHER_H
#define LIB_GATHER_H

#include "postings.h"

struct token;

enum {
	GATHER_BATCH = 64
};

/* What terms the words are, with one prefix; NO_TERM: not known. */
struct memo_terms {
	uint32_t word, stem;
};

struct memo {
	struct memo_terms *terms; /* by number of the word */
	size_t n, alloc;
	unsigned words, dictionary; /* generations that they are of */
};

/* Where a word goes: with positions, as PREFIXword; and its stem, if it is
 * to, as ZPREFIXstem. */
struct place {
	const char *prefix;
	unsigned wdf;
	bool stems;
	struct memo *memo; /* for this prefix; or NULL */
};

/* A word of the text, at one of its places. */
struct gathered {
	uint32_t number; /* of the word */
	/* In postings, once it is known which; NO_TERM: no stem. */
	uint32_t word, stem;
	uint32_t wdf;
};

struct gather {
	struct postings postings;
	struct memo plain, title; /* for "" and "S" */
	size_t words; /* distinct terms of the document that are words */
	/* Of the text. */
	const struct place *place;
	size_t nplaces;
	struct gathered *met; /* side by side for each word: its places */
	size_t nmet, met_alloc;
	uint32_t *here; /* by number of a word: where in met, if at all */
	size_t nhere;
};

/* terms outlives it. */
void gather_init(struct gather *g, struct terms *terms);
void gather_release(struct gather *g);
/* The document is done. */
void gather_reset(struct gather *g);

/* A term that is no word: PREFIXs; a long one is shortened. */
void gather_term(struct gather *g, const char *prefix, const char *s,
		 size_t len);

/*
 * A text begins, each word of which goes to n places; they are lent until the
 * next one does.  generation is that of the words' numbers.
 */
void gather_begin(struct gather *g, const struct place *places, size_t n,
		  unsigned generation);
/*
 * Its next words, up to GATHER_BATCH: what is kept of one in memory is asked
 * for while others are looked at.  Out of memory: see postings_finish().
 */
void gather_tokens(struct gather *g, const struct token *t, size_t n);

#endif
