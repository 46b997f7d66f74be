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
#include "writer.h"

#include "arena.h"
#include "buf.h"
#include "generation.h"
#include "prepare.h"
#include "seen.h"
#include "status.h"
#include "utf8.h"

#include <errno.h>
#include <sys/stat.h>

enum {
	SAMPLES_MAX = 64, /* ids looked up before a switch */
	SMALL_CHANGE = 1024,
	/* Postings of a document that is removed, by its length. */
	REMOVAL_COST = 200,
	REASON_MAX = 1000
};

static const uint64_t MEMORY_DEFAULT = (uint64_t)512 << 20;
static const uint64_t BATCH_MAX = (uint64_t)256 << 20;
static const uint64_t BATCH_MIN = (uint64_t)1 << 20;

struct trawl_writer {
	char *index;
	char path[PATH_MAX]; /* of the generation */
	uint32_t number;
	int lock;
	bool build;
	bool fresh;		/* a generation that was not switched to yet */
	bool done;		/* finished, or broken */
	struct trawl_error why; /* of broken */
	struct xap_writer *xap;
	struct meta meta;
	uint64_t batch, batch_limit;
	uint64_t documents, commits, added;
	uint32_t last_docid;
	struct docid_set put, kept;
	struct name_set ids;	  /* BUILD: put, so that others are new */
	struct name_set failures; /* keys noted or kept */
	struct name_set inputs;	  /* keys noted */
	bool has_failures;	  /* any in the index */
	struct arena samples_arena;
	struct xap_bytes samples[SAMPLES_MAX];
	size_t nsamples;
};

const struct meta *writer_meta(const struct trawl_writer *w)
{
	return &w->meta;
}

/* --------------------------------------------------------------- faults -- */

