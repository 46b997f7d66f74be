/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plain.h - a line of a page, folded for comparison
 */
#ifndef LIB_NEWS_PLAIN_H
#define LIB_NEWS_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PLAIN_MAX = 700
};

/*
 * In lower case (ASCII, Latin-1, Cyrillic), blanks single, apostrophes straight,
 * without bullets before; of a long line the beginning.
 */
struct plain {
	size_t n;
	size_t label;		/* n without the punctuation at its end */
	char s[PLAIN_MAX + 16]; /* eight zeros behind the n */
};

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Of a letter or a digit; all that is not ASCII counts. */
static inline bool word_byte(char c)
{
	return (unsigned char)c >= 0x80 || is_lower((char)(c | 32)) ||
	       is_digit(c);
}

void plain_read(const char *s, size_t n, struct plain *out);
/* At most max bytes. */
void plain_part(const char *s, size_t n, size_t max, struct plain *out);
/* One character as lines are compared: in lower case, digits 0; *took: bytes of
 * it.  0: a mark or white space. */
size_t plain_character(const char *s, size_t n, char out[4], size_t *took);
/* n without the punctuation, arrows and ellipsis at the end of s. */
size_t plain_label(const char *s, size_t n);
unsigned plain_words(const struct plain *p);
/* Does it hold one of the words?  The last is NULL. */
bool plain_has(const struct plain *p, const char *const *words);
/* Does it begin with the phrase, which does not end in the middle of a word? */
bool plain_begins(const struct plain *p, const char *phrase);
/* Is there a quotation mark in it? */
bool plain_quoted(const struct plain *p);

#endif
