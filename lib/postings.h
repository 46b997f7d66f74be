/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postings.h - the terms of one document, gathered and put in order
 *
 * Terms have their numbers in a dictionary that lasts (terms.h).  Here they
 * have another, from 0 on, for as long as the document does; and there is one
 * list of (term, position) in the order they were met, out of which the
 * positions of each term are cut at the end.
 *
 * Which of the document's terms one of the dictionary is says its member here:
 * not set back between documents, since what it says is checked against the
 * term that it leads to.  A dictionary serves one postings.
 *
 * Memory is kept from one document to the next.  Failure (out of memory) is
 * sticky and asked for once, by postings_finish().
 */
#ifndef LIB_POSTINGS_H
#define LIB_POSTINGS_H

#include "terms.h"
#include "xap.h"

struct posting_term {
	uint32_t number; /* in the dictionary */
	uint32_t wdf;
	uint32_t npositions;
	uint32_t first; /* of its positions, when they are cut out */
};

struct posting_place {
	uint32_t term, position;
};

struct postings {
	struct terms *terms;
	struct posting_term *term;
	size_t nterms, term_alloc;
	struct posting_place *place;
	size_t nplaces, place_alloc;
	uint32_t *sorted; /* the terms in order */
	size_t sorted_alloc;
	bool failed;
};

/* terms outlives it. */
void postings_init(struct postings *p, struct terms *terms);
void postings_release(struct postings *p);
void postings_reset(struct postings *p);

/* A term of the document, made when it is new: 1..XAP_TERM_MAX bytes; NO_TERM
 * when it has failed. */
uint32_t postings_term(struct postings *p, const char *term, size_t len);

bool postings_grow(struct postings *p);

/* The same, by its number in the dictionary. */
static inline uint32_t postings_number(struct postings *p, uint32_t number)
{
	struct term *t;

	if (number == NO_TERM ||
	    (p->nterms == p->term_alloc && !postings_grow(p))) {
		p->failed = true;
		return NO_TERM;
	}
	t = &p->terms->term[number];
	if (t->here < p->nterms && p->term[t->here].number == number)
		return t->here;
	t->here = (uint32_t)p->nterms++;
	p->term[t->here] = (struct posting_term){ .number = number };
	return t->here;
}

static inline void postings_count(struct postings *p, uint32_t term,
				  uint32_t wdf)
{
	if (term != NO_TERM)
		p->term[term].wdf += wdf;
}

bool postings_grow_places(struct postings *p);

/* Positions of a term come in ascending order; one may come again. */
static inline void postings_place(struct postings *p, uint32_t term,
				  uint32_t position)
{
	if (term == NO_TERM ||
	    (p->nplaces == p->place_alloc && !postings_grow_places(p)))
		return;
	p->place[p->nplaces++] = (struct posting_place){ term, position };
	p->term[term].npositions++;
}

/*
 * In byte order, in arena; but for the bytes of the terms, which stay in the
 * dictionary unless they are to be copied.  False: out of memory.
 */
bool postings_finish(struct postings *p, struct arena *arena, bool copy_bytes,
		     const struct xap_posting **out, size_t *n);

#endif