static enum trawl_status usable(const struct trawl_writer *w,
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
static enum trawl_status ended(struct trawl_writer *w, enum trawl_status st,
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

/* ----------------------------------------------------------- the start -- */

enum trawl_status database_create(const char *path, const struct meta *meta,
				  struct trawl_error *err)
{
	struct xap_writer *xap;
	enum trawl_status st;

	if (mkdir(path, 0777))
		return fail(err, TRAWL_IO, "cannot create %s: %s", path,
			    strerror(errno));
	st = xap_writer_open(path, XAP_CREATE, true, &xap, err);
	if (st != TRAWL_OK)
		return st;
	st = meta_write(xap, meta, err);
	if (st == TRAWL_OK)
		st = xap_writer_commit(xap, err);
	if (st != TRAWL_NOMEM)
		xap_writer_free(xap);
	return st == TRAWL_OK ? generation_never_compress(path, err) : st;
}

static enum trawl_status open_fresh(struct trawl_writer *w,
				    const struct trawl_writer_options *options,
				    struct trawl_error *err)
{
	enum trawl_status st;

	st = meta_init(&w->meta, options->language, options->schema, err);
	if (st != TRAWL_OK)
		return st;
	w->number = generation_highest(w->index) + 1;
	generation_path(w->index, w->number, w->path);
	w->fresh = true;
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
		       options->schema, err);
	if (st != TRAWL_OK)
		return st;
	if (strcmp(asked.language, w->meta.language) != 0)
		st = fail(err, TRAWL_MISMATCH,
			  "its language is %s, not %s: build it anew to change "
			  "that",
			  w->meta.language, asked.language);
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
		st = meta_read(xap_writer_db(w->xap), &w->meta, err);
	if (st == TRAWL_OK)
		st = meta_check_analyzer(&w->meta, err);
	return st == TRAWL_OK ? check_same(w, options, err) : st;
}

static bool note_any(void *ctx, const char *data, size_t len)
{
	(void)data;
	(void)len;
	*(bool *)ctx = true;
	return false;
}

static enum trawl_status note_facts(struct trawl_writer *w,
				    struct trawl_error *err)
{
	struct xap_db *db = xap_writer_db(w->xap);
	struct xap_facts facts;
	enum trawl_status st = xap_db_facts(db, &facts, err);

	if (st != TRAWL_OK)
		return st;
	w->documents = facts.documents;
	w->last_docid = facts.last_docid;
	return xap_db_metadata_keys(db, META_FAILED, strlen(META_FAILED),
				    note_any, &w->has_failures, err);
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
	else if (found == TRAWL_CORRUPT && w->build)
		st = TRAWL_OK;
	else if (found == TRAWL_OK)
		st = generation_clean(w->index, w->number, !w->build, err);
	else
		return found;
	if (st == TRAWL_OK && found == TRAWL_OK && !w->build)
		st = open_current(w, options, err);
	else if (st == TRAWL_OK)
		st = open_fresh(w, options, err);
	return st == TRAWL_OK ? note_facts(w, err) : st;
}

static uint64_t batch_limit(uint64_t memory)
{
	uint64_t limit = (memory ? memory : MEMORY_DEFAULT) / 4;

	if (limit > BATCH_MAX)
		return BATCH_MAX;
	return limit < BATCH_MIN ? BATCH_MIN : limit;
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
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail_nomem(err);
	w->lock = -1;
	w->index = strdup(path);
	w->build = options->mode == TRAWL_BUILD;
	w->batch_limit = batch_limit(options->memory);
	arena_init(&w->samples_arena, (size_t)SAMPLES_MAX * 1024);
	xap_clear_environment();
	st = w->index ? generation_lock(path, options->wait, &w->lock, err)
		      : fail_nomem(err);
	if (st == TRAWL_OK) {
		st = open_generation(w, options, &why);
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

void trawl_writer_close(struct trawl_writer *w)
{
	if (!w)
		return;
	xap_writer_free(w->xap);
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
	enum trawl_status st = xap_writer_commit(w->xap, &why);

	/* Xapian syncs its files, but not their names. */
	if (st == TRAWL_OK && !w->build)
		st = sync_directory(w->path, false, &why);
	if (st == TRAWL_OK && !w->build && w->fresh)
		st = generation_switch(w->index, w->number, &why);
	if (st != TRAWL_OK)
		return ended(w, st, &why, err);
	if (!w->build)
		w->fresh = false;
	w->batch = 0;
	w->commits++;
	return TRAWL_OK;
}

enum trawl_status trawl_writer_commit(struct trawl_writer *w,
				      struct trawl_error *err)
{
	enum trawl_status st = usable(w, err);

	return st == TRAWL_OK ? commit(w, err) : st;
}

/* bytes: of the change that comes next, or 0 after the last. */
static enum trawl_status commit_if_full(struct trawl_writer *w, uint64_t bytes,
					struct trawl_error *err)
{
	bool full = w->batch >= w->batch_limit ||
		    (w->batch && w->batch + bytes > w->batch_limit);

	return full ? commit(w, err) : TRAWL_OK;
}

void trawl_writer_count(const struct trawl_writer *w,
			struct trawl_writer_stats *out)
{
	if (!w || !out)
		return;
	*out = (struct trawl_writer_stats){ .documents = w->documents,
					    .commits = w->commits,
					    .batch_bytes = w->batch };
}

/* ------------------------------------------------------------ look-ups -- */

static bool take_docid(void *ctx, uint32_t docid)
{
	*(uint32_t *)ctx = docid;
	return false;
}

/* *docid: of the unique term; 0 none. */
static enum trawl_status find_unique(struct trawl_writer *w,
				     struct xap_bytes unique, uint32_t *docid,
				     struct trawl_error *err)
{
	struct trawl_error why = { 0 };

	*docid = 0;
	return ended(w,
		     xap_db_postings(xap_writer_db(w->xap), unique.data,
				     unique.len, 0, take_docid, docid, &why),
		     &why, err);
}

static enum trawl_status check_name(const char *what, const char *name,
				    struct trawl_error *err)
{
	if (!name || !*name)
		return fail(err, TRAWL_INVAL, "%s: empty", what);
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < 0x20)
			return fail(err, TRAWL_INVAL, "%s: control character",
				    what);
	return TRAWL_OK;
}

/* prefix and name, shortened, as a term or a key of the metadata. */
static enum trawl_status make_key(const char *prefix, const char *name,
				  struct buf *out, struct trawl_error *err)
{
	buf_reset(out);
	add_long_term(out, prefix, name, strlen(name));
	return out->failed ? fail_nomem(err) : TRAWL_OK;
}

static enum trawl_status find_id(struct trawl_writer *w, const char *id,
				 uint32_t *docid, struct trawl_error *err)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = check_name("id", id, err);

	if (st == TRAWL_OK)
		st = make_key(TERM_ID, id, &term, err);
	if (st == TRAWL_OK)
		st = find_unique(w, (struct xap_bytes){ term.data, term.len },
				 docid, err);
	buf_release(&term);
	return st;
}

/* -------------------------------------------------------------- changes -- */

static enum trawl_status set_metadata(struct trawl_writer *w,
				      const struct buf *key, const char *value,
				      size_t len, struct trawl_error *err)
{
	struct trawl_error why = { 0 };

	w->batch += SMALL_CHANGE;
	return ended(w,
		     xap_writer_set_metadata(w->xap, key->data, key->len, value,
					     len, &why),
		     &why, err);
}

/* *had: was there one? */
static enum trawl_status forget_failure(struct trawl_writer *w, const char *id,
					bool *had, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st;

	*had = false;
	if (!w->has_failures)
		return TRAWL_OK;
	st = make_key(META_FAILED, id, &key, err);
	if (st == TRAWL_OK)
		st = ended(w,
			   xap_db_metadata(xap_writer_db(w->xap), key.data,
					   key.len, note_any, had, &why),
			   &why, err);
	if (st == TRAWL_OK && *had)
		st = set_metadata(w, &key, "", 0, err);
	buf_release(&key);
	return st;
}

static enum trawl_status delete_document(struct trawl_writer *w, uint32_t docid,
					 struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	uint32_t length = 0;
	enum trawl_status st;

	st = xap_db_length(xap_writer_db(w->xap), docid, &length, &why);
	if (st == TRAWL_OK)
		st = xap_writer_delete(w->xap, docid, &why);
	if (st != TRAWL_OK)
		return ended(w, st, &why, err);
	w->batch += SMALL_CHANGE + (uint64_t)length * REMOVAL_COST;
	w->documents--;
	w->nsamples = 0;
	return commit_if_full(w, 0, err);
}

enum trawl_status trawl_writer_remove(struct trawl_writer *w, const char *id,
				      struct trawl_error *err)
{
	enum trawl_status st = usable(w, err);
	uint32_t docid = 0;
	bool failed = false;

	if (st == TRAWL_OK)
		st = find_id(w, id, &docid, err);
	if (st == TRAWL_OK)
		st = forget_failure(w, id, &failed, err);
	if (st != TRAWL_OK)
		return st;
	if (docid)
		return delete_document(w, docid, err);
	return failed ? TRAWL_OK
		      : fail(err, TRAWL_NOTFOUND, "no document %.200s", id);
}

/* ----------------------------------------------------------------- put -- */

/* What the index has of a document that is put again. */
struct previous {
	struct xap_bytes root; /* the new document's root term, or none */
	struct state state;
	bool has_state, has_root, same_root;
};

static bool is_root(const char *term, size_t len)
{
	const size_t n = strlen(TERM_ROOT);

	return len >= n && !memcmp(term, TERM_ROOT, n);
}

static bool read_state(void *ctx, const char *data, size_t len)
{
	struct previous *previous = ctx;

	previous->has_state = state_parse(data, len, &previous->state);
	return false;
}

/* A document has at most one root. */
static bool read_root(void *ctx, const char *term, size_t len, uint32_t wdf,
		      uint32_t termfreq)
{
	struct previous *previous = ctx;

	(void)wdf;
	(void)termfreq;
	if (!is_root(term, len))
		return true;
	previous->has_root = true;
	previous->same_root = len == previous->root.len &&
			      !memcmp(term, previous->root.data, len);
	return false;
}

static struct xap_bytes root_term(const struct trawl_prepared *prep)
{
	for (size_t i = 0; prep->root && i < prep->doc.npostings; i++) {
		const struct xap_bytes *term = &prep->doc.postings[i].term;

		if (is_root(term->data, term->len))
			return *term;
	}
	return (struct xap_bytes){ "", 0 };
}

/* *same: content and root are those of docid; *old: its state. */
static enum trawl_status compare(struct trawl_writer *w,
				 const struct trawl_prepared *prep,
				 uint32_t docid, bool *same, struct state *old,
				 struct trawl_error *err)
{
	struct xap_db *db = xap_writer_db(w->xap);
	struct previous previous = { .root = root_term(prep) };
	struct trawl_error why = { 0 };
	enum trawl_status st;

	*same = false;
	st = xap_db_value(db, docid, SLOT_STATE, read_state, &previous, &why);
	if (st == TRAWL_OK &&
	    (!previous.has_state ||
	     memcmp(previous.state.hash, prep->state.hash, 16) != 0))
		return TRAWL_OK;
	if (st == TRAWL_OK)
		st = xap_db_termlist(db, docid, false, read_root, &previous,
				     &why);
	*same = previous.has_root ? previous.same_root : !previous.root.len;
	*old = previous.state;
	return ended(w, st, &why, err);
}

/* The same content: at most its size and time of change are new. */
static enum trawl_status touch(struct trawl_writer *w, uint32_t docid,
			       const struct state *old, const struct state *now,
			       struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	char text[STATE_TEXT_MAX];

	if (old->size == now->size && old->mtime_ns == now->mtime_ns)
		return TRAWL_OK;
	state_print(now, text);
	w->batch += SMALL_CHANGE;
	return ended(w,
		     xap_writer_set_value(w->xap, docid, SLOT_STATE, text,
					  strlen(text), &why),
		     &why, err);
}

/* 1, 2, 4, 8 ...: some ids of a build, to look up when it is done. */
static void take_sample(struct trawl_writer *w, struct xap_bytes unique)
{
	char *copy;

	if (!w->build || w->nsamples == SAMPLES_MAX ||
	    (w->added & (w->added - 1)))
		return;
	copy = arena_strndup(&w->samples_arena, unique.data, unique.len);
	if (copy)
		w->samples[w->nsamples++] =
			(struct xap_bytes){ copy, unique.len };
}

static enum trawl_status store(struct trawl_writer *w,
			       const struct trawl_prepared *prep,
			       uint32_t *docid, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	bool replaced = *docid != 0;
	enum trawl_status st;

	/* What was there goes, too, and costs about as much. */
	st = commit_if_full(w, prep->bytes, err);
	if (st != TRAWL_OK)
		return st;
	w->batch += replaced ? 2 * prep->bytes : prep->bytes;
	st = xap_writer_put(w->xap, prep->unique.data, prep->unique.len,
			    &prep->doc, docid, &why);
	if (st != TRAWL_OK)
		return ended(w, st, &why, err);
	if (!replaced) {
		w->documents++;
		w->added++;
		take_sample(w, prep->unique);
	}
	if (*docid > w->last_docid)
		w->last_docid = *docid;
	return TRAWL_OK;
}

/* Room to remember what is about to be put, before anything is changed. */
static enum trawl_status reserve(struct trawl_writer *w, uint32_t docid,
				 struct trawl_error *err)
{
	uint32_t highest = docid ? docid : w->last_docid + 1;

	if (w->last_docid == UINT32_MAX)
		return fail(err, TRAWL_INTERNAL,
			    "no document number is left: compact the index");
	if (!docid_set_reserve(&w->put, highest) ||
	    (w->build && !name_set_reserve(&w->ids)))
		return fail_nomem(err);
	return TRAWL_OK;
}

/* Find what is there, and do what is to be done. */
static enum trawl_status put(struct trawl_writer *w,
			     const struct trawl_prepared *prep,
			     enum trawl_outcome *outcome,
			     struct trawl_error *err)
{
	const struct xap_bytes id = prep->unique;
	struct state old;
	uint32_t docid = 0;
	bool same = false;
	enum trawl_status st = TRAWL_OK;

	/* A build begins with nothing: an id of its own it has put before. */
	if (!w->build || name_set_has(&w->ids, id.data, id.len))
		st = find_unique(w, id, &docid, err);
	if (st != TRAWL_OK)
		return st;
	*outcome = docid ? TRAWL_REPLACED : TRAWL_ADDED;
	if (docid && docid_set_has(&w->put, docid)) {
		*outcome = TRAWL_DUPLICATE;
		return TRAWL_OK;
	}
	st = reserve(w, docid, err);
	if (st == TRAWL_OK && docid)
		st = compare(w, prep, docid, &same, &old, err);
	if (st == TRAWL_OK && same) {
		*outcome = TRAWL_UNCHANGED;
		st = touch(w, docid, &old, &prep->state, err);
	} else if (st == TRAWL_OK) {
		st = store(w, prep, &docid, err);
	}
	if (st != TRAWL_OK)
		return st;
	docid_set_add(&w->put, docid);
	if (w->build)
		name_set_add(&w->ids, id.data, id.len);
	return TRAWL_OK;
}

enum trawl_status trawl_writer_put(struct trawl_writer *w,
				   const struct trawl_prepared *prep,
				   enum trawl_outcome *outcome,
				   struct trawl_error *err)
{
	enum trawl_status st = usable(w, err);
	enum trawl_outcome what = TRAWL_ADDED;
	bool had;

	if (st == TRAWL_OK && !prep)
		st = fail(err, TRAWL_INVAL, "nothing prepared to put");
	if (st == TRAWL_OK)
		st = put(w, prep, &what, err);
	if (st == TRAWL_OK && what != TRAWL_DUPLICATE)
		st = forget_failure(w, prep->id, &had, err);
	if (st == TRAWL_OK)
		st = commit_if_full(w, 0, err);
	if (st == TRAWL_OK && outcome)
		*outcome = what;
	return st;
}

/* ---------------------------------------------------------------- sync -- */

static enum trawl_status keep_docid(struct trawl_writer *w, uint32_t docid,
				    struct trawl_error *err)
{
	if (!docid_set_reserve(&w->kept, docid))
		return fail_nomem(err);
	docid_set_add(&w->kept, docid);
	return TRAWL_OK;
}

static enum trawl_status note_name(struct name_set *set, const struct buf *key,
				   struct trawl_error *err)
{
	if (!name_set_reserve(set))
		return fail_nomem(err);
	name_set_add(set, key->data, key->len);
	return TRAWL_OK;
}

static enum trawl_status keep_failure(struct trawl_writer *w, const char *id,
				      bool *had, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st;

	*had = false;
	if (!w->has_failures)
		return TRAWL_OK;
	st = make_key(META_FAILED, id, &key, err);
	if (st == TRAWL_OK)
		st = ended(w,
			   xap_db_metadata(xap_writer_db(w->xap), key.data,
					   key.len, note_any, had, &why),
			   &why, err);
	if (st == TRAWL_OK && *had)
		st = note_name(&w->failures, &key, err);
	buf_release(&key);
	return st;
}

enum trawl_status trawl_writer_keep(struct trawl_writer *w, const char *id,
				    struct trawl_error *err)
{
	enum trawl_status st = usable(w, err);
	uint32_t docid = 0;
	bool failed = false;

	if (st == TRAWL_OK)
		st = find_id(w, id, &docid, err);
	if (st == TRAWL_OK && docid)
		st = keep_docid(w, docid, err);
	if (st == TRAWL_OK)
		st = keep_failure(w, id, &failed, err);
	if (st == TRAWL_OK && !docid && !failed)
		st = fail(err, TRAWL_NOTFOUND, "no document %.200s", id);
	return st;
}

/* Documents of a root, and those of its failures that are not to stay. */
struct root_walk {
	struct trawl_writer *w;
	const char *root;
	uint32_t *docid; /* to remove */
	size_t n, alloc;
	uint64_t seen;
	struct buf keys; /* of failures, each ended by a line feed */
	bool nomem;
};

static bool was_seen(const struct trawl_writer *w, uint32_t docid)
{
	return docid_set_has(&w->put, docid) || docid_set_has(&w->kept, docid);
}

static bool keep_each(void *ctx, uint32_t docid)
{
	struct root_walk *walk = ctx;

	walk->nomem = keep_docid(walk->w, docid, NULL) != TRAWL_OK;
	walk->seen++;
	return !walk->nomem;
}

static bool collect_unseen(void *ctx, uint32_t docid)
{
	struct root_walk *walk = ctx;

	if (was_seen(walk->w, docid)) {
		walk->seen++;
		return true;
	}
	if (walk->n == walk->alloc) {
		size_t want = walk->alloc ? 2 * walk->alloc : 256;
		uint32_t *grown = realloc(walk->docid, want * sizeof(*grown));

		walk->nomem = !grown;
		if (!grown)
			return false;
		walk->docid = grown;
		walk->alloc = want;
	}
	walk->docid[walk->n++] = docid;
	return true;
}

static enum trawl_status walk_root(struct root_walk *walk, xap_docid_fn *each,
				   struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = make_key(TERM_ROOT, walk->root, &term, err);

	if (st == TRAWL_OK)
		st = ended(walk->w,
			   xap_db_postings(xap_writer_db(walk->w->xap),
					   term.data, term.len, 0, each, walk,
					   &why),
			   &why, err);
	buf_release(&term);
	return st == TRAWL_OK && walk->nomem ? fail_nomem(err) : st;
}

static bool collect_key(void *ctx, const char *data, size_t len)
{
	struct root_walk *walk = ctx;

	/* Ids have no control characters. */
	buf_add(&walk->keys, data, len);
	buf_addc(&walk->keys, '\n');
	return !walk->keys.failed;
}

struct failure {
	const char *root;
	bool same;
};

/* STATE, a line feed, ROOT, a line feed, REASON (meta.h). */
static bool compare_root(void *ctx, const char *data, size_t len)
{
	struct failure *f = ctx;
	const char *from = memchr(data, '\n', len);
	size_t n = strlen(f->root);

	if (from && len - (size_t)(++from - data) > n)
		f->same = !memcmp(from, f->root, n) && from[n] == '\n';
	return false;
}

static enum trawl_status visit_failure(struct trawl_writer *w,
				       const struct buf *key, const char *root,
				       bool keep, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct failure f = { root, false };
	enum trawl_status st;

	st = xap_db_metadata(xap_writer_db(w->xap), key->data, key->len,
			     compare_root, &f, &why);
	if (st != TRAWL_OK || !f.same)
		return ended(w, st, &why, err);
	if (keep)
		return note_name(&w->failures, key, err);
	if (name_set_has(&w->failures, key->data, key->len))
		return TRAWL_OK;
	return set_metadata(w, key, "", 0, err);
}

/* Keep the failures of a root, or forget those that were not kept. */
static enum trawl_status visit_failures(struct root_walk *walk, bool keep,
					struct trawl_error *err)
{
	struct trawl_writer *w = walk->w;
	struct trawl_error why = { 0 };
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = TRAWL_OK;

	if (!w->has_failures)
		return TRAWL_OK;
	st = ended(w,
		   xap_db_metadata_keys(xap_writer_db(w->xap), META_FAILED,
					strlen(META_FAILED), collect_key, walk,
					&why),
		   &why, err);
	if (st == TRAWL_OK && walk->keys.failed)
		st = fail_nomem(err);
	for (const char *at = walk->keys.data; st == TRAWL_OK && *at;) {
		const char *end = strchr(at, '\n');

		buf_reset(&key);
		buf_add(&key, at, (size_t)(end - at));
		at = end + 1;
		st = key.failed ? fail_nomem(err)
				: visit_failure(w, &key, walk->root, keep, err);
	}
	buf_release(&key);
	return st;
}

static void root_walk_init(struct root_walk *walk, struct trawl_writer *w,
			   const char *root)
{
	*walk = (struct root_walk){ .w = w, .root = root };
	buf_init(&walk->keys, SIZE_MAX);
}

static void root_walk_release(struct root_walk *walk)
{
	free(walk->docid);
	buf_release(&walk->keys);
}

enum trawl_status trawl_writer_keep_root(struct trawl_writer *w,
					 const char *root, uint64_t *kept,
					 struct trawl_error *err)
{
	struct root_walk walk;
	enum trawl_status st = usable(w, err);

	if (st == TRAWL_OK)
		st = check_name("root", root, err);
	if (st != TRAWL_OK)
		return st;
	root_walk_init(&walk, w, root);
	st = walk_root(&walk, keep_each, err);
	if (st == TRAWL_OK)
		st = visit_failures(&walk, true, err);
	if (st == TRAWL_OK && kept)
		*kept = walk.seen;
	root_walk_release(&walk);
	return st;
}

/* A container of which nothing is left is read again when it comes back. */
static enum trawl_status forget_input(struct root_walk *walk,
				      struct trawl_error *err)
{
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st;

	if (walk->seen)
		return TRAWL_OK;
	st = make_key(META_INPUT, walk->root, &key, err);
	if (st == TRAWL_OK &&
	    !name_set_has(&walk->w->inputs, key.data, key.len))
		st = set_metadata(walk->w, &key, "", 0, err);
	buf_release(&key);
	return st;
}

enum trawl_status trawl_writer_sweep(struct trawl_writer *w, const char *root,
				     uint64_t *removed, struct trawl_error *err)
{
	struct root_walk walk;
	enum trawl_status st = usable(w, err);

	if (st == TRAWL_OK)
		st = check_name("root", root, err);
	if (st != TRAWL_OK)
		return st;
	root_walk_init(&walk, w, root);
	st = walk_root(&walk, collect_unseen, err);
	for (size_t i = 0; st == TRAWL_OK && i < walk.n; i++)
		st = delete_document(w, walk.docid[i], err);
	if (st == TRAWL_OK)
		st = visit_failures(&walk, false, err);
	if (st == TRAWL_OK)
		st = forget_input(&walk, err);
	if (st == TRAWL_OK && removed)
		*removed = walk.n;
	root_walk_release(&walk);
	return st;
}

/* ------------------------------------------------- inputs and failures -- */

static void add_state(struct buf *out, const struct trawl_origin *origin)
{
	struct state state = { .size = origin->size,
			       .mtime_ns = origin->mtime_ns };
	char text[STATE_TEXT_MAX];

	state_print(&state, text);
	buf_adds(out, text);
}

/* One line, of which the first REASON_MAX bytes are kept. */
static void add_reason(struct buf *out, const char *reason)
{
	size_t len = strlen(reason), from = out->len;

	utf8_clean(reason, utf8_cut(reason, len, REASON_MAX), out);
	for (size_t i = from; i < out->len; i++)
		if ((unsigned char)out->data[i] < 0x20)
			out->data[i] = ' ';
}

static enum trawl_status remember(struct trawl_writer *w, const char *prefix,
				  const char *name, struct name_set *noted,
				  const struct buf *value,
				  struct trawl_error *err)
{
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = make_key(prefix, name, &key, err);

	if (st == TRAWL_OK && value->failed)
		st = fail_nomem(err);
	if (st == TRAWL_OK)
		st = note_name(noted, &key, err);
	if (st == TRAWL_OK)
		st = set_metadata(w, &key, value->data, value->len, err);
	if (st == TRAWL_OK)
		st = commit_if_full(w, 0, err);
	buf_release(&key);
	return st;
}

enum trawl_status trawl_writer_failed(struct trawl_writer *w, const char *id,
				      const struct trawl_origin *origin,
				      const char *reason,
				      struct trawl_error *err)
{
	struct buf value = BUF_INIT(65536);
	enum trawl_status st = usable(w, err);

	if (st == TRAWL_OK && (!origin || !reason))
		st = fail(err, TRAWL_INVAL,
			  "trawl_writer_failed: an argument is NULL");
	if (st == TRAWL_OK)
		st = check_name("id", id, err);
	if (st == TRAWL_OK && origin->root)
		st = check_name("root", origin->root, err);
	if (st != TRAWL_OK)
		return st;
	add_state(&value, origin);
	buf_addc(&value, '\n');
	buf_adds(&value, origin->root ? origin->root : "");
	buf_addc(&value, '\n');
	add_reason(&value, reason);
	w->has_failures = true;
	st = remember(w, META_FAILED, id, &w->failures, &value, err);
	buf_release(&value);
	return st;
}

enum trawl_status trawl_writer_input(struct trawl_writer *w,
				     const struct trawl_origin *origin,
				     struct trawl_error *err)
{
	struct buf value = BUF_INIT(STATE_TEXT_MAX);
	enum trawl_status st = usable(w, err);

	if (st == TRAWL_OK && !origin)
		st = fail(err, TRAWL_INVAL,
			  "trawl_writer_input: an argument is NULL");
	if (st == TRAWL_OK)
		st = check_name("root", origin->root, err);
	if (st != TRAWL_OK)
		return st;
	add_state(&value, origin);
	st = remember(w, META_INPUT, origin->root, &w->inputs, &value, err);
	buf_release(&value);
	return st;
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

	st = xap_db_postings(db, "", 0, 0, take_docid, &docid, err);
	if (st == TRAWL_OK)
		st = xap_db_data(db, docid, note_length, &len, err);
	if (st == TRAWL_OK && !len)
		return fail(err, TRAWL_CORRUPT, "its first document is empty");
	if (st == TRAWL_OK && !w->nsamples && w->last_docid == w->documents)
		st = xap_db_data(db, w->last_docid, note_length, &len, err);
	for (size_t i = 0; st == TRAWL_OK && i < w->nsamples; i++) {
		docid = 0;
		st = xap_db_postings(db, w->samples[i].data, w->samples[i].len,
				     0, take_docid, &docid, err);
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
	if (st == TRAWL_OK)
		st = verify_documents(w, db, err);
	xap_db_free(db);
	meta_release(&meta);
	return st;
}

static enum trawl_status finish_build(struct trawl_writer *w,
				      struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (!w->documents) {
		w->done = true;
		return fail(err, TRAWL_NOTFOUND,
			    "%s: no documents: the index stays as it was",
			    w->index);
	}
	st = commit(w, err);
	if (st != TRAWL_OK)
		return st;
	xap_writer_free(w->xap);
	w->xap = NULL;
	st = sync_directory(w->path, true, &why);
	if (st == TRAWL_OK)
		st = sync_directory(w->index, false, &why);
	if (st == TRAWL_OK)
		st = verify(w, &why);
	if (st == TRAWL_OK)
		st = generation_switch(w->index, w->number, &why);
	if (st != TRAWL_OK)
		return ended(w, st, &why, err);
	w->fresh = false;
	w->done = true;
	return TRAWL_OK;
}

enum trawl_status trawl_writer_finish(struct trawl_writer *w,
				      struct trawl_error *err)
{
	enum trawl_status st = usable(w, err);

	if (st != TRAWL_OK)
		return st;
	if (w->build)
		return finish_build(w, err);
	st = commit(w, err);
	w->done = st == TRAWL_OK;
	return st;
}
