/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.c - the one writer of an index
 *
 * All changes are in a Xapian transaction, so that what is not committed is
 * dropped whatever happens.  A batch is as many changes as are estimated to
 * hold batch_limit bytes in Xapian's memory.
 *
 * When a change fails, Xapian may have dropped the whole batch: the writer is
 * broken then and can only be closed.  After NOMEM not even that: the handle
 * is leaked, since Xapian's own clean-up is not safe without memory.
 */
#include "writer_parts.h"

#include "arena.h"
#include "buf.h"
#include "builder_guard.h"
#include "generation.h"
#include "prepare.h"
#include "seen.h"
#include "status.h"
#include "utf8.h"

#include <errno.h>
#include <sys/stat.h>

/* Of the end's work: what is done when documents are known to one another. */
static const double PROGRESS_NEWS = 0.9;
static const uint64_t MEMORY_DEFAULT = (uint64_t)512 << 20;
static const uint64_t BATCH_MAX = (uint64_t)256 << 20;
static const uint64_t BATCH_MIN = (uint64_t)1 << 20;

const struct meta *writer_meta(const struct trawl_writer *w)
{
	return &w->meta;
}

/* --------------------------------------------------------------- faults -- */

enum trawl_status writer_usable(const struct trawl_writer *w,
				struct trawl_error *err)
{
	if (!w)
		return fail(err, TRAWL_INVAL, "the writer is NULL");
	if (w->why.text[0])
		return fail(err, TRAWL_INVAL,
			    "this writer failed before and can only be "
			    "closed: %s",
			    w->why.text);
	if (w->done)
		return fail(err, TRAWL_INVAL,
			    "this writer is finished and can only be closed");
	return TRAWL_OK;
}

/* What a call of the shim returned: anything but OK ends the writer. */
enum trawl_status writer_ended(struct trawl_writer *w, enum trawl_status st,
			       const struct trawl_error *why,
			       struct trawl_error *err)
{
	if (st == TRAWL_OK)
		return st;
	fail(&w->why, st, "%s",
	     why->text[0] ? why->text : trawl_status_name(st));
	if (st == TRAWL_NOMEM)
		w->xap = NULL;
	return fail(err, st, "%s: %s", w->index, why->text);
}

enum trawl_status writer_progress(struct trawl_writer *w, double part,
				  struct trawl_error *err)
{
	if (!w->progress || !(w->build || w->builder) ||
	    w->progress(w->progress_ctx, part))
		return TRAWL_OK;
	return fail(err, TRAWL_TIMEOUT, "stopped before its end");
}

/* ----------------------------------------------------------- the start -- */

enum trawl_status make_directory(const char *path, struct trawl_error *err)
{
	if (!mkdir(path, 0777))
		return TRAWL_OK;
	return fail(err, TRAWL_IO, "cannot create %s: %s", path,
		    strerror(errno));
}

/* The rest is for what prepares, and for what waits between threads. */
static uint64_t build_memory(uint64_t memory)
{
	return (memory ? memory : MEMORY_DEFAULT) / 5 * 2;
}

enum trawl_status database_create(const char *path, const struct meta *meta,
				  struct trawl_error *err)
{
	struct meta_entries entries;
	enum trawl_status st = make_directory(path, err);

	meta_entries(meta, &entries);
	return st == TRAWL_OK
		       ? builder_create_empty(path, entries.key, entries.value,
					      entries.n, err)
		       : st;
}

static const int levels[] = {
	[TRAWL_COMPRESS_DEFAULT] = 0,
	[TRAWL_COMPRESS_NONE] = 0,
	[TRAWL_COMPRESS_FAST] = 1,
	[TRAWL_COMPRESS_SMALL] = 9,
};

static enum trawl_status
start_builder(struct trawl_writer *w, const char *path,
	      const struct trawl_writer_options *options,
	      struct trawl_error *err)
{
	const struct builder_options o = {
		.path = path,
		.first_docid = w->last_docid + 1,
		.memory = build_memory(options->memory),
		.threads = options->threads ? options->threads : 1,
		.compress = levels[options->compress],
		.reproducible = options->reproducible,
	};
	struct meta_entries entries;
	enum trawl_status st = make_directory(path, err);

