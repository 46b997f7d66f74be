/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line_text.h"

#include "ascii8.h"
#include "utf8.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool starts_with_all(const char *s, size_t len, const char *what)
{
	for (; *what; s++, what++, len--)
		if (!len || lower(*s) != *what)
			return false;
	return true;
}

/* Eight bytes of which one may be what begins with first, in either case. */
static bool may_begin(const char *s, char first)
{
	const uint64_t either = ~(ASCII8_ONES * 0x20);
	const uint64_t firsts = ASCII8_ONES * (unsigned char)first;

	return ascii8_zeros((ascii8_load(s) ^ firsts) & either);
}

size_t find_lower(const char *s, size_t len, const char *what)
{
	for (size_t i = 0; i < len; i++) {
		while (len - i >= 8 && !may_begin(s + i, *what))
			i += 8;
		if (starts_with(s + i, len - i, what))
			return i;
	}
	return len;
}

static bool is_wide_blank(uint32_t cp)
{
	return cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200B) ||
	       (cp >= 0x2028 && cp <= 0x2029) || cp == 0x202F || cp == 0x3000 ||
	       cp == 0xFEFF;
}

size_t wide_blank_at(const char *s, size_t len)
{
	unsigned char c = (unsigned char)*s;
	uint32_t cp;
	size_t n;

	if (c != 0xC2 && c != 0xE2 && c != 0xE3 && c != 0xEF)
		return 0;
	n = utf8_decode(s, len, &cp);
	return is_wide_blank(cp) ? n : 0;
}

/* En dash, em dash, horizontal bar. */
size_t wide_dash_at(const char *s, size_t len)
{
	return len >= 3 && (unsigned char)s[1] == 0x80 &&
			       (unsigned char)s[2] >= 0x93 &&
			       (unsigned char)s[2] <= 0x95
		       ? 3
		       : 0;
}

/* Bytes of the blank that s ends with. */
static size_t blank_before(const char *s, size_t len)
{
	if ((unsigned char)s[len - 1] <= ' ')
		return 1;
	for (size_t n = 2; n <= 3 && n <= len; n++)
		if (blank_at(s + len - n, n) == n)
			return n;
	return 0;
}

void trim(const char **s, size_t *len)
{
	size_t n;

	while (*len && (n = blank_at(*s, *len))) {
		*s += n;
		*len -= n;
	}
	while (*len && (n = blank_before(*s, *len)))
		*len -= n;
}

size_t token_length(const char *s, size_t len)
{
	size_t at = 0;

	while (at < len && !blank_at(s + at, len - at))
		at++;
	return at;
}

bool is_capital(const char *s, size_t len)
{
	uint32_t cp;

	if (!len)
		return false;
	if ((unsigned char)*s < 0x80)
		return *s >= 'A' && *s <= 'Z';
	utf8_decode(s, len, &cp);
	if (cp == UINT32_MAX)
		return false;
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LO:
		return true;
	default:
		return false;
	}
}
