/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snippet.h - the passages of a text that show why it matched
 *
 * Linear in the text: one pass of the analyzer finds the matches (as many as
 * any passage can need), a window slides over them, the best non-overlapping
 * passages are cut at sentence ends where there are any near, else between
 * words, never inside a character, and never across an empty line.
 * A passage's worth: the weights of the distinct words in it first, then
 * phrase matches whole, then nearness of the matches, then an early place; and
 * prose before menus and headlines, the one that only says the title again
 * last.  Without a match the first prose, or a headline above it when there is
 * no title, or else the text's beginning, is the one passage.
 */
#ifndef LIB_SNIPPET_H
#define LIB_SNIPPET_H

#include "analyze.h"
#include "arena.h"
#include "plan.h"

enum {
	SNIPPET_CHARS = 200,	 /* about; at most half as many again */
	SNIPPET_BYTES_MAX = 4096 /* of a finished passage */
};

struct snippet_word {
	const char *text; /* a folded word, or a stem */
	uint32_t len;
	bool stem;	       /* compare with token.stem, else token.word */
	bool prefix;	       /* token.word begins with text */
	uint32_t group, order; /* of a phrase: its number, place in it */
	double weight;	       /* idf or the like; > 0 */
};

struct snippet_request {
	const char *text;
	size_t text_len;
	const struct snippet_word *words;
	size_t nwords;
	unsigned max;	   /* 1..TRAWL_SNIPPETS_MAX */
	const char *title; /* shown beside them; NULL none */
	enum trawl_mark mark;
};

/*
 * At most max passages, best first, into arena; white space is folded to one
 * space; "..." (U+2026) stands where a passage is not cut at a sentence's or
 * the text's end.
 */
enum trawl_status snippet_make(struct analyzer *a,
			       const struct snippet_request *rq,
			       struct arena *arena, const char *const **out,
			       size_t *n, struct trawl_error *err);

/* The whole of s on one line with matches marked: for titles. */
enum trawl_status snippet_mark(struct analyzer *a,
			       const struct snippet_request *rq,
			       struct arena *arena, const char **out,
			       struct trawl_error *err);

struct buf;

/*
 * Append the whole of the text with matches marked: for documents.  Linear in
 * the text; at most 16 bytes for one of its bytes.  White space is kept: tabs
 * as they are, line ends of any kind as line feeds; other controls are left
 * out, and what is not UTF-8 is U+FFFD.
 */
enum trawl_status snippet_mark_text(struct analyzer *a,
				    const struct snippet_request *rq,
				    struct buf *out, struct trawl_error *err);

#endif
