/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - a query tree to what Xapian runs, for one index
 *
 * Words are analysed here.  What searches what:
 *
 *   word           the Z stem of each word that it analyses to; where it has
 *                  other spellings, or stems in the index's other languages,
 *                  all of those as one SYNONYM
 *   phrase, =word  words as they are, a phrase of several; so has NEAR, where
 *   and NEAR       every word is at most n positions from every other
 *   elect*, x~1    the index's own words, as one SYNONYM; those near a fuzzy
 *                  word have its first letter
 *   source:x       keywords: the whole value or, where the field's words can
 *                  be searched, its words, side by side
 *   date:, 1..2    a range of values
 *
 * Keywords and ranges have no weight.  Side by side with words they narrow
 * what the words find: of one field any may be true (source:a source:b), of
 * each field one must be.  An OR of them and words is an OR.
 *
 * A word that analyses to several (carbon-tax) is those words side by side,
 * and a phrase where it is asked for or ruled out: under + - AND NOT NEAR.  A
 * run of CJK characters is all of its pairs (a single one is itself).
 *
 * Stopwords beside other words are named and find nothing, unless they are asked
 * for or ruled out themselves, or in a field, a phrase or a NEAR; where words are
 * weighed they add a little to what the others find.  Text that holds no word is
 * left out; when nothing is left, nothing matches.
 *
 * Of documents that weigh the same, those with the word as it was asked for
 * come first: it adds a millionth of its own weight (PLAN_TIE), which no other
 * difference is likely to be as small as.  Phrases, =word, NEAR, prefixes and
 * near words have no other spellings.
 *
 * To a deadline the words of prefixes and near spellings are cut: by the time
 * that looking for them takes, and by that which searching so many would.
 */
#ifndef LIB_PLAN_H
#define LIB_PLAN_H

#include "analyze.h"
#include "query.h"
#include "variants.h"
#include "xap.h"

#define PLAN_TIE 0x1p-20

enum {
	PLAN_WORDS_MAX = 2 * TRAWL_WORDS_MAX /* stopwords do not count */
};

/* One searched word, for snippets, explanations and did-you-mean. */
struct plan_word {
	const char *shown; /* as the user would know it: "title:carbon" */
	const char *word;  /* folded, without prefix */
	const char *stem;  /* what was searched when stemmed */
	const struct schema_field *field; /* NULL: the text */
	bool stemmed;			  /* by stem, not by word */
	/* stemmed: the other stems that are searched as one with it, and the
	 * other spellings they are of */
	const char **stems, **spellings;
	size_t nstems, nspellings;
	bool negative;	       /* under a NOT */
	bool prefix;	       /* matches any word that begins with word */
	const char **expanded; /* prefix, fuzzy: the words it stood for */
	size_t nexpanded;
	/* of each of them, how many documents have it; NULL: they are in order,
	 * the nearest first */
	uint32_t *documents;
	uint32_t group;	 /* words of one phrase share a group; 0 none */
	uint32_t column; /* in the query text */
	/* its part of the tree, below a SCALE when it has a weight of its own:
	 * a phrase's words have a TERM each */
	const struct xap_node *node;

	/* Of the text's words, where they are weighed (plan_weights.c): */
	struct xap_node *scale;	       /* has the weight; NULL: it has none */
	const struct plan_word *first; /* again: the one that counts */
	double given;		       /* by the query: summit^2; all */
	double weight, idf;	       /* of all of its occurrences */
	unsigned repeats;	       /* occurrences that are again */
	uint32_t position;	       /* in the query */
	bool again, stopword;
	bool optional; /* matches nothing by itself: a stopword */
};

struct plan {
	struct xap_node *root;
	struct plan_word *words;
	size_t nwords;
	const char *ignored; /* "the,of", or NULL */
	/* "elect*:election,elected,+12;zelenski~1:zelensky", or NULL: the ten
	 * most frequent (nearest) words and how many more there are;
	 * "zelensky:zelenskyy,zelenskiy": spellings that are searched, too */
	const char *expanded;
	bool partial; /* an expansion was cut */
	bool late;    /* words were left out for the deadline */
	double most;  /* weights times idf, of all words */
};

struct plan_context {
	struct xap_db *db;
	struct matcher *matcher; /* of db, or NULL */
	const struct schema *schema;
	struct analyzer *analyzer;
	struct arena *arena; /* everything in the plan lives here */
	bool match_all;
	bool weigh;	    /* words by more than their idf; stopwords, too */
	uint64_t documents; /* of db */
	size_t parts;	    /* indexes that db joins; 0: it is one */
	/* Spellings of one word, of each part that has any; and the analyzers of
	 * the other languages that documents are in. */
	const struct variants *const *variants;
	size_t nvariants;
	struct analyzer *const *others;
	size_t nothers;
	uint64_t deadline; /* deadline.h */
};

/* TOOCOMPLEX: too many or too short patterns; BADVALUE: a date or a number. */
enum trawl_status plan_make(const struct plan_context *ctx,
			    const struct query *q, struct plan *out,
			    struct trawl_error *err);

/* Two date bounds on slot 1; NULL bounds are open, and both: *out is NULL. */
enum trawl_status plan_dates(const struct plan_context *ctx, const char *since,
			     const char *until, struct xap_node **out,
			     struct trawl_error *err);

#endif
