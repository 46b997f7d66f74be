/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doc_features.h - what a document is compared by: its sketch, the terms of its
 * story, the company of its names
 */
#ifndef LIB_NEWS_DOC_FEATURES_H
#define LIB_NEWS_DOC_FEATURES_H

#include "copies.h"
#include "name_miner.h"
#include "story.h"

struct features {
	const char *id;
	const char *date; /* as given, or NULL */
	const char *
		stemmer; /* of its language, a name of trawl_languages(), or NULL */
	uint32_t words;
	struct sketch sketch;
	struct buf room;  /* the sketch's */
	struct buf terms; /* of story_terms() */
	struct buf notes; /* of name_notes_make() */
};

void features_init(struct features *f);
void features_release(struct features *f);
/* Make it ready for the next document. */
void features_reset(struct features *f);

/* One thread's. */
struct feature_reader;

struct feature_reader *feature_reader_new(unsigned news);
void feature_reader_free(struct feature_reader *r);
/*
 * Read doc, whose text is without what spans have.  names: of whose candidates
 * notes are taken, or NULL.  id and date are doc's.  False without memory.
 */
bool features_read(struct feature_reader *r, const struct trawl_doc *doc,
		   const struct span *spans, size_t nspans,
		   const struct name_miner *names, struct features *out);
/* The notes alone, when names were not at hand. */
bool features_read_notes(struct feature_reader *r, const struct trawl_doc *doc,
			 const struct span *spans, size_t nspans,
			 const struct name_miner *names, struct features *out);

#endif
