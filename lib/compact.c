/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compact.c - a generation written anew, smaller
 *
 * Xapian's own compaction writes tables with compression on, whatever they
 * had (its new version file has compress_min 18), and what it compresses it
 * cannot always read back (glass.md, trap 1).  So compression is switched off
 * for what comes later, everything is read once, and when some of it cannot
 * be read, the documents are copied one by one instead.
 */
#include "arena.h"
#include "buf.h"
#include "generation.h"
#include "meta.h"
#include "status.h"
#include "writer.h"

enum {
	DOCIDS = 1024,		  /* listed at a time */
	COPY_BYTES_MAX = 1 << 30, /* of one document */
	COPY_BATCH = 256,	  /* documents a commit */
	METADATA_MAX = 1 << 20,	  /* bytes of one entry */
	METADATA_KEYS_MAX = 1 << 30
};

struct compaction {
	trawl_report *report;
	void *ctx;
	const char *index;
	char from[PATH_MAX], to[PATH_MAX];
	uint32_t number; /* of to */
	uint64_t documents, done;
	struct meta meta;
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

/* -------------------------------------------------------------- copying -- */

struct copy {
	struct compaction *c;
	struct xap_writer *to;
	struct arena arena; /* of one document */
	struct xap_document doc;
	struct xap_posting *posting;
	size_t npostings, postings_alloc;
	uint32_t *position;
	size_t npositions, positions_alloc;
	bool nomem;
};

static bool copy_data(void *ctx, const char *data, size_t len)
{
	struct copy *copy = ctx;

	copy->doc.data.data = arena_strndup(&copy->arena, data, len);
	copy->doc.data.len = len;
	return false;
}

static bool copy_term(void *ctx, const char *term, size_t len, uint32_t wdf,
		      uint32_t termfreq)
{
	struct copy *copy = ctx;

	(void)termfreq;
	if (copy->npostings == copy->postings_alloc) {
		size_t want =
			copy->postings_alloc ? 2 * copy->postings_alloc : 1024;
		void *grown =
			realloc(copy->posting, want * sizeof(*copy->posting));

		copy->nomem = !grown;
		if (!grown)
			return false;
		copy->posting = grown;
		copy->postings_alloc = want;
	}
	copy->posting[copy->npostings++] = (struct xap_posting){
		.term = { arena_strndup(&copy->arena, term, len), len },
		.wdf = wdf,
	};
	return true;
}

static bool copy_position(void *ctx, uint32_t position)
{
	struct copy *copy = ctx;

	if (copy->npositions == copy->positions_alloc) {
		size_t want = copy->positions_alloc ? 2 * copy->positions_alloc
						    : 1024;
		void *grown =
			realloc(copy->position, want * sizeof(*copy->position));

		copy->nomem = !grown;
		if (!grown)
			return false;
		copy->position = grown;
		copy->positions_alloc = want;
	}
	copy->position[copy->npositions++] = position;
	return true;
}

/* In arena, since the list it was read into is used for the next term. */
static enum trawl_status copy_positions(struct copy *copy, struct xap_db *db,
					uint32_t docid, struct xap_posting *p,
					struct trawl_error *err)
{
	uint32_t *list;
	enum trawl_status st;

