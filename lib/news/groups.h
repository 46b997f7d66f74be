/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * groups.h - which documents tell one story, and which are copies of one
 *
 * Kept in user metadata, GROUPS_CHUNK docids a key:
 *
 *	trawl.story.0000000A, trawl.copy.0000000A: docids 10 * GROUPS_CHUNK ..
 *
 * 4 bytes a docid, most significant first: the docid that stands for its group,
 * 0 when it is alone; zeros at the end are left out, and so is a chunk of
 * nothing else.  The one that stands for a group has its own docid there.
 */
#ifndef LIB_NEWS_GROUPS_H
#define LIB_NEWS_GROUPS_H

#include "buf.h"
#include "xap.h"

enum group_kind {
	GROUP_STORY,
	GROUP_COPY,
	GROUP_KINDS
};

enum {
	GROUPS_CHUNK = 4096,
	GROUPS_KEY_MAX = 32,
	GROUPS_KEPT_MAX = 64 << 20 /* bytes of chunks that one handle keeps */
};

void groups_key(enum group_kind kind, uint32_t chunk, char out[GROUPS_KEY_MAX]);
/* stands[GROUPS_CHUNK] to the value of a key, "" when nothing stands in it. */
bool groups_print(const uint32_t *stands, struct buf *out);
void groups_parse(const char *value, size_t len, uint32_t *stands);

/* Of one snapshot; chunks are read when they are asked for. */
struct groups;

/* NULL without memory.  db outlives it. */
struct groups *groups_new(struct xap_db *db, enum group_kind kind);
void groups_free(struct groups *g);
/*
 * *stands: the docid that stands for docid's group, docid itself when it is
 * alone, when *grouped is false.  STALE: db's snapshot is gone.
 */
enum trawl_status groups_of(struct groups *g, uint32_t docid, uint32_t *stands,
			    bool *grouped, struct trawl_error *err);
/* Is any document of a group? */
enum trawl_status groups_any(struct groups *g, bool *any,
			     struct trawl_error *err);
/*
 * Each docid of the group that stands stands for, ascending, itself with them;
 * false from each() ends the walk.  Reads every chunk there is.
 */
enum trawl_status groups_members(struct groups *g, uint32_t stands,
				 xap_docid_fn *each, void *ctx,
				 struct trawl_error *err);

#endif
