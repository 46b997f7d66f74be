/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - the words of a text that every engine cuts alike
 *
 * Runs of ASCII letters, or of ASCII digits, between blanks and the plainest
 * punctuation.  What has an apostrophe, a hyphen, a letter beyond ASCII or
 * letters beside digits is left out: there engines differ.
 */
#ifndef BENCH_DRAWN_WORDS_H
#define BENCH_DRAWN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WORD_BYTES_MAX = 30
};

struct word {
	const char *text; /* in lower case, len bytes and a NUL */
	size_t len;
	uint32_t hash;
	bool follows; /* one blank is all between it and the word before */
	bool letters;
};

struct words {
	struct word *word;
	size_t n, alloc;
	char *copy; /* of the text, which the words point into */
};

/* Of another text; of none, when text is NULL. */
void words_cut(struct words *w, const char *text, size_t len);
/* No stopword, and of three letters or more. */
bool word_is_content(const struct word *w);
void words_release(struct words *w);

#endif