	copy->npositions = 0;
	st = xap_db_positions(db, docid, p->term.data, p->term.len,
			      copy_position, copy, err);
	if (st != TRAWL_OK || !copy->npositions)
		return st;
	list = arena_zalloc(&copy->arena, copy->npositions, sizeof(*list));
	if (!list)
		return fail_nomem(err);
	memcpy(list, copy->position, copy->npositions * sizeof(*list));
	p->positions = list;
	p->npositions = copy->npositions;
	return TRAWL_OK;
}

struct value_copy {
	struct copy *copy;
	struct xap_value *value;
	size_t n;
	uint32_t slot;
};

static bool copy_value(void *ctx, const char *data, size_t len)
{
	struct value_copy *values = ctx;

	if (len)
		values->value[values->n++] = (struct xap_value){
			.slot = values->slot,
			.value = { arena_strndup(&values->copy->arena, data,
						 len),
				   len },
		};
	return false;
}

/* The slots of our own and of the schema: there are no others. */
static enum trawl_status copy_values(struct copy *copy, struct xap_db *db,
				     uint32_t docid, struct trawl_error *err)
{
	const struct schema *s = &copy->c->meta.schema;
	struct value_copy values = { .copy = copy };
	enum trawl_status st = TRAWL_OK;

	values.value = arena_zalloc(&copy->arena, SLOT_USER + SCHEMA_FIELDS_MAX,
				    sizeof(*values.value));
	if (!values.value)
		return fail_nomem(err);
	for (values.slot = 0; st == TRAWL_OK && values.slot < SLOT_USER;
	     values.slot++)
		st = xap_db_value(db, docid, values.slot, copy_value, &values,
				  err);
	for (size_t i = 0; st == TRAWL_OK && i < s->nfields; i++) {
		if (s->field[i].slot < SLOT_USER)
			continue;
		values.slot = (uint32_t)s->field[i].slot;
		st = xap_db_value(db, docid, values.slot, copy_value, &values,
				  err);
	}
	copy->doc.values = values.value;
	copy->doc.nvalues = values.n;
	return st;
}

static const struct xap_bytes *unique_term(const struct copy *copy)
{
	for (size_t i = 0; i < copy->npostings; i++)
		if (copy->posting[i].term.data &&
		    *copy->posting[i].term.data == *TERM_ID)
			return &copy->posting[i].term;
	return NULL;
}

static enum trawl_status read_whole(struct copy *copy, struct xap_db *db,
				    uint32_t docid, struct trawl_error *err)
{
	enum trawl_status st;

	arena_reset(&copy->arena);
	copy->npostings = 0;
	st = xap_db_data(db, docid, copy_data, copy, err);
	if (st == TRAWL_OK)
		st = xap_db_termlist(db, docid, false, copy_term, copy, err);
	for (size_t i = 0; st == TRAWL_OK && i < copy->npostings; i++)
		st = copy_positions(copy, db, docid, &copy->posting[i], err);
	if (st == TRAWL_OK)
		st = copy_values(copy, db, docid, err);
	copy->doc.postings = copy->posting;
	copy->doc.npostings = copy->npostings;
	if (st == TRAWL_OK && (copy->nomem || copy->arena.failed))
		st = fail_nomem(err);
	return st;
}

static enum trawl_status copy_document(void *ctx, struct xap_db *db,
				       uint32_t docid, struct trawl_error *err)
{
	struct copy *copy = ctx;
	const struct xap_bytes *unique;
	uint32_t made;
	enum trawl_status st = read_whole(copy, db, docid, err);

	if (st != TRAWL_OK)
		return st;
	unique = unique_term(copy);
	if (!unique)
		return fail(err, TRAWL_CORRUPT, "document %u has no id", docid);
	st = xap_writer_put(copy->to, unique->data, unique->len, &copy->doc,
			    &made, err);
	copy->c->done++;
	if (st == TRAWL_OK && copy->c->done % COPY_BATCH == 0)
		st = xap_writer_commit(copy->to, err);
	return st;
}

static bool collect_key(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	buf_addc(ctx, '\n');
	return true;
}

static bool collect_value(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	return false;
}

static enum trawl_status copy_metadata(struct xap_db *db, struct xap_writer *to,
				       struct trawl_error *err)
{
	struct buf keys = BUF_INIT(METADATA_KEYS_MAX);
	struct buf value = BUF_INIT(METADATA_MAX);
	enum trawl_status st;

