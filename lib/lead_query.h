/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lead_query.h - what a document gains by how it begins
 *
 * The words of a query, ready to be looked for in documents' leads (lead.h):
 *
 *	LEAD  sum of w idf n 1.8 / (n + 0.8); to n each occurrence of the stem
 *	      adds exp(-i / 30), i being how many words come before it
 *	NEAR  sum, over pairs of words at most 3 apart in the query, of
 *	      min(w, w') sqrt(idf idf') p 2.2 / (p + 1.2); to p each occurrence
 *	      of both adds 1 where they stand in the query's order and no farther
 *	      apart, else 0.3 where they are at most 8 words apart
 *
 * The first words weigh most in BM25F's and others' fields (Robertson, Zaragoza
 * and Taylor 2004, "Simple BM25 extension to multiple weighted fields"); that
 * n / (n + k) saturates is theirs.  Pairs: Rasolofo and Savoy 2003, "Term
 * proximity scoring for keyword-based retrieval systems"; Metzler and Croft
 * 2005, "A Markov random field model for term dependencies".
 */
#ifndef LIB_LEAD_QUERY_H
#define LIB_LEAD_QUERY_H

#include "arena.h"
#include "lead.h"

enum {
	LEAD_QUERY_WORDS = 128,
	LEAD_PAIR_APART = 3, /* words, in the query */
	LEAD_QUERY_PAIRS = LEAD_QUERY_WORDS * LEAD_PAIR_APART
};

struct lead_word {
	double weight, idf;
	uint32_t position; /* in the query */
	const void *of;	   /* the caller's */
};

struct lead_pair {
	uint8_t a, b; /* words, in the query's order */
	uint32_t gap;
	double value; /* what it can give, but for 2.2 */
};

struct lead_stem {
	uint16_t hash;
	uint8_t word;
};

struct lead_query {
	struct lead_word word[LEAD_QUERY_WORDS];
	struct lead_pair pair[LEAD_QUERY_PAIRS];
	size_t nwords, npairs;
	struct lead_stem *stem; /* by hash */
	size_t nstems, stems_max;
	uint64_t filter[8]; /* of hashes, modulo its bits */
	uint16_t *pair_of;  /* nwords * nwords: 1 + its number, or 0 */
};

/* What one document has. */
struct lead_found {
	double lead, near; /* LEAD and NEAR */
	struct {
		double sum, value;     /* n, and what that gives */
		unsigned count, first; /* times; at which word, from 1 */
	} word[LEAD_QUERY_WORDS];
	struct {
		double sum, value; /* p, and what that gives */
		unsigned count;
	} pair[LEAD_QUERY_PAIRS];
};

/* Empty, with room for so many stems of all words; false without memory. */
bool lead_query_init(struct lead_query *q, size_t stems, struct arena *arena);
/* A word, at most LEAD_QUERY_WORDS; then its stems. */
void lead_query_add(struct lead_query *q, const struct lead_word *word);
void lead_query_add_stem(struct lead_query *q, const char *stem, size_t len);
/* When all are there; false without memory. */
bool lead_query_finish(struct lead_query *q, struct arena *arena);

/* In a value of SLOT_LEAD, len bytes. */
void lead_query_look(const struct lead_query *q, const char *value, size_t len,
		     struct lead_found *out);

#endif
