/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prepare.h - a document to what the writer stores; no index is touched
 */
#ifndef LIB_PREPARE_H
#define LIB_PREPARE_H

#include "arena.h"
#include "buf.h"
#include "builder.h"
#include "meta.h"
#include "xap.h"

/*
 * Prepared for a build, it has what builder_put() takes, and of doc its values
 * alone.  Otherwise it has all that a writer puts through Xapian.  Where news is
 * read, there is a pass before that (news_page.h), after which it is a record.
 */
struct trawl_prepared {
	struct arena arena;	 /* everything below lives here ... */
	struct arena bulk;	 /* ... but for doc's data and postings */
	struct xap_document doc; /* terms sorted; Q and XROOT: among them */
	struct built built;	 /* or empty */
	struct buf record;	 /* of the first pass: no doc and built yet */
	bool used_up;		 /* it was put: bulk is no more */
	struct xap_bytes unique; /* the Q term */
	const char *id;
	const char *root; /* or NULL */
	struct state state;
	uint64_t bytes; /* what it holds, or an estimate of what its postings
			 * will cost in Xapian's memory */
	uint64_t long_words;
};

/*
 * trawl_preparer_new() without a writer; meta is read here only.  With a share,
 * which outlives it, documents are inverted into that.
 */
enum trawl_status preparer_new(const struct meta *meta,
			       struct builder_share *share,
			       struct trawl_preparer **out,
			       struct trawl_error *err);

/* The first pass instead: what it prepares is a record of a page, whose names
 * are counted.  Every limit is checked here, so that the second pass refuses
 * nothing. */
struct news_counter;
enum trawl_status preparer_new_page(const struct meta *meta,
				    struct news_counter *counter,
				    struct trawl_preparer **out,
				    struct trawl_error *err);

#endif
