/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line_text.h - small questions about the characters of a line
 */
#ifndef LIB_NEWS_LINE_TEXT_H
#define LIB_NEWS_LINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* What starts_with() does when the first bytes may be alike. */
bool starts_with_all(const char *s, size_t len, const char *what);

/* ASCII letters alike in either case; what: in lower case. */
static inline bool starts_with(const char *s, size_t len, const char *what)
{
	return *what && (!len || (*s ^ *what) & ~0x20)
		       ? false
		       : starts_with_all(s, len, what);
}

/* The byte of s at which what stands, or len. */
size_t find_lower(const char *s, size_t len, const char *what);

/* The characters of more than a byte that blank_at() and dash_at() know. */
size_t wide_blank_at(const char *s, size_t len);
size_t wide_dash_at(const char *s, size_t len);

/* Bytes of the blank at s: ASCII's, or a no-break, thin or wide one; 0: none. */
static inline size_t blank_at(const char *s, size_t len)
{
	unsigned char c = len ? (unsigned char)*s : 'x';

	if (c < 0x80)
		return c <= ' ';
	return wide_blank_at(s, len);
}

/* Bytes of the dash at s, a double hyphen among them; 0: none. */
static inline size_t dash_at(const char *s, size_t len)
{
	if (!len || (*s != '-' && (unsigned char)*s != 0xE2))
		return 0;
	if (*s == '-')
		return len > 1 && s[1] == '-' ? 2 : 1;
	return wide_dash_at(s, len);
}

void trim(const char **s, size_t *len);
/* Bytes up to the next blank. */
size_t token_length(const char *s, size_t len);

/* Does it begin with an upper-case letter, or one of a script without case? */
bool is_capital(const char *s, size_t len);

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An ASCII letter. */
static inline bool is_letter(char c)
{
	unsigned char low = (unsigned char)c | 0x20;

	return low >= 'a' && low <= 'z';
}

#endif
