/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_db.h - a snapshot of a database, read without Xapian
 *
 * For searching: look-ups of keys, many a query, in blocks that are kept
 * (glass_cache.h).  glass_walk.h is for reading a whole table once.
 *
 * Blocks are copied from the file, never mapped: a file that is cut or changed
 * under the reader is a status, not a signal.  Nothing in them is believed.  A
 * block that is newer than the snapshot has been overwritten by a later commit:
 * STALE.
 *
 * One thread at a time.
 */
#ifndef LIB_GLASS_DB_H
#define LIB_GLASS_DB_H

#include "buf.h"
#include "glass_version.h"

struct glass_db;
struct glass_block; /* lent by the cache: see glass_cache.h */

/*
 * The newest commit of the database in dir.  NOTFOUND: no iamglass; CORRUPT;
 * STALE: it was committed to meanwhile; IO; NOMEM.
 */
enum trawl_status glass_db_open(const char *dir, struct glass_db **out,
				struct trawl_error *err);
/* Cursors must have been released. */
void glass_db_close(struct glass_db *db);
const struct glass_version *glass_db_version(const struct glass_db *db);
const struct glass_cache_counts *glass_db_cache(const struct glass_db *db);

/*
 * The first failure of a cursor since glass_db_forget(): STALE, CORRUPT, IO,
 * NOMEM.  What failed returns false, as "there is none" does: ask here.
 */
enum trawl_status glass_db_status(const struct glass_db *db,
				  struct trawl_error *err);
void glass_db_forget(struct glass_db *db);
/*
 * To be asked once all that is wanted has been read: a commit that came
 * meanwhile may have overwritten blocks while they were read, without a trace.
 * False: it may have, and the status is STALE.  One look at the version file,
 * and none when no block was read.
 */
bool glass_db_settle(struct glass_db *db);
/* For readers of tags: what is stored there makes no sense.  Returns false. */
bool glass_db_corrupt(struct glass_db *db, enum glass_table_id table,
		      const char *what);
bool glass_db_nomem(struct glass_db *db);

/* --------------------------------------------------------------- cursor -- */

struct glass_cursor {
	struct glass_db *db;
	enum glass_table_id table;
	/* Where it stands: an item of a leaf, and the way there.  Blocks are
	 * held (not evicted) until the cursor moves to others. */
	struct {
		struct glass_block *block;
		unsigned at;
	} step[GLASS_LEVELS_MAX];
	bool placed, lost; /* lost: by a failure, until the next seek */
	/* Of the item, after glass_cursor_seek() or glass_cursor_next() said
	 * true; until the cursor moves. */
	const unsigned char *key;
	size_t keylen;
	struct buf joined;    /* a tag of several components */
	unsigned char *plain; /* an inflated one */
	size_t plain_size;
};

void glass_cursor_init(struct glass_cursor *c, struct glass_db *db,
		       enum glass_table_id table);
void glass_cursor_release(struct glass_cursor *c);
/* Another cursor takes its place, and the tag that it read; it stays there
 * without.  to is not initialised. */
void glass_cursor_hand_over(struct glass_cursor *c, struct glass_cursor *to);

/*
 * To the last item whose key is not above key; *exact: it is key.  False: there
 * is none (the cursor then stands before the first), no table, or a failure.
 * Cheap when the item is in the leaf where the cursor stands.
 */
bool glass_cursor_seek(struct glass_cursor *c, const void *key, size_t keylen,
		       bool *exact);
/* To the next item; to the first, when nothing was sought yet.  False at the end,
 * or a failure. */
bool glass_cursor_next(struct glass_cursor *c);
/*
 * The item's tag: put together, and inflated when it is deflated.  Lent until
 * the cursor moves.  After it, where a tag has several components, the cursor
 * still stands on the item.  NULL: a failure.
 */
const unsigned char *glass_cursor_tag(struct glass_cursor *c, size_t *taglen);
/*
 * The same up to that byte, when one of the tag is that, and perhaps more: of a
 * long tag the rest need not be read.
 */
const unsigned char *glass_cursor_tag_to(struct glass_cursor *c, char byte,
					 size_t *len);

#endif
