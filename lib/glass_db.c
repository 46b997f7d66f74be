/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshot is that of one version file.  The commit after it leaves its
 * blocks alone; later ones overwrite those that are free by then, and a block
 * carries the revision it was written at.  So what is wrong with a block is put
 * down to damage only when the version file is still the same; and one that was
 * old in front and new behind when it was read is told by that, too: what is
 * read counts once glass_db_settle() has found the version file unchanged.
 */
#include "glass_db_parts.h"

#include "generation.h"
#include "glass_cache.h"
#include "glass_item.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <unistd.h>

struct glass_db {
	enum trawl_status st;
	struct trawl_error err;
	char dir[PATH_MAX];
	struct glass_version version;
	int fd[GLASS_TABLES];
	struct glass_cache *cache;
	struct pin commit; /* the version file: each commit makes another */
	bool unsettled;	   /* blocks were read since it was looked at */
	struct libdeflate_decompressor *inflater;
};

/* ------------------------------------------------------------- failing -- */

/* Has the database been committed to, or replaced, since it was opened? */
static bool has_moved_on(const struct glass_db *db)
{
	struct glass_version now;

	return glass_version_read(db->dir, &now, NULL) == TRAWL_OK &&
	       (now.revision != db->version.revision ||
		memcmp(now.uuid, db->version.uuid, sizeof(now.uuid)) != 0);
}

static bool stale(struct glass_db *db)
{
	db->st = fail(&db->err, TRAWL_STALE,
		      "%s was committed to while it was read: open it again",
		      db->dir);
	return false;
}

static bool corrupt(struct glass_db *db, enum glass_table_id table,
		    const char *what)
{
	if (db->st != TRAWL_OK)
		return false;
	if (has_moved_on(db))
		return stale(db);
	db->st = fail(&db->err, TRAWL_CORRUPT,
		      "%s/%s.glass is damaged: %s: rebuild the index", db->dir,
		      glass_table_names[table], what);
	return false;
}

static bool corrupt_block(struct glass_db *db, enum glass_table_id table,
			  uint32_t number, const char *what)
{
	char text[128];

	snprintf(text, sizeof(text), "block %u: %s", (unsigned)number, what);
	return corrupt(db, table, text);
}

static bool fail_io(struct glass_db *db, enum glass_table_id table,
		    const char *what)
{
	int e = errno;

	if (db->st == TRAWL_OK)
		db->st = fail(&db->err, TRAWL_IO, "cannot %s %s/%s.glass: %s",
			      what, db->dir, glass_table_names[table],
			      strerror(e));
	return false;
}

bool glass_db_corrupt(struct glass_db *db, enum glass_table_id table,
		      const char *what)
{
	return corrupt(db, table, what);
}

bool glass_db_nomem(struct glass_db *db)
{
	if (db->st == TRAWL_OK)
		db->st = fail_nomem(&db->err);
	return false;
}

enum trawl_status glass_db_status(const struct glass_db *db,
				  struct trawl_error *err)
{
	return db->st == TRAWL_OK ? TRAWL_OK
				  : fail(err, db->st, "%s", db->err.text);
}

void glass_db_forget(struct glass_db *db)
{
	db->st = TRAWL_OK;
}

/* Has nothing been committed since the version file was read? */
static bool is_current(const struct glass_db *db)
{
	return pin_holds(&db->commit) || !has_moved_on(db);
}

bool glass_db_settle(struct glass_db *db)
{
	if (!db->unsettled)
		return true;
	db->unsettled = false;
	return is_current(db) || stale(db);
}

/* ------------------------------------------------------------- opening -- */

static bool open_table(struct glass_db *db, enum glass_table_id table)
{
	const struct glass_root *root = &db->version.root[table];
	char path[PATH_MAX];
	int n;

	if (!root->there)
		return true;
	if (!glass_root_check(root))
		return corrupt(db, table, "no such root is possible");
	n = snprintf(path, sizeof(path), "%s/%s.glass", db->dir,
		     glass_table_names[table]);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return fail_io(db, table, "open");
	}
	db->fd[table] = open(path, O_RDONLY | O_CLOEXEC);
	if (db->fd[table] < 0 && errno == ENOENT)
		return corrupt(db, table, "there is no such file");
	return db->fd[table] >= 0 || fail_io(db, table, "open");
}

static bool open_all(struct glass_db *db)
{
	for (int i = 0; i < GLASS_TABLES; i++)
		if (!open_table(db, (enum glass_table_id)i))
			return false;
	if (!is_current(db))
		return stale(db);
	db->cache = glass_cache_new(glass_cache_room());
	db->inflater = libdeflate_alloc_decompressor();
	return (db->cache && db->inflater) || glass_db_nomem(db);
}

