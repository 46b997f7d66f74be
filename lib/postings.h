/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postings.h - the terms of one document, gathered and put in order
 *
 * A hash table from term to number, and one list of (term, position) in the
 * order they were met; the lists of each term are cut out of it at the end.
 * Memory is kept from one document to the next.  Failure (out of memory) is
 * sticky and asked for once, by postings_finish().
 */
#ifndef LIB_POSTINGS_H
#define LIB_POSTINGS_H

#include "arena.h"
#include "buf.h"
#include "xap.h"

struct posting_term {
	uint64_t head; /* first bytes, to sort by */
	uint32_t hash;
	uint32_t at; /* in postings.bytes */
	uint32_t wdf;
	uint32_t npositions;
	uint32_t first; /* of its positions, when they are cut out */
	uint8_t len;
};

struct posting_place {
	uint32_t term, position;
};

struct postings {
	struct buf bytes; /* of all terms */
	struct posting_term *term;
	size_t nterms, term_alloc;
	struct posting_place *place;
	size_t nplaces, place_alloc;
	uint32_t *slot; /* number of a term + 1, or 0 */
	size_t nslots;	/* a power of 2 */
	uint64_t seed;	/* of the terms' hashes */
	bool failed;
};

void postings_init(struct postings *p);
void postings_release(struct postings *p);
void postings_reset(struct postings *p);

/* The number of a term, made when it is new: 1..XAP_TERM_MAX bytes. */
uint32_t postings_term(struct postings *p, const char *term, size_t len);
void postings_count(struct postings *p, uint32_t term, uint32_t wdf);
/* Positions of a term come in ascending order; one may come again. */
void postings_place(struct postings *p, uint32_t term, uint32_t position);

/* In byte order, everything in arena; false: out of memory. */
bool postings_finish(struct postings *p, struct arena *arena,
		     struct xap_posting **out, size_t *n);

#endif
