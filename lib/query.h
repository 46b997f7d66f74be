/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query.h - the query language: text to a tree, and the tree back to text
 *
 * Pure: no index, no schema of a particular index beyond the field names it is
 * given, no analyzer.  The language is in doc/query.md.  The parser does not
 * recurse; the tree is at most TRAWL_NESTING_MAX deep in brackets, those of
 * the canonical form included.
 *
 * Forgiving mode reads what makes no sense as text (a lone quote or bracket,
 * an operator without operands, an unknown field) and sets query.forgiven;
 * strict mode fails with TRAWL_BADQUERY and err->column.  Limits fail in both
 * modes with TRAWL_TOOCOMPLEX, naming the limit.
 */
#ifndef LIB_QUERY_H
#define LIB_QUERY_H

#include "arena.h"
#include "schema.h"
#include "trawl.h"

#include <stdint.h>

enum query_op {
	QUERY_WORD,   /* text: one run of the input, not yet analysed */
	QUERY_PHRASE, /* text: between quotes; window: 0 exact, else ~n */
	QUERY_PREFIX, /* text* */
	QUERY_FUZZY,  /* text~n, n = 1 or 2 in window */
	QUERY_EXACT,  /* =text: unstemmed */
	QUERY_DATE,   /* low..high in text/high; an absent (NULL) end is open;
			 one date alone is both ends; window: QUERY_ABOVE,
			 QUERY_BELOW */
	QUERY_RANGE,  /* likewise, of a number field */
	QUERY_AND,    /* kids */
	QUERY_OR,     /* kids; written OR */
	QUERY_ANY,    /* kids; side by side: ranked, any of them (or all, by
			 match=); kids may be marked must or must_not; all
			 must_not: every document but those */
	QUERY_NOT,    /* first kid without the others */
	QUERY_NEAR,   /* kids (words) within window of one another */
	QUERY_ALL     /* every document: an empty query */
};

enum {
	QUERY_NEAR_WINDOW = 10 /* of NEAR without a number */
};

/* In the window of a DATE or a RANGE: its end does not belong to it. */
enum query_bound {
	QUERY_ABOVE = 1, /* > low */
	QUERY_BELOW = 2	 /* < high */
};

/* Texts are valid UTF-8 without white space or controls (one blank between
 * the words of a phrase), unescaped, and have a NUL after them. */
struct query_node {
	enum query_op op;
	bool must, must_not; /* + and - */
	uint32_t window;
	double weight;			  /* ^n; 1 when not given */
	const struct schema_field *field; /* of a leaf; NULL: the text */
	const char *text, *high;
	uint32_t text_len, high_len;
	uint32_t column; /* byte of the query, from 1, where the text of a leaf
			    or the first kid begins */
	struct query_node **kids;
	uint32_t nkids;
};

struct query {
	struct query_node *root; /* never NULL after success */
	bool forgiven;		 /* something was read as text */
	bool match_all;		 /* as in the options */
	unsigned words;		 /* words and phrase words as written; a date or
				    a range is one */
};

struct query_options {
	const struct schema *schema;
	bool strict;
	bool match_all; /* side by side is printed as AND */
	bool plain;	/* no operators at all: every character is text (for
		       trawl-eval and similar) */
};

/* Parse text; the tree lives in arena. */
enum trawl_status query_parse(const char *text, size_t len,
			      const struct query_options *options,
			      struct arena *arena, struct query *out,
			      struct trawl_error *err);

struct buf;
/*
 * The tree in canonical form: parsing it, strictly too, gives the same tree
 * (with match_all, AND where words stood side by side) and so the same form.
 * Brackets are round every operator within another.  It can be longer than
 * TRAWL_QUERY_MAX, as signs that are text get a backslash.
 */
void query_print(const struct query *q, struct buf *out);

/* The column of what would stand in more than TRAWL_NESTING_MAX brackets in
 * canonical form, or 0; query_parse() lets no such tree through. */
uint32_t query_too_deep(const struct query *q);

#endif