	st = xap_db_metadata_keys(db, "trawl.", 6, collect_key, &keys, err);
	if (st == TRAWL_OK && keys.failed)
		st = fail_nomem(err);
	for (const char *at = keys.data; st == TRAWL_OK && *at;) {
		size_t len = strcspn(at, "\n");

		buf_reset(&value);
		st = xap_db_metadata(db, at, len, collect_value, &value, err);
		if (st == TRAWL_OK && value.failed)
			st = fail_nomem(err);
		if (st == TRAWL_OK)
			st = xap_writer_set_metadata(to, at, len, value.data,
						     value.len, err);
		at += len + 1;
	}
	buf_release(&keys);
	buf_release(&value);
	return st;
}

static enum trawl_status copy_all(struct compaction *c, struct xap_db *db,
				  struct trawl_error *err)
{
	struct copy copy = { .c = c };
	enum trawl_status st;

	st = database_create(c->to, &c->meta, err);
	if (st == TRAWL_OK)
		st = xap_writer_open(c->to, XAP_OPEN, true, &copy.to, err);
	if (st != TRAWL_OK)
		return st;
	arena_init(&copy.arena, COPY_BYTES_MAX);
	c->done = 0;
	st = copy_metadata(db, copy.to, err);
	if (st == TRAWL_OK)
		st = each_document(db, copy_document, &copy, err);
	if (st == TRAWL_OK)
		st = xap_writer_commit(copy.to, err);
	if (st != TRAWL_NOMEM) /* xap.h: leaked then */
		xap_writer_free(copy.to);
	arena_release(&copy.arena);
	free(copy.posting);
	free(copy.position);
	return st;
}

/* ----------------------------------------------------------- the whole -- */

static enum trawl_status compact_tables(struct compaction *c,
					const struct xap_facts *before,
					struct trawl_error *err)
{
	enum trawl_status st;

	tell(c, "compacting", 0);
	st = xap_compact(c->from, c->to, err);
	if (st == TRAWL_OK)
		st = generation_never_compress(c->to, err);
	tell(c, "reading everything back", 0.5);
	return st == TRAWL_OK ? verify(c, before, err) : st;
}

static enum trawl_status write_generation(struct compaction *c,
					  struct xap_db *db,
					  struct trawl_error *err)
{
	struct xap_facts before = { 0 };
	enum trawl_status st = xap_db_facts(db, &before, err);

	if (st == TRAWL_OK)
		st = meta_read(db, &c->meta, err);
	if (st == TRAWL_OK)
		st = compact_tables(c, &before, err);
	if (st == TRAWL_CORRUPT) {
		tell(c, "copying each document instead", 0.6);
		st = generation_clean(c->index, c->number - 1, true, err);
		if (st == TRAWL_OK)
			st = copy_all(c, db, err);
		if (st == TRAWL_OK)
			st = verify(c, &before, err);
	}
	tell(c, "syncing", 0.9);
	return st == TRAWL_OK ? sync_directory(c->to, true, err) : st;
}

static enum trawl_status compact_locked(struct compaction *c,
					struct trawl_error *err)
{
	struct xap_db *db = NULL;
	uint32_t number;
	enum trawl_status st;

	st = generation_current(c->index, &number, c->from, err);
	if (st == TRAWL_OK)
		st = generation_clean(c->index, number, false, err);
	if (st != TRAWL_OK)
		return st;
	c->number = number + 1;
	generation_path(c->index, c->number, c->to);
	st = xap_db_open(c->from, &db, err);
	if (st == TRAWL_OK)
		st = write_generation(c, db, err);
	if (st == TRAWL_OK)
		st = sync_directory(c->index, false, err);
	if (st == TRAWL_OK)
		st = generation_switch(c->index, c->number, err);
	else if (db)
		generation_clean(c->index, number, true, NULL);
	xap_db_free(db);
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
	meta_release(&c.meta);
	if (st != TRAWL_OK)
		return fail(err, st, "%s: %s", path, why.text);
	tell(&c, "done", 1);
	return TRAWL_OK;
}
