/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lead_sample.h - how frequent stems are among the first words of documents
 *
 * Of a sample of the snapshot's documents, at most LEAD_SAMPLE of them, in runs
 * that are spread evenly over their numbers; by hash (lead.h).  It takes some milliseconds, once
 * a snapshot, and 512 kB.
 */
#ifndef LIB_LEAD_SAMPLE_H
#define LIB_LEAD_SAMPLE_H

#include "lead.h"
#include "trawl.h"

enum {
	LEAD_SAMPLE = 4096,
	LEAD_HASHES = 1 << 16
};

struct lead_sample {
	unsigned documents;
	uint16_t df[LEAD_HASHES]; /* documents that have it */
	uint16_t cf[LEAD_HASHES]; /* times, in all of them; 65,535: or more */
	/* What it weighs in a document's vector (neighbours.h), once that has
	 * been asked for; below 0: it has not. */
	float weight[LEAD_HASHES];
};

/* NULL without memory. */
struct lead_sample *lead_sample_new(void);

/* A document more; before any weight is asked for. */
void lead_sample_add(struct lead_sample *s, const char *value, size_t len);

#endif
