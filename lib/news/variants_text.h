/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variants_text.h - lines and words of the text that variants.h describes
 */
#ifndef LIB_NEWS_VARIANTS_TEXT_H
#define LIB_NEWS_VARIANTS_TEXT_H

#include "variants.h"

#include <string.h>

struct span_of_text {
	const char *s;
	size_t len;
};

/* The next part of *at up to sep, without it; false at the end. */
static inline bool next_part(struct span_of_text *at, char sep,
			     struct span_of_text *out)
{
	const char *end;

	if (!at->len)
		return false;
	end = memchr(at->s, sep, at->len);
	out->s = at->s;
	out->len = end ? (size_t)(end - at->s) : at->len;
	at->s += out->len + (end != NULL);
	at->len -= out->len + (end != NULL);
	return true;
}

static inline bool next_word(struct span_of_text *at, struct span_of_text *out)
{
	while (next_part(at, ' ', out))
		if (out->len)
			return true;
	return false;
}

static inline bool good_word(const struct span_of_text *w)
{
	return w->len && w->len <= VARIANTS_WORD_BYTES &&
	       !memchr(w->s, 0, w->len);
}

#endif
