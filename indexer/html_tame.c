/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "html_tame.h"

#include <stdbool.h>
#include <string.h>

enum {
	/* libxml2 compares each attribute with those before it. */
	ATTRIBUTES_MAX = 1000 /* of an element */
};

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* From the name of a tag on: blank out the attributes that are too many. */
static size_t tame_tag(char *s, size_t n)
{
	size_t i = 0, attributes = 0;
	bool valued = false; /* an equals sign stands before */

	while (i < n && s[i] != '>') {
		const size_t from = i;
		char *end = NULL;

		if (valued && (s[i] == '"' || s[i] == '\''))
			end = memchr(s + i + 1, s[i], n - i - 1);
		i = end ? (size_t)(end - s) + 1 : i + 1;
		attributes +=
			(end || is_space(s[from])) && i < n && !is_space(s[i]);
		valued = s[from] == '=' || (valued && is_space(s[from]));
		if (attributes > ATTRIBUTES_MAX)
			memset(s + from, ' ', i - from);
	}
	return i;
}

void html_tame(char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (s[i] == '<' && is_letter(s[i + 1]))
			i += tame_tag(s + i + 1, n - i - 1);
}
