/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - JSON strings: their escapes, in one place
 *
 * Compact, UTF-8 unescaped: only what RFC 8259 says must be escaped is, and
 * U+007F, so that a line of JSON is printable.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "ascii8.h"

#include <stdbool.h>

struct buf;

/* Append "s" with its quotes; malformed UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *out, const char *s, size_t n);

/* The same with every control of printable.h escaped: for what is to be shown
 * on a terminal as it is. */
void json_add_printable(struct buf *out, const char *s, size_t n);

/* Is s, of n bytes, \uXXXX and perhaps more?  *out is what XXXX says. */
bool json_read_u4(const char *s, size_t n, unsigned *out);

/* What a letter after a backslash stands for; 0: nothing, or u. */
char json_simple_escape(char c);

/* The top bits of quotes, backslashes and controls among eight bytes; those below
 * the first such byte are exact. */
static inline uint64_t json_specials(uint64_t v)
{
	const uint64_t quote = v ^ ASCII8_ONES * '"';
	const uint64_t slash = v ^ ASCII8_ONES * '\\';

	return ((v - ASCII8_ONES * ' ') | (quote - ASCII8_ONES) |
		(slash - ASCII8_ONES)) &
	       ~v & ASCII8_TOPS;
}

static inline bool json_is_special(char c)
{
	return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

/* How many bytes come before the first such, or all; *seen collects their bits. */
static inline size_t json_plain_bytes(const char *s, size_t n, uint64_t *seen)
{
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		const uint64_t v = ascii8_load(s + i), found = json_specials(v);

		if (found) {
			const size_t before = ascii8_first(found);

			*seen |= ascii8_prefix(v, before);
			return i + before;
		}
		*seen |= v;
	}
	for (; i < n && !json_is_special(s[i]); i++)
		*seen |= (unsigned char)s[i];
	return i;
}

#endif