static enum trawl_status read_version(struct glass_db *db,
				      struct trawl_error *err)
{
	pin_commit(&db->commit, db->dir);
	return glass_version_read(db->dir, &db->version, err);
}

enum trawl_status glass_db_open(const char *dir, struct glass_db **out,
				struct trawl_error *err)
{
	struct glass_db *db = calloc(1, sizeof(*db));
	enum trawl_status st;
	int n;

	if (!db)
		return fail_nomem(err);
	for (int i = 0; i < GLASS_TABLES; i++)
		db->fd[i] = -1;
	n = snprintf(db->dir, sizeof(db->dir), "%s", dir);
	if (n < 0 || (size_t)n >= sizeof(db->dir))
		st = fail(err, TRAWL_IO, "%s: the path is too long", dir);
	else
		st = read_version(db, err);
	if (st == TRAWL_OK && !open_all(db))
		st = glass_db_status(db, err);
	if (st == TRAWL_OK)
		*out = db;
	else
		glass_db_close(db);
	return st;
}

void glass_db_close(struct glass_db *db)
{
	if (!db)
		return;
	for (int i = 0; i < GLASS_TABLES; i++)
		if (db->fd[i] >= 0)
			close(db->fd[i]);
	glass_cache_free(db->cache);
	libdeflate_free_decompressor(db->inflater);
	pin_release(&db->commit);
	free(db);
}

bool glass_db_cache_size(struct glass_db *db, size_t size)
{
	struct glass_cache *c = glass_cache_new(size);

	if (!c)
		return glass_db_nomem(db);
	glass_cache_free(db->cache);
	db->cache = c;
	return true;
}

const struct glass_version *glass_db_version(const struct glass_db *db)
{
	return &db->version;
}

const struct glass_cache_counts *glass_db_cache(const struct glass_db *db)
{
	return glass_cache_counts(db->cache);
}

const struct glass_root *glass_db_root(const struct glass_db *db,
				       enum glass_table_id table)
{
	return db->fd[table] >= 0 ? &db->version.root[table] : NULL;
}

/* -------------------------------------------------------------- blocks -- */

static bool read_bytes(struct glass_db *db, const struct glass_block *b,
		       unsigned char *bytes, size_t size)
{
	off_t start = (off_t)b->number * (off_t)b->size;

	for (size_t got = 0; got < size;) {
		ssize_t n = pread(db->fd[b->table], bytes + got, size - got,
				  start + (off_t)got);

		if (n < 0 && errno != EINTR)
			return fail_io(db, b->table, "read");
		if (!n)
			return corrupt_block(db, b->table, b->number,
					     "behind the file's end");
		got += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool read_block(struct glass_db *db, struct glass_block *b,
		       unsigned level)
{
	const char *why;

	db->unsettled = true;
	if (!read_bytes(db, b, b->bytes, b->size))
		return false;
	if (get32(b->bytes) > db->version.revision)
		why = "it is newer than the tree";
	else
		why = glass_block_check(b->bytes, b->size, level);
	if (why)
		return corrupt_block(db, b->table, b->number, why);
	b->level = level;
	b->count = glass_block_count(b->bytes);
	return true;
}

static struct glass_block *load(struct glass_db *db, enum glass_table_id table,
				uint32_t number, unsigned level)
{
	const struct glass_root *root = &db->version.root[table];
	struct glass_block *b;

	if (number >= root->blocks) {
		corrupt_block(db, table, number, "there is none");
		return NULL;
	}
	b = glass_cache_add(db->cache, table, number, root->block_size);
	if (!b) {
		glass_db_nomem(db);
		return NULL;
	}
	if (read_block(db, b, level))
		return b;
	glass_cache_drop(db->cache, b);
	return NULL;
}

struct glass_block *glass_db_block(struct glass_db *db,
				   enum glass_table_id table, uint32_t number,
				   unsigned level)
{
	struct glass_block *b = glass_cache_find(db->cache, table, number);

	if (!b)
		return load(db, table, number, level);
	if (b->level == level)
		return b;
	glass_cache_let_go(b);
	corrupt_block(db, table, number, "its level is not as it must be");
	return NULL;
}

bool glass_db_inflate(struct glass_db *db, enum glass_table_id table,
		      const unsigned char *tag, size_t taglen,
		      unsigned char **plain, size_t *room, size_t *plain_len)
{
	const char *why = NULL;
	enum trawl_status st = glass_inflate(db->inflater, tag, taglen, plain,
					     room, plain_len, &why);

	if (st == TRAWL_OK)
		return true;
	return st == TRAWL_NOMEM ? glass_db_nomem(db) : corrupt(db, table, why);
}