	if (st == TRAWL_OK)
		st = builder_new(&o, &w->builder, err);
	meta_entries(&w->meta, &entries);
	for (size_t i = 0; st == TRAWL_OK && i < entries.n; i++)
		st = builder_set_metadata(
			w->builder, entries.key[i].data, entries.key[i].len,
			entries.value[i].data, entries.value[i].len, err);
	return st;
}

/* Does the Xapian that reads it read what the builder writes? */
static bool may_build(struct trawl_writer *w,
		      const struct trawl_writer_options *options)
{
	struct trawl_error why = { 0 };

	if (options->mode == TRAWL_UPDATE || options->with_api)
		return false;
	if (builder_guard(w->index, generation_highest(w->index) + 1,
			  xap_version(), &why) == TRAWL_OK)
		return true;
	snprintf(w->note, sizeof(w->note),
		 "building slowly, through Xapian: %.200s", why.text);
	return false;
}

static enum trawl_status open_fresh(struct trawl_writer *w,
				    const struct trawl_writer_options *options,
				    struct trawl_error *err)
{
	enum trawl_status st;

	st = meta_init(&w->meta, options->language, options->schema,
		       options->news, err);
	if (st != TRAWL_OK)
		return st;
	w->number = generation_highest(w->index) + 1;
	generation_path(w->index, w->number, w->path);
	w->fresh = true;

	if (may_build(w, options))
		return start_builder(w, w->path, options, err);
	st = database_create(w->path, &w->meta, err);
	return st == TRAWL_OK ? xap_writer_open(w->path, XAP_OPEN, w->build,
						&w->xap, err)
			      : st;
}

/* An existing index keeps its language and schema: others are a mistake. */
static enum trawl_status check_same(const struct trawl_writer *w,
				    const struct trawl_writer_options *options,
				    struct trawl_error *err)
{
	struct meta asked;
	const char *ours = w->meta.schema_text ? w->meta.schema_text : "";
	enum trawl_status st;

	st = meta_init(&asked,
		       options->language ? options->language : w->meta.language,
		       options->schema, options->news, err);
	if (st != TRAWL_OK)
		return st;
	if (strcmp(asked.language, w->meta.language) != 0)
		st = fail(err, TRAWL_MISMATCH,
			  "its language is %s, not %s: build it anew to change "
			  "that",
			  w->meta.language, asked.language);
	else if (options->news && asked.news != w->meta.news)
		st = fail(err, TRAWL_MISMATCH,
			  "it reads news otherwise: build it anew to change "
			  "that");
	else if (options->schema && strcmp(options->schema, ours) != 0)
		st = fail(
			err, TRAWL_MISMATCH,
			"it has another schema: build it anew to change that");
	meta_release(&asked);
	return st;
}

static enum trawl_status
open_current(struct trawl_writer *w, const struct trawl_writer_options *options,
	     struct trawl_error *err)
{
	enum trawl_status st;

	st = xap_writer_open(w->path, XAP_OPEN, false, &w->xap, err);
	if (st == TRAWL_NOTFOUND)
		st = TRAWL_CORRUPT; /* the stub named it */
	if (st == TRAWL_OK)
		generation_trim(w->path);
	if (st == TRAWL_OK)
		st = meta_read(xap_writer_db(w->xap), &w->meta, err);
	if (st == TRAWL_OK)
		st = meta_check_analyzer(&w->meta, err);
	return st == TRAWL_OK ? check_same(w, options, err) : st;
}

bool writer_note_any(void *ctx, const char *data, size_t len)
{
	(void)data;
	(void)len;
	*(bool *)ctx = true;
	return false;
}

static enum trawl_status
open_rewrite(struct trawl_writer *w, const struct trawl_writer_options *options,
	     struct trawl_error *err)
{
	char added[PATH_MAX];
	enum trawl_status st = rewrite_open(w, err);

	if (st == TRAWL_OK)
		st = check_same(w, options, err);
	if (st != TRAWL_OK)
		return st;
	w->fresh = true;
	generation_path(w->index, w->number + 1, added);
	return start_builder(w, added, options, err);
}

