/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expand.h - the index's own words: prefixes, near spellings, frequencies
 *
 * Bounded effort: at most EXPAND_SCAN_MAX terms of the index are looked at for
 * one pattern; when that was not enough, *partial says so.
 */
#ifndef LIB_EXPAND_H
#define LIB_EXPAND_H

#include "arena.h"
#include "xap.h"

enum {
	EXPAND_SCAN_MAX = 2000000,
	EXPAND_EDITS_MAX = 2 /* Damerau-Levenshtein, in characters */
};

struct expansion {
	const char *word; /* without the prefix */
	uint32_t len;
	uint32_t documents; /* termfreq */
	uint32_t edits;	    /* 0 for prefixes */
};

/*
 * Words that begin with text, most frequent first, ties bytewise; at most max.
 * term_prefix is the field's ("" for the text, "S" for the title).
 */
enum trawl_status expand_prefix(struct xap_db *db, const char *term_prefix,
				const char *text, size_t len, size_t max,
				struct arena *arena, struct expansion **out,
				size_t *n, bool *partial,
				struct trawl_error *err);

/*
 * Words within edits of text (itself included when it is in the index), fewer
 * edits first, then most frequent, ties bytewise; at most max.  The first
 * same_start characters must agree (0: any).
 */
enum trawl_status expand_fuzzy(struct xap_db *db, const char *term_prefix,
			       const char *text, size_t len, unsigned edits,
			       unsigned same_start, size_t max,
			       struct arena *arena, struct expansion **out,
			       size_t *n, bool *partial,
			       struct trawl_error *err);

/* Edits between a and b (optimal string alignment), or limit + 1.  limit is
 * at most EXPAND_EDITS_MAX, and the words at most XAP_TERM_MAX characters. */
unsigned edit_distance(const char *a, size_t alen, const char *b, size_t blen,
		       unsigned limit);

#endif
