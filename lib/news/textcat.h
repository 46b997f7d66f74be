/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * textcat.h - libexttextcat, of the languages of one script
 *
 * It compares the commonest n-grams with those of each language (Cavnar and
 * Trenkle 1994, "N-gram-based text categorization").  One thread's.
 */
#ifndef LIB_NEWS_TEXTCAT_H
#define LIB_NEWS_TEXTCAT_H

#include "tongues.h"

enum {
	TEXTCAT_ANSWERS = 5
};

struct textcat;

/* NULL: its files or memory are not there; see errno. */
struct textcat *textcat_new(enum script script);
void textcat_free(struct textcat *t);
/*
 * Numbers of tongues, the likeliest first, all within 3 % of it; 0: there are too
 * many of them.  text: valid UTF-8 without NUL, which ends it.
 */
size_t textcat_ask(struct textcat *t, const char *text, size_t len,
		   unsigned answer[TEXTCAT_ANSWERS]);

#endif
