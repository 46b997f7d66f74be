/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sentence.h - where a text may be cut
 *
 * Only characters are looked at, not words.  Text may be malformed: a byte
 * that belongs to no character counts as one.
 */
#ifndef LIB_SENTENCE_H
#define LIB_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SENTENCE_LINE = 40, /* bytes; a shorter line is no wrapped prose */
	SENTENCE_PARAGRAPH = 120, /* bytes; a longer line is not wrapped */
};

/* A part of a text, and whether sentences begin and end where it does. */
struct extent {
	size_t begin, end;
	bool begins, ends;
};

/* The start of the character that ends at at > low. */
size_t text_back(const char *s, size_t low, size_t at);
/* at moved by n characters, not beyond end. */
size_t text_forward(const char *s, size_t at, size_t end, size_t n);
size_t text_chars(const char *s, size_t begin, size_t end);

/*
 * Up to chars characters on either side of begin..end, in the same paragraph
 * (an empty line ends one) and within limit.
 */
struct extent text_around(const char *s, struct extent limit, size_t begin,
			  size_t end, size_t chars);

/*
 * Is the line that ends at the line feed at feed a headline?  It has no full
 * stop, and a paragraph is on the next line: that is none of a narrow column.
 */
bool text_headline(const char *s, size_t feed, size_t end);

/*
 * Where the sentence after the one at at begins: within s..end, or end.  A
 * short line and a headline are sentences by themselves.
 */
size_t sentence_next(const char *s, size_t at, size_t end);

/* Bytes of the lines around at that read as one, counted up to max: menus,
 * headlines and bylines have few. */
size_t text_block(const char *s, size_t len, size_t at, size_t max);

/* Is there white space between the characters before and after at? */
bool text_between_words(const char *s, size_t begin, size_t at, size_t end);

#endif
