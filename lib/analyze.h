/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * analyze.h - text to terms
 *
 * One analyzer serves index, query and snippet, so that they cannot disagree.
 * The rules are in doc/analysis.md.  In short: a word is a run of letters,
 * digits and marks; NFKC and case folding, then the stem, then nonspacing
 * marks are removed (Latin, Greek, Cyrillic but for й, Hebrew, Arabic) from
 * word and stem; an apostrophe between letters belongs to the word; U.S.A. is
 * usa; 1,000 is 1000; a hyphen separates; CJK gives single characters and
 * pairs; words over 64 characters or 200 bytes are skipped and counted.
 *
 * An analyzer holds a cache of words and belongs to one thread.
 */
#ifndef LIB_ANALYZE_H
#define LIB_ANALYZE_H

#include "trawl.h"

enum {
	ANALYZE_VERSION = 2, /* part of the fingerprint */
	ANALYZE_WORD_CHARS = 64,
	ANALYZE_WORD_BYTES = 200,
	/* Positions left out between paragraphs: no phrase, whatever its
	 * window, crosses them. */
	ANALYZE_PARAGRAPH_GAP = TRAWL_WINDOW_MAX,
	NO_NUMBER = 0xFFFFFFFF
};

struct analyzer;

struct token {
	const char *word; /* folded; lives until analyzer_flush() */
	const char *stem; /* likewise; may be the same pointer */
	uint16_t word_len, stem_len;
	/* The same for all that the text spells alike, and small: it may index
	 * an array, as long as analyzer_generation() stays.  Or NO_NUMBER. */
	uint32_t number;
	bool stopword; /* in the language's list */
	bool overlap;  /* a CJK pair: same position as its first character */
	uint32_t position;  /* from 1, as analyzer_begin() was told */
	size_t begin, end;  /* bytes of the text it was read from */
	uint32_t paragraph; /* how many gaps of positions came before */
};

enum trawl_status analyzer_new(const char *language, struct analyzer **out,
			       struct trawl_error *err);
void analyzer_free(struct analyzer *a);
/* The name in trawl_languages(), whatever code it was asked for by; static. */
const char *analyzer_language(const struct analyzer *a);

/*
 * Read text from its start; the first word gets position first.  Bytes that
 * are not UTF-8, and NUL, separate words.  An empty line (a line feed, blanks
 * and another) ends a paragraph: ANALYZE_PARAGRAPH_GAP positions are left out.
 */
void analyzer_begin(struct analyzer *a, const char *text, size_t len,
		    uint32_t first);
/* The next word; false at the end of the text or out of memory. */
bool analyzer_next(struct analyzer *a, struct token *out);
/*
 * The next word that sieve lets through: what is wanted, and little else.
 * Positions count what is passed over; too long words are not counted.
 */
struct sieve;
bool analyzer_next_wanted(struct analyzer *a, const struct sieve *sieve,
			  struct token *out);
/* For sieve_add(). */
size_t analyzer_stem_tail(const struct analyzer *a);
/* Words that were skipped as too long, since analyzer_begin(). */
uint64_t analyzer_long_words(const struct analyzer *a);
/* The position after the last word's (first, when there was none). */
uint32_t analyzer_position(const struct analyzer *a);
/* Out of memory since analyzer_begin()? */
bool analyzer_failed(const struct analyzer *a);
/* Forget the cached words when they have grown large; tokens die. */
void analyzer_flush(struct analyzer *a);
/* Another one when analyzer_flush() has forgotten the words and numbers. */
unsigned analyzer_generation(const struct analyzer *a);

/*
 * Fold a whole value (a source's name, a keyword) as words are folded, with
 * each run of white space one space and none at the ends; malformed bytes are
 * dropped.  Appends to out.
 */
struct buf;
void analyzer_fold(const char *s, size_t len, struct buf *out);

#endif
