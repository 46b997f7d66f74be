/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expand.h - the index's own words: prefixes, near spellings, frequencies
 *
 * Bounded effort: at most EXPAND_SCAN_MAX terms of the index are looked at for
 * one pattern, and none after the deadline.  What was found until then is what
 * comes out, and partial or late says so.
 */
#ifndef LIB_EXPAND_H
#define LIB_EXPAND_H

#include "arena.h"
#include "term_source.h"

enum {
	EXPAND_SCAN_MAX = 2000000,
	EXPAND_EDITS_MAX = 2 /* Damerau-Levenshtein, in characters */
};

struct expand {
	struct term_source terms;
	const char *term_prefix; /* of the field: "" the text, "S" the title */
	const char *text;
	size_t len;
	size_t max;	     /* words that come out */
	size_t ranked;	     /* prefix: of them, so many are put in order; the
			      * others come bytewise behind them.  0: all */
	unsigned edits;	     /* fuzzy */
	unsigned same_start; /* fuzzy: characters that must agree; 0: none */
	uint64_t deadline;   /* deadline.h */
	const struct lexicon *lexicon; /* fuzzy: of the text's words, or NULL */
};

struct expansion {
	const char *word; /* without the prefix, which stands before it */
	uint32_t len;
	uint32_t documents; /* termfreq */
	uint32_t edits;	    /* 0 for prefixes */
};

struct expansions {
	struct expansion *word;
	size_t n;
	bool partial; /* there are more of them than max, or were looked at */
	bool late;
};

/* Words that begin with text, most frequent first, ties bytewise. */
enum trawl_status expand_prefix(const struct expand *rq, struct arena *arena,
				struct expansions *out,
				struct trawl_error *err);

/*
 * Words within edits of text (itself included when it is in the index), fewer
 * edits first, then most frequent, ties bytewise.
 */
enum trawl_status expand_fuzzy(const struct expand *rq, struct arena *arena,
			       struct expansions *out, struct trawl_error *err);

/* Edits between a and b (optimal string alignment), or limit + 1.  limit is
 * at most EXPAND_EDITS_MAX, and the words at most XAP_TERM_MAX characters. */
unsigned edit_distance(const char *a, size_t alen, const char *b, size_t blen,
		       unsigned limit);

#endif
