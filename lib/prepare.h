/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prepare.h - a document to what the writer stores; no index is touched
 */
#ifndef LIB_PREPARE_H
#define LIB_PREPARE_H

#include "arena.h"
#include "meta.h"
#include "xap.h"

struct trawl_prepared {
	struct arena arena;	 /* everything below lives here ... */
	struct arena bulk;	 /* ... but for doc's data and postings */
	struct xap_document doc; /* terms sorted; Q and XROOT: among them */
	bool used_up;		 /* it was put: bulk is no more */
	struct xap_bytes unique; /* the Q term */
	const char *id;
	const char *root; /* or NULL */
	struct state state;
	uint64_t bytes; /* estimate of what its postings cost in memory */
	uint64_t long_words;
};

/* trawl_preparer_new() without a writer; meta is read here only. */
enum trawl_status preparer_new(const struct meta *meta,
			       struct trawl_preparer **out,
			       struct trawl_error *err);

#endif