struct xap_db *writer_db(const struct trawl_writer *w)
{
	return w->base || !w->xap ? w->base : xap_writer_db(w->xap);
}

static enum trawl_status note_facts(struct trawl_writer *w,
				    struct trawl_error *err)
{
	struct xap_facts facts;
	struct xap_db *db;
	enum trawl_status st;

	if (w->builder)
		return TRAWL_OK;
	db = xap_writer_db(w->xap);
	st = xap_db_facts(db, &facts, err);
	if (st != TRAWL_OK)
		return st;
	w->documents = facts.documents;
	w->last_docid = facts.last_docid;
	return xap_db_metadata_keys(db, META_FAILED, strlen(META_FAILED),
				    writer_note_any, &w->has_failures, err);
}

/*
 * The generation to write: the current one, or a new one.  A build leaves a
 * stub that cannot be read alone until it can replace it.
 */
static enum trawl_status
open_generation(struct trawl_writer *w,
		const struct trawl_writer_options *options,
		struct trawl_error *err)
{
	enum trawl_status st, found;

	found = generation_current(w->index, &w->number, w->path, err);
	if (found == TRAWL_NOTFOUND)
		st = generation_clean(w->index, 0, false, err);
	else if (found == TRAWL_CORRUPT && options->mode == TRAWL_BUILD)
		st = TRAWL_OK;
	else if (found == TRAWL_OK)
		st = generation_clean(w->index, w->number,
				      options->mode == TRAWL_UPDATE, err);
	else
		return found;
	if (st == TRAWL_OK && found == TRAWL_OK && !w->build)
		st = may_build(w, options) ? open_rewrite(w, options, err)
					   : open_current(w, options, err);
	else if (st == TRAWL_OK)
		st = open_fresh(w, options, err);
	return st == TRAWL_OK ? note_facts(w, err) : st;
}

/*
 * Not all that memory would allow: Xapian's maps of what waits are the faster
 * the smaller they are.  32 MiB was the best of 8 to 128 for 22 MB of newspaper
 * pages, and 16 not much better for 5 MB of news.
 */
static uint64_t batch_limit(uint64_t memory)
{
	uint64_t limit = (memory ? memory : MEMORY_DEFAULT) / 16;

	if (limit > BATCH_MAX)
		return BATCH_MAX;
	return limit < BATCH_MIN ? BATCH_MIN : limit;
}

/* Before there is a directory for them. */
static enum trawl_status check_options(const struct trawl_writer_options *o,
				       struct trawl_error *err)
{
	struct meta meta = { 0 };
	enum trawl_status st =
		meta_init(&meta, o->language, o->schema, o->news, err);

	meta_release(&meta);
	return st;
}

