/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * response.h - an answer, wherever it came from
 *
 * It comes as facts and as lines: those that trawl_result_write(),
 * trawl_words_write() and trawl_doc_write() write and a server sends.  For
 * eyes the lines are read into the structs of trawl.h; an index in this
 * process goes the same way, so that both look alike to the last digit.
 */
#ifndef CLIENT_RESPONSE_H
#define CLIENT_RESPONSE_H

#include "arena.h"
#include "buf.h"
#include "source.h"

enum {
	RESPONSE_LINES_MAX = 256 << 20, /* bytes */
	RESPONSE_READ_MAX = 512 << 20
};

struct response {
	struct trawl_head head; /* of a search; of PARSE, read_as */
	const char *index;	/* of GET: which of several, or NULL */
	const char *stale; /* the analyzer of that index is another: its name */
	struct buf lines;
	/* What response_read() found in them. */
	const struct trawl_hit *hits;	    /* head.hits */
	const struct trawl_facet *facets;   /* head.nfacets */
	const struct trawl_bucket *buckets; /* head.nbuckets */
	const struct trawl_word *words;
	size_t nwords;
	struct trawl_doc doc;
	struct arena arena;
};

void response_init(struct response *r);
void response_release(struct response *r);

/* A copy that lives as long as r; NULL of NULL. */
const char *response_keep(struct response *r, const char *s);
/* A sink for the library's writers. */
bool response_sink(void *response, const char *bytes, size_t n);

/* Errors: NOMEM; INTERNAL: the lines are not what they should be. */
enum trawl_status response_read(struct response *r, enum ask ask,
				struct trawl_error *err);

#endif
