/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article.h - the article in a page: title, date, author, source, furniture,
 * from plain text
 *
 * A guess has a confidence (0..1) and a reason.  One below its field's
 * threshold is kept as a reason only: no date is better than a wrong one.
 */
#ifndef LIB_NEWS_ARTICLE_H
#define LIB_NEWS_ARTICLE_H

#include "arena.h"
#include "span.h"
#include "trawl.h"

enum {
	ARTICLE_GUESSES_MAX = 16,
	ARTICLE_MENTIONS_MAX = 64
};

/* A date that the text mentions. */
struct article_mention {
	char date[12];	     /* "2024-11-07", "2024-11", "2024" */
	uint32_t begin, end; /* where it stands */
	bool relative;	     /* "Thursday", resolved by the publication date */
};

struct article {
	struct trawl_guess
		guess[ARTICLE_GUESSES_MAX]; /* the likeliest of a field first */
	size_t nguesses;
	struct spans furniture; /* by form */
	uint32_t body;		/* byte at which the article's prose begins */
	const char *wire;	/* agency of a dateline, or NULL: "Reuters";
				   lives in arena, or for ever */
};

/*
 * Read an article.  Strings of guesses live in arena.  offered: what the input
 * knows (meta elements, a path's date); they compete with what the text says.
 * False without memory.
 */
bool article_read(const char *text, size_t len,
		  const struct trawl_guess *offered, size_t noffered,
		  struct arena *arena, struct article *out);
void article_release(struct article *a);

/* A guess is taken at or above this; over 1 for what is no field of an article. */
double article_threshold(const char *field);

/*
 * Dates that the text mentions, furniture left out, each once.  published:
 * "YYYY-MM-DD" or NULL; without it relative forms are no dates.
 */
size_t article_mentions(const char *text, size_t len, const struct span *spans,
			size_t nspans, const char *published,
			struct article_mention out[ARTICLE_MENTIONS_MAX]);

#endif
