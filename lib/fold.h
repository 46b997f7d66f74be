/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fold.h - characters: what they are to a word, and how they are folded
 *
 * Folding is NFKC and Unicode case folding without default ignorables (what
 * Unicode calls NFKC_Casefold), language-independent, and the removal of
 * marks described at fold_marks().
 */
#ifndef LIB_FOLD_H
#define LIB_FOLD_H

#include "analyze.h"

enum char_class {
	CHAR_SEPARATOR,
	CHAR_LETTER, /* a word begins with a letter or a digit */
	CHAR_DIGIT,
	CHAR_BLANK, /* white space but for the line feed */
	CHAR_LINE_FEED,
	CHAR_MARK,   /* in a word, but never first */
	CHAR_IGNORE, /* default ignorable: vanishes from the middle of words */
	CHAR_CJK,    /* Han, Hiragana, Katakana: a word of its own */
	CHAR_APOSTROPHE,
	CHAR_FULL_STOP,
	CHAR_COMMA,
	CHAR_MIDDLE_DOT, /* of Catalan: col·legi */
	CHAR_WIDE	 /* of a byte alone: see char_class() */
};

enum {
	/* A longer run of bytes is a word too long, whatever it folds to. */
	FOLD_RAW_MAX = 1024,
	/* What that many bytes can fold to (U+0390 triples). */
	FOLD_MAX = 3 * FOLD_RAW_MAX
};

/* By the first byte; CHAR_WIDE when it is not ASCII. */
extern const unsigned char byte_class[256];
/* cp >= 0x80 */
enum char_class char_class(uint32_t cp);

struct folded {
	size_t word_len, marked_len;
	char word[FOLD_MAX];
	char marked[FOLD_MAX]; /* marks not removed: what is stemmed */
};

/*
 * Fold one word as analyzer_next() cuts it from a text: valid UTF-8, at most
 * FOLD_RAW_MAX bytes.  False: over the limits of a word.
 *
 * What kind of word it is shows from its characters alone: commas are only in
 * numbers, and a full stop that follows anything but a digit only in U.S.A.
 */
bool fold_word(const char *raw, size_t len, struct folded *out);

/*
 * Remove the nonspacing marks (Mn) of Latin, Greek, Cyrillic, Hebrew and
 * Arabic; й stays.  out has room for len bytes.
 */
size_t fold_marks(const char *s, size_t len, char *out);

#endif