enum trawl_status trawl_writer_open(const char *path,
				    const struct trawl_writer_options *options,
				    struct trawl_writer **out,
				    struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct trawl_writer *w;
	enum trawl_status st;

	if (!path || !options || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_writer_open: an argument is NULL");
	st = check_options(options, err);
	if (st != TRAWL_OK)
		return st;
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail_nomem(err);
	w->lock = -1;
	w->index = strdup(path);
	w->build = options->mode == TRAWL_BUILD;
	w->batch_limit = batch_limit(options->memory);
	w->memory = options->memory ? options->memory : MEMORY_DEFAULT;
	w->threads = options->threads ? options->threads : 1;
	w->progress = options->progress;
	w->progress_ctx = options->progress_ctx;
	arena_init(&w->samples_arena, (size_t)SAMPLES_MAX * 1024);
	xap_clear_environment();
	st = w->index ? generation_lock(path, options->wait, &w->lock, err)
		      : fail_nomem(err);
	if (st == TRAWL_OK) {
		st = open_generation(w, options, &why);
		if (st == TRAWL_OK && w->meta.news)
			st = news_open(w, &why);
		if (st != TRAWL_OK)
			fail(err, st, "%s: %s", path, why.text);
	}
	if (st == TRAWL_OK) {
		*out = w;
		return TRAWL_OK;
	}
	if (st == TRAWL_NOMEM)
		w->xap = NULL; /* leaked: see above */
	trawl_writer_close(w);
	return st;
}

/* A switch that failed half-way may have named it already. */
static void drop_fresh(struct trawl_writer *w)
{
	char path[PATH_MAX];
	uint32_t number;

	if (!w->fresh ||
	    (generation_current(w->index, &number, path, NULL) == TRAWL_OK &&
	     number == w->number))
		return;
	generation_remove(w->index, w->number, NULL);
}

/* What a failure has left on a disk that may be full because of it. */
static void trim_failed(const struct trawl_writer *w)
{
	struct xap_writer *xap;

	if (w->fresh || w->build || !w->why.text[0] || !w->xap ||
	    xap_writer_open(w->path, XAP_OPEN, false, &xap, NULL) != TRAWL_OK)
		return;
	generation_trim(w->path);
	xap_writer_free(xap);
}

void trawl_writer_close(struct trawl_writer *w)
{
	if (!w)
		return;
	news_close(w);
	xap_writer_free(w->xap);
	builder_free(w->builder);
	rewrite_close(w);
	trim_failed(w);
	drop_fresh(w);
	generation_unlock(w->lock);
	meta_release(&w->meta);
	docid_set_release(&w->put);
	docid_set_release(&w->kept);
	name_set_release(&w->ids);
	name_set_release(&w->failures);
	name_set_release(&w->inputs);
	arena_release(&w->samples_arena);
	free(w->index);
	free(w);
}

/* ------------------------------------------------------------- commits -- */

static enum trawl_status commit(struct trawl_writer *w, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (w->builder)
		return TRAWL_OK;
	st = xap_writer_commit(w->xap, &why);
	/* Xapian syncs its files, but not their names. */
	if (st == TRAWL_OK && !w->build)
		st = sync_directory(w->path, false, &why);
	if (st == TRAWL_OK && !w->build && w->fresh)
		st = generation_switch(w->index, w->number, &why);
	if (st != TRAWL_OK)
		return writer_ended(w, st, &why, err);
	if (!w->build)
		w->fresh = false;
	w->batch = 0;
	w->commits++;
	return TRAWL_OK;
}

enum trawl_status trawl_writer_commit(struct trawl_writer *w,
				      struct trawl_error *err)
{
	enum trawl_status st = writer_usable(w, err);

	if (st != TRAWL_OK || w->builder || w->build)
		return st;
	if (w->news)
		st = news_flush(w, err);
	if (st == TRAWL_OK)
		st = news_regroup(w, err);
	return st == TRAWL_OK ? commit(w, err) : st;
}

/* bytes: of the change that comes next, or 0 after the last. */
enum trawl_status writer_commit_if_full(struct trawl_writer *w, uint64_t bytes,
					struct trawl_error *err)
{
	bool full = w->batch >= w->batch_limit ||
		    (w->batch && w->batch + bytes > w->batch_limit);

	return full ? commit(w, err) : TRAWL_OK;
}

const char *trawl_writer_note(const struct trawl_writer *w)
{
	return w && w->note[0] ? w->note : NULL;
}

enum trawl_status writer_share_new(struct trawl_writer *w,
				   struct builder_share **out,
				   struct trawl_error *err)
{
	*out = NULL;
	return w->builder ? builder_share_new(w->builder, out, err) : TRAWL_OK;
}

void trawl_writer_count(const struct trawl_writer *w,
			struct trawl_writer_stats *out)
{
	if (!w || !out)
		return;
	*out = (struct trawl_writer_stats){
		.documents = w->documents + news_pending(w),
		.commits = w->commits,
		.batch_bytes = w->batch,
		.long_words = news_long_words(w),
	};
}

/* ------------------------------------------------------------- the end -- */

static bool note_length(void *ctx, const char *data, size_t len)
{
	(void)data;
	*(size_t *)ctx = len;
	return false;
}

/* Some of the documents: the first, the last, and a few ids between. */
static enum trawl_status verify_documents(struct trawl_writer *w,
					  struct xap_db *db,
					  struct trawl_error *err)
{
	uint32_t docid = 0;
	size_t len = 0;
	enum trawl_status st;

	st = xap_db_postings(db, "", 0, 0, writer_take_docid, &docid, err);
	if (st == TRAWL_OK)
		st = xap_db_data(db, docid, note_length, &len, err);
	if (st == TRAWL_OK && !len)
		return fail(err, TRAWL_CORRUPT, "its first document is empty");
	if (st == TRAWL_OK && !w->nsamples && w->last_docid == w->documents)
		st = xap_db_data(db, w->last_docid, note_length, &len, err);
	for (size_t i = 0; st == TRAWL_OK && i < w->nsamples; i++) {
		docid = 0;
		st = xap_db_postings(db, w->samples[i].data, w->samples[i].len,
				     0, writer_take_docid, &docid, err);
		if (st == TRAWL_OK && !docid)
			return fail(err, TRAWL_CORRUPT, "an id is missing");
		if (st == TRAWL_OK)
			st = xap_db_data(db, docid, note_length, &len, err);
	}
	return st;
}

static enum trawl_status verify(struct trawl_writer *w, struct trawl_error *err)
{
	struct xap_facts facts = { 0 };
	struct meta meta = { 0 };
	struct xap_db *db = NULL;
	enum trawl_status st;

	st = xap_db_open(w->path, &db, err);
	if (st == TRAWL_OK)
		st = xap_db_facts(db, &facts, err);
	if (st == TRAWL_OK && facts.documents != w->documents)
		st = fail(err, TRAWL_CORRUPT,
			  "%llu documents were written, %llu are there",
			  (unsigned long long)w->documents,
			  (unsigned long long)facts.documents);
	if (st == TRAWL_OK)
		st = meta_read(db, &meta, err);
	if (st == TRAWL_OK && w->documents)
		st = verify_documents(w, db, err);
	xap_db_free(db);
	meta_release(&meta);
	return st;
}

static enum trawl_status finish_xapian(struct trawl_writer *w,
				       struct trawl_error *err)
{
	enum trawl_status st = xap_writer_commit(w->xap, err);

	if (st != TRAWL_OK)
		return st;
	w->commits++;
	xap_writer_free(w->xap);
	w->xap = NULL;
	return sync_directory(w->path, true, err);
}

static enum trawl_status finish_build(struct trawl_writer *w,
				      struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (!w->documents && w->build) {
		w->done = true;
		return fail(err, TRAWL_NOTFOUND,
			    "%s: no documents: the index stays as it was",
			    w->index);
	}
	st = w->builder && w->news
		     ? builder_finish_ahead(w->builder, !w->base, &why)
		     : TRAWL_OK;
	if (st == TRAWL_OK && w->news)
		st = news_finish(w, &why);
	if (st == TRAWL_OK)
		st = writer_progress(w, PROGRESS_NEWS, &why);
	if (st == TRAWL_OK)
		st = writer_variants(w, &why);
	if (st == TRAWL_OK && w->base)
		st = rewrite_finish(w, &why);
	else if (st == TRAWL_OK)
		st = w->builder ? builder_finish(w->builder, true, &why)
				: finish_xapian(w, &why);
	if (st == TRAWL_OK && w->base)
		st = news_regroup(w, &why);
	if (st == TRAWL_OK)
		st = sync_directory(w->index, false, &why);
	if (st == TRAWL_OK)
		st = verify(w, &why);
	if (st == TRAWL_OK)
		st = generation_switch(w->index, w->number, &why);
	if (st != TRAWL_OK)
		return writer_ended(w, st, &why, err);
	w->fresh = false;
	w->done = true;
	return TRAWL_OK;
}

enum trawl_status trawl_writer_finish(struct trawl_writer *w,
				      struct trawl_error *err)
{
	enum trawl_status st = writer_usable(w, err);

	if (st == TRAWL_OK && w->news)
		st = news_flush(w, err);
	if (st != TRAWL_OK)
		return st;
	if (w->builder && !w->build && !w->changed) {
		w->done = true;
		return TRAWL_OK;
	}
	if (w->build || w->builder)
		return finish_build(w, err);
	st = news_regroup(w, err);
	if (st == TRAWL_OK)
		st = commit(w, err);
	w->done = st == TRAWL_OK;
	return st;
}
