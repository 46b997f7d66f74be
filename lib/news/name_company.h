/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_company.h - the company that a name keeps
 *
 * Two kinds: neighbours, that is names in one run with it ("Volodymyr _"),
 * taken by their kin, since a first name is spelled in several ways too;
 * and context, the words within NAME_WINDOW words.  Of a name that is frequent
 * only some documents are looked at, chosen by what is in them.
 *
 * Notes on a document are, for each name that has a pair:
 *
 *	u32 member, u32 uses, u32 neighbours, u32 context words,
 *	u32 neighbour[] (see enum), u32 context[]
 *
 * in the machine's byte order: they never leave the process that made them.
 */
#ifndef LIB_NEWS_NAME_COMPANY_H
#define LIB_NEWS_NAME_COMPANY_H

#include "buf.h"
#include "name_pairs.h"

enum {
	NAME_WINDOW = 12,
	NAME_RUN = 3,		  /* neighbours on a side */
	NAME_USES_A_DOCUMENT = 6, /* that are looked at */
	/* A neighbour in notes: its kin, and this. */
	NEIGHBOUR_BEHIND = 1,
	NEIGHBOUR_ENGLISH = 2, /* enum name_origin */
	NEIGHBOUR_TRANSLITERATED = 4,
	NEIGHBOUR_KIN = 3 /* bits below the kin */
};

struct name_company;

/* What is known of two names. */
struct name_ties {
	double share;	/* of a neighbour's uses that stand beside the two */
	double overlap; /* of the rarer's neighbours that the other has: 0..1 */
	double context_cosine;
	double near; /* how often they stand together, a use of the rarer */
	uint32_t neighbours; /* of the one that has fewer */
	uint32_t uses;	     /* likewise, that were looked at */
	uint32_t best;	     /* kin of the best shared neighbour, or 0 */
	/* Parts of the neighbours that are of an origin: the greater of the two
	 * (1 when either has none), the lesser. */
	double english, transliterated;
	double transliterated_most; /* the greater of the two */
};

/* count and pairs must outlive it. */
struct name_company *name_company_new(const struct name_count *count,
				      const struct name_pairs *pairs,
				      size_t memory);
void name_company_free(struct name_company *c);
/* Append notes; any thread. */
bool name_company_note(const struct name_company *c, const struct news_words *w,
		       const char *text, struct buf *out);
/* Notes as they were made; false without memory. */
bool name_company_meet(struct name_company *c, const char *notes, size_t len);
/* After the last meeting, before name_company_ties(). */
bool name_company_sort(struct name_company *c);
uint32_t name_company_documents(const struct name_company *c, uint32_t member);
/* The most frequent name of a kin; NULL: there is none. */
const char *name_company_kin(const struct name_company *c, uint32_t kin);
void name_company_ties(const struct name_company *c, const struct name_pair *p,
		       struct name_ties *out);

#endif
