/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stopwords.h - words that say nothing about what a text is about
 *
 * One short list of our own a language, for the main languages; a language
 * without one has no stopwords.  Words are folded as the analyzer folds them.
 */
#ifndef LIB_STOPWORDS_H
#define LIB_STOPWORDS_H

#include <stdbool.h>
#include <stddef.h>

struct stopwords {
	const char *language;
	const char *const *word; /* in byte order */
	size_t count;
};

/* NULL when language (a canonical name) has no list. */
const struct stopwords *stopwords_find(const char *language);
/* list may be NULL. */
bool stopwords_has(const struct stopwords *list, const char *word, size_t len);

#endif
