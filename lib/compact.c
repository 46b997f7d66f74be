/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compact.c - a generation written anew, smaller
 *
 * Its tables are joined with none (glass_join.h).  Then everything is read
 * once, through Xapian, before the stub names it.
 */
#include "generation.h"
#include "glass_join.h"
#include "meta.h"
#include "status.h"
#include "writer_parts.h"

enum {
	DOCIDS = 1024, /* listed at a time */
	DEFLATE = 1    /* level: 6 saves 1 % more, in half as long again */
};

struct compaction {
	trawl_report *report;
	void *ctx;
	const char *index;
	char from[PATH_MAX], to[PATH_MAX];
	uint64_t done;
};

static void tell(const struct compaction *c, const char *line, double progress)
{
	if (c->report)
		c->report(c->ctx, line, progress);
}

/* Documents, some at a time: a callback must not use the handle again. */
struct docids {
	uint32_t docid[DOCIDS];
	size_t n;
};

static bool take_docid(void *ctx, uint32_t docid)
{
	struct docids *list = ctx;

	list->docid[list->n++] = docid;
	return list->n < DOCIDS;
}

typedef enum trawl_status visit_document(void *ctx, struct xap_db *db,
					 uint32_t docid,
					 struct trawl_error *err);

static enum trawl_status each_document(struct xap_db *db, visit_document *visit,
				       void *ctx, struct trawl_error *err)
{
	struct docids list;
	uint32_t from = 0;
	enum trawl_status st;

	do {
		list.n = 0;
		st = xap_db_postings(db, "", 0, from, take_docid, &list, err);
		for (size_t i = 0; st == TRAWL_OK && i < list.n; i++) {
			st = visit(ctx, db, list.docid[i], err);
			from = list.docid[i] + 1;
		}
		/* 0: that was the last there can be. */
	} while (st == TRAWL_OK && list.n == DOCIDS && from);
	return st;
}

/* -------------------------------------------------------------- reading -- */

static bool look_at_bytes(void *ctx, const char *data, size_t len)
{
	(void)ctx;
	(void)data;
	(void)len;
	return true;
}

static bool look_at_term(void *ctx, const char *term, size_t len, uint32_t wdf,
			 uint32_t termfreq)
{
	(void)ctx;
	(void)term;
	(void)len;
	(void)wdf;
	(void)termfreq;
	return true;
}

static enum trawl_status read_document(void *ctx, struct xap_db *db,
				       uint32_t docid, struct trawl_error *err)
{
	struct compaction *c = ctx;
	enum trawl_status st;

	st = xap_db_data(db, docid, look_at_bytes, NULL, err);
	if (st == TRAWL_OK)
		st = xap_db_termlist(db, docid, false, look_at_term, NULL, err);
	c->done++;
	return st;
}

/* Everything can be read, and as much as there was before. */
static enum trawl_status verify(struct compaction *c,
				const struct xap_facts *before,
				struct trawl_error *err)
{
	struct xap_facts after = { 0 };
	struct meta meta = { 0 };
	struct xap_db *db = NULL;
	enum trawl_status st = xap_db_open(c->to, &db, err);

	c->done = 0;
	if (st == TRAWL_OK)
		st = xap_db_facts(db, &after, err);
	if (st == TRAWL_OK)
		st = meta_read(db, &meta, err);
	if (st == TRAWL_OK)
		st = each_document(db, read_document, c, err);
	if (st == TRAWL_OK && (after.documents != before->documents ||
			       after.total_length != before->total_length ||
			       c->done != before->documents))
		st = fail(err, TRAWL_CORRUPT,
			  "%llu documents went in, %llu came out",
			  (unsigned long long)before->documents,
			  (unsigned long long)c->done);
	meta_release(&meta);
	xap_db_free(db);
	return st;
}

/* ----------------------------------------------------------- the whole -- */

static enum trawl_status write_generation(struct compaction *c,
					  const struct xap_facts *before,
					  struct trawl_error *err)
{
	const struct glass_part part = { .path = c->from };
	const struct glass_join_options options = { .beside = true,
						    .compress = DEFLATE };
	enum trawl_status st;

	tell(c, "compacting", 0);
	st = make_directory(c->to, err);
	if (st == TRAWL_OK)
		st = glass_join(&part, 1, c->to, &options, NULL, err);
	if (st != TRAWL_OK)
		return st;
	tell(c, "reading everything back", 0.5);
	st = verify(c, before, err);
	tell(c, "syncing", 0.9);
	return st == TRAWL_OK ? sync_directory(c->to, true, err) : st;
}

static enum trawl_status read_facts(const char *path, struct xap_facts *out,
				    struct trawl_error *err)
{
	struct meta meta = { 0 };
	struct xap_db *db = NULL;
	enum trawl_status st = xap_db_open(path, &db, err);

	if (st == TRAWL_OK)
		st = xap_db_facts(db, out, err);
	if (st == TRAWL_OK)
		st = meta_read(db, &meta, err);
	meta_release(&meta);
	xap_db_free(db);
	return st;
}

static enum trawl_status compact_locked(struct compaction *c,
					struct trawl_error *err)
{
	struct xap_facts before = { 0 };
	uint32_t number;
	enum trawl_status st;

	st = generation_current(c->index, &number, c->from, err);
	if (st == TRAWL_OK)
		st = generation_clean(c->index, number, false, err);
	if (st == TRAWL_OK)
		st = read_facts(c->from, &before, err);
	if (st != TRAWL_OK)
		return st;
	generation_path(c->index, number + 1, c->to);
	st = write_generation(c, &before, err);
	if (st == TRAWL_OK)
		st = sync_directory(c->index, false, err);
	if (st == TRAWL_OK)
		return generation_switch(c->index, number + 1, err);
	generation_clean(c->index, number, true, NULL);
	return st;
}

enum trawl_status trawl_compact(const char *path, bool wait,
				trawl_report *report, void *ctx,
				struct trawl_error *err)
{
	struct compaction c = { .report = report, .ctx = ctx, .index = path };
	struct trawl_error why = { 0 };
	int lock;
	uint32_t number;
	enum trawl_status st;

	if (!path)
		return fail(err, TRAWL_INVAL, "trawl_compact: no path");
	/* Before the lock: taking that would make the directory. */
	st = generation_current(path, &number, c.from, err);
	if (st == TRAWL_OK)
		st = generation_lock(path, wait, &lock, err);
	if (st != TRAWL_OK)
		return st;
	xap_clear_environment();
	st = compact_locked(&c, &why);
	generation_unlock(lock);
	if (st != TRAWL_OK)
		return fail(err, st, "%s: %s", path, why.text);
	tell(&c, "done", 1);
	return TRAWL_OK;
}
