/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder_parts.h - what builder.c, builder_share.c and builder_finish.c share
 */
#ifndef LIB_BUILDER_PARTS_H
#define LIB_BUILDER_PARTS_H

#include "builder.h"
#include "glass_deflate.h"
#include "glass_postlist.h"
#include "posting_run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <xxhash.h>

struct builder_share {
	struct builder *b;
	struct builder_share *next;
	struct terms terms;
	struct run *run;
	struct run_files **files; /* spilled, in the order of their tickets */
	size_t nfiles, files_alloc;
	struct glass_deflater *deflater; /* or NULL */
	struct buf data, tag;		 /* scratch */
	/* builder_put()'s: */
	uint32_t next_ticket; /* the lowest that may be put */
};

/* Metadata: keys are numbered by keys, and their values are at the same place
 * in value. */
struct builder_metadata {
	struct terms keys;
	struct buf *value;
	size_t n, alloc;
};

struct builder_synonym {
	struct xap_bytes term, synonym;
};

struct builder_synonyms {
	struct arena arena;
	struct builder_synonym *at;
	size_t n, alloc;
};

struct builder {
	char *path;
	struct builder_options options;
	atomic_uint_fast32_t tickets; /* given out */

	pthread_mutex_t lock; /* guards shares */
	struct builder_share *shares;
	atomic_size_t nshares; /* read without it */

	/* Of builder_put(), one thread at a time. */
	uint32_t *docids; /* by ticket; 0: left out */
	size_t docids_alloc;
	struct glass_table *docdata, *termlist;
	struct columns *columns;
	struct builder_metadata metadata;
	struct builder_synonyms synonyms;
	struct glass_version version;
	struct tables_ahead *ahead; /* builder_finish.c's; or NULL */
	XXH3_state_t *content;	    /* of a reproducible one */
	struct buf key, slots;
};

/* builder_synonyms.c */
void builder_synonyms_init(struct builder_synonyms *s);
void builder_synonyms_release(struct builder_synonyms *s);
enum trawl_status builder_synonyms_write(struct builder_synonyms *s,
					 struct glass_table *t,
					 struct trawl_error *err);

/* builder_finish.c: wait for what was begun ahead, and drop it. */
void builder_ahead_free(struct builder *b);

/* builder_share.c */
void builder_shares_free(struct builder *b);
/* Room in docids up to n, zeros. */
bool builder_reserve_tickets(struct builder *b, size_t n);

#endif
