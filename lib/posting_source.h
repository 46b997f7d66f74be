/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_source.h - terms in byte order, each with its entries in order of docids:
 * what tables are made of, wherever it comes from
 *
 *	while (source_next_term(s))
 *		while (source_fill(s))
 *			for (size_t i = 0; i < s->n; i++)
 *				... s->entry[i] ...
 *	if (s->st != TRAWL_OK)
 *		... s->err.text ...
 */
#ifndef LIB_POSTING_SOURCE_H
#define LIB_POSTING_SOURCE_H

#include "xap.h"

enum {
	SOURCE_BATCH = 128
};

struct source_entry {
	uint32_t docid;
	uint32_t n; /* postings: the wdf; positions: bytes of tag */
	const unsigned char *tag;
};

struct source {
	/* Of the current term; until source_next_term(). */
	struct xap_bytes term;
	/* Of the current batch; tags live until the next source_fill(). */
	struct source_entry entry[SOURCE_BATCH];
	size_t n;

	enum trawl_status st;
	struct trawl_error err;

	/* False at the end, and when st is not OK.  Terms without entries
	 * may come. */
	bool (*next_term)(struct source *s);
	bool (*fill)(struct source *s);
	void (*free)(struct source *s);
};

static inline bool source_next_term(struct source *s)
{
	return s->next_term(s);
}

/* What is left of the current term need not be read. */
static inline bool source_fill(struct source *s)
{
	return s->fill(s);
}

static inline void source_free(struct source *s)
{
	if (s)
		s->free(s);
}

/*
 * All of several sources as one: terms are joined, their entries merged by
 * docid (no docid is in two of them for one term).  Takes the sources over,
 * also when it fails.  n 0: an empty one.
 */
enum trawl_status source_merge(struct source **sources, size_t n,
			       struct source **out, struct trawl_error *err);

#endif
