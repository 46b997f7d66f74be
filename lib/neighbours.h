/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neighbours.h - documents that resemble other good ones rise
 *
 *	s2(d) = s(d) + 0.3 sum cos(d, n) (s(n) - least s) / sum cos(d, n)
 *
 * over the NEIGHBOURS candidates n that are nearest to d: Kurland and Lee 2004,
 * "Corpus structure, language models, and ad hoc information retrieval"; Diaz
 * 2005, "Regularizing ad hoc retrieval scores".  A document's vector is made of
 * its lead (lead.h), which is stored with it: of each stem
 * (1 + ln tf) idf sqrt((cf + 1) / df), idf and the rest being those of
 * lead_sample.h, and the 20 heaviest stand for the document, at unit length.
 */
#ifndef LIB_NEIGHBOURS_H
#define LIB_NEIGHBOURS_H

#include "lead_sample.h"

enum {
	NEIGHBOURS = 8,
	NEIGHBOURS_AMONG = 100, /* candidates, at most */
	NEIGHBOUR_STEMS = 20
};

struct neighbour_stem {
	float weight;
	uint16_t hash;
	uint16_t next; /* of those with one bucket: 1 + its number, or 0 */
	uint8_t document;
};

enum {
	NEIGHBOUR_BUCKETS = 1024
};

struct neighbours {
	struct lead_sample *sample;
	struct neighbour_stem stem[NEIGHBOURS_AMONG * NEIGHBOUR_STEMS];
	uint16_t bucket[NEIGHBOUR_BUCKETS]; /* the last stem with it */
	size_t nstems;
	unsigned ndocuments;
	float cosine[NEIGHBOURS_AMONG][NEIGHBOURS_AMONG];
};

/* sample outlives it. */
void neighbours_begin(struct neighbours *n, struct lead_sample *sample);
/* The next candidate, by its value of SLOT_LEAD. */
void neighbours_add(struct neighbours *n, const char *value, size_t len);
/* What each candidate's score gains. */
void neighbours_finish(struct neighbours *n, const double *score, double *gain);

#endif
