/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.h - an index open for reading: what search, suggest and the others share
 *
 * Staleness is handled here, once: run a body with index_run(), which looks
 * for a newer commit first and, when Xapian says that the snapshot has gone
 * (STALE), refreshes and runs the body again, at most INDEX_RETRIES times.
 */
#ifndef LIB_INDEX_H
#define LIB_INDEX_H

#include "analyze.h"
#include "arena.h"
#include "meta.h"
#include "xap.h"

enum {
	INDEX_RETRIES = 5
};

struct trawl_index {
	char *path;
	uint32_t generation;
	struct xap_db *db;
	struct meta meta;
	struct xap_facts facts; /* of the snapshot that is open */
	char rev[48];
	bool stale_analyzer;
	struct analyzer *analyzer;
	struct trawl_info info;
	struct trawl_field_info fields[SCHEMA_FIELDS_MAX];
	struct arena scratch; /* what the last call lent */
};

typedef enum trawl_status index_body(struct trawl_index *ix, void *arg,
				     struct trawl_error *err);

/*
 * Runs body on a fresh snapshot.  A body that is run again must have undone
 * what it did the first time.
 */
enum trawl_status index_run(struct trawl_index *ix, index_body *body, void *arg,
			    struct trawl_error *err);

/* The document of an id: NOTFOUND when there is none. */
enum trawl_status index_find(struct trawl_index *ix, const char *id,
			     uint32_t *docid, struct trawl_error *err);

/*
 * A document's stored fields and text, read from its data into arena: JSON
 * line, line feed, text.  id is among the fields and taken out.
 */
enum trawl_status index_document(struct trawl_index *ix, uint32_t docid,
				 struct arena *arena, struct trawl_doc *out,
				 struct trawl_error *err);

#endif
