/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_put.c - changes of an index: put and remove
 */
#include "writer_parts.h"

#include "buf.h"
#include "prepare.h"
#include "status.h"
#include "utf8.h"

/* ------------------------------------------------------------ look-ups -- */

bool writer_take_docid(void *ctx, uint32_t docid)
{
	*(uint32_t *)ctx = docid;
	return false;
}

enum trawl_status writer_find_unique(struct trawl_writer *w,
				     struct xap_bytes unique, uint32_t *docid,
				     struct trawl_error *err)
{
	struct trawl_error why = { 0 };

	*docid = 0;
	enum trawl_status st;

	if (!writer_db(w))
		return TRAWL_OK;
	st = xap_db_postings(writer_db(w), unique.data, unique.len, 0,
			     writer_take_docid, docid, &why);
	if (docid_set_has(&w->dropped, *docid))
		*docid = 0;
	return writer_ended(w, st, &why, err);
}

enum trawl_status writer_check_name(const char *what, const char *name,
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
enum trawl_status writer_make_key(const char *prefix, const char *name,
				  struct buf *out, struct trawl_error *err)
{
	buf_reset(out);
	add_long_term(out, prefix, name, strlen(name));
	return out->failed ? fail_nomem(err) : TRAWL_OK;
}

enum trawl_status writer_find_id(struct trawl_writer *w, const char *id,
				 uint32_t *docid, struct trawl_error *err)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = writer_check_name("id", id, err);

	if (st == TRAWL_OK && w->build)
		st = fail(err, TRAWL_INVAL,
			  "a build only adds: there is nothing to find");
	if (st == TRAWL_OK)
		st = writer_make_key(TERM_ID, id, &term, err);
	if (st == TRAWL_OK)
		st = writer_find_unique(
			w, (struct xap_bytes){ term.data, term.len }, docid,
			err);
	buf_release(&term);
	return st;
}

/* -------------------------------------------------------------- changes -- */

enum trawl_status writer_set_metadata(struct trawl_writer *w,
				      const struct buf *key, const char *value,
				      size_t len, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st;

	w->changed = true;
	if (w->builder) {
		st = builder_set_metadata(w->builder, key->data, key->len,
					  value, len, &why);
	} else {
		w->batch += SMALL_CHANGE;
		st = xap_writer_set_metadata(w->xap, key->data, key->len, value,
					     len, &why);
	}
	return writer_ended(w, st, &why, err);
}

enum trawl_status writer_find_failure(struct trawl_writer *w, const char *id,
				      struct buf *key, bool *had,
				      struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct xap_bytes value;
	enum trawl_status st;

	*had = false;
	if (!w->has_failures)
		return TRAWL_OK;
	st = writer_make_key(META_FAILED, id, key, err);
	if (st != TRAWL_OK)
		return st;
	if (w->builder &&
	    builder_metadata(w->builder, key->data, key->len, &value)) {
		*had = value.len > 0;
		return TRAWL_OK;
	}
	if (!writer_db(w))
		return TRAWL_OK;
	return writer_ended(w,
			    xap_db_metadata(writer_db(w), key->data, key->len,
					    writer_note_any, had, &why),
			    &why, err);
}

/* *had: was there one? */
static enum trawl_status forget_failure(struct trawl_writer *w, const char *id,
					bool *had, struct trawl_error *err)
{
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = writer_find_failure(w, id, &key, had, err);

	if (st == TRAWL_OK && *had)
		st = writer_set_metadata(w, &key, "", 0, err);
	buf_release(&key);
	return st;
}

enum trawl_status writer_delete(struct trawl_writer *w, uint32_t docid,
				struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	uint32_t length = 0;
	enum trawl_status st;

	if (w->base)
		return rewrite_drop(w, docid, err);
	st = xap_db_length(xap_writer_db(w->xap), docid, &length, &why);
	if (st == TRAWL_OK)
		st = xap_writer_delete(w->xap, docid, &why);
	if (st != TRAWL_OK)
		return writer_ended(w, st, &why, err);
	w->batch += SMALL_CHANGE + (uint64_t)length * REMOVAL_COST;
	w->documents--;
	news_gone(w, docid);
	w->nsamples = 0;
	return writer_commit_if_full(w, 0, err);
}

enum trawl_status trawl_writer_remove(struct trawl_writer *w, const char *id,
				      struct trawl_error *err)
{
	enum trawl_status st = writer_usable(w, err);
	uint32_t docid = 0;
	bool failed = false;

	if (st == TRAWL_OK && w->news && !w->builder)
		st = news_flush(w, err);
	if (st == TRAWL_OK)
		st = writer_find_id(w, id, &docid, err);
	if (st == TRAWL_OK)
		st = forget_failure(w, id, &failed, err);
	if (st != TRAWL_OK)
		return st;
	if (docid)
		return writer_delete(w, docid, err);
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

static enum trawl_status read_previous(struct trawl_writer *w, uint32_t docid,
				       struct previous *out,
				       struct trawl_error *err)
{
	struct xap_db *db = writer_db(w);
	enum trawl_status st =
		xap_db_value(db, docid, SLOT_STATE, read_state, out, err);

	return st == TRAWL_OK && out->has_state
		       ? xap_db_termlist(db, docid, false, read_root, out, err)
		       : st;
}

enum trawl_status writer_compare(struct trawl_writer *w,
				 const struct trawl_prepared *prep,
				 uint32_t docid, bool *same, struct state *old,
				 struct trawl_error *err)
{
	struct buf root = BUF_INIT(XAP_TERM_MAX);
	struct previous was = { .has_state = false };
	struct trawl_error why = { 0 };
	enum trawl_status st = TRAWL_OK;

	if (prep->root)
		st = writer_make_key(TERM_ROOT, prep->root, &root, &why);
	was.root = (struct xap_bytes){ root.data, root.len };
	if (st == TRAWL_OK)
		st = read_previous(w, docid, &was, &why);
	*same = was.has_state &&
		!memcmp(was.state.hash, prep->state.hash, 16) &&
		(was.has_root ? was.same_root : !root.len);
	*old = was.state;
	buf_release(&root);
	return writer_ended(w, st, &why, err);
}

enum trawl_status writer_touch(struct trawl_writer *w, uint32_t docid,
			       const struct state *old, const struct state *now,
			       struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	char text[STATE_TEXT_MAX];

	if (old->size == now->size && old->mtime_ns == now->mtime_ns)
		return TRAWL_OK;
	state_print(now, text);
	w->batch += SMALL_CHANGE;
	return writer_ended(w,
			    xap_writer_set_value(w->xap, docid, SLOT_STATE,
						 text, strlen(text), &why),
			    &why, err);
}

/* 1, 2, 4, 8 ...: some ids of a build, to look up when it is done. */
static void take_sample(struct trawl_writer *w, struct xap_bytes unique)
{
	char *copy;

	if ((!w->build && !w->base) || w->nsamples == SAMPLES_MAX ||
	    (w->added & (w->added - 1)))
		return;
	copy = arena_strndup(&w->samples_arena, unique.data, unique.len);
	if (copy)
		w->samples[w->nsamples++] =
			(struct xap_bytes){ copy, unique.len };
}

static void use_up(void *ctx)
{
	struct trawl_prepared *prep = ctx;

	prep->used_up = true;
	prep->doc = (struct xap_document){ 0 };
	arena_release(&prep->bulk);
}

static enum trawl_status store(struct trawl_writer *w,
			       struct trawl_prepared *prep, uint32_t *docid,
			       struct trawl_error *err)
{
	struct xap_document doc = prep->doc;
	struct trawl_error why = { 0 };
	bool replaced = *docid != 0;
	enum trawl_status st;

	/* What was there goes, too, and costs about as much. */
	st = writer_commit_if_full(w, prep->bytes, err);
	if (st != TRAWL_OK)
		return st;
	w->batch += replaced ? 2 * prep->bytes : prep->bytes;
	doc.copied = use_up;
	doc.ctx = prep;
	st = xap_writer_put(w->xap, prep->unique.data, prep->unique.len, &doc,
			    docid, &why);
	if (st != TRAWL_OK)
		return writer_ended(w, st, &why, err);
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
			    "no document number is left: rebuild the index");
	if (!docid_set_reserve(&w->put, highest) ||
	    (w->build && !name_set_reserve(&w->ids)))
		return fail_nomem(err);
	return TRAWL_OK;
}

/* Find what is there, and do what is to be done. */
static enum trawl_status put(struct trawl_writer *w,
			     struct trawl_prepared *prep,
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
		st = writer_find_unique(w, id, &docid, err);
	if (st != TRAWL_OK)
		return st;
	*outcome = docid ? TRAWL_REPLACED : TRAWL_ADDED;
	if (docid && docid_set_has(&w->put, docid)) {
		*outcome = TRAWL_DUPLICATE;
		return TRAWL_OK;
	}
	if (prep->used_up)
		return fail(err, TRAWL_INVAL,
			    "what was prepared has been put before");
	st = reserve(w, docid, err);
	if (st == TRAWL_OK && docid)
		st = writer_compare(w, prep, docid, &same, &old, err);
	if (st == TRAWL_OK && same) {
		*outcome = TRAWL_UNCHANGED;
		st = writer_touch(w, docid, &old, &prep->state, err);
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

/* ------------------------------------------------------ put: the builder -- */

/* To the builder, and docid (0 none), which it replaces, is left out. */
static enum trawl_status store_built(struct trawl_writer *w,
				     struct trawl_prepared *prep,
				     uint32_t docid, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (prep->used_up || !prep->built.bytes)
		return fail(err, TRAWL_INVAL,
			    "this was prepared for another writer, or has "
			    "been put before");
	st = builder_put(w->builder, &prep->built, prep->doc.values,
			 prep->doc.nvalues, &w->last_docid, &why);
	if (st == TRAWL_INVAL)
		return fail(err, st, "%s", why.text);
	if (st != TRAWL_OK)
		return writer_ended(w, st, &why, err);
	prep->used_up = true;
	built_release(&prep->built);
	w->changed = true;
	w->documents++;
	w->added++;
	if (docid)
		return rewrite_drop(w, docid, err);
	take_sample(w, prep->unique);
	return TRAWL_OK;
}

/* In the index before this writer: docid.  Its size or time of change may be
 * new although its content is not; it is stored anew then. */
static enum trawl_status put_over(struct trawl_writer *w,
				  struct trawl_prepared *prep, uint32_t docid,
				  enum trawl_outcome *outcome,
				  struct trawl_error *err)
{
	struct state old;
	bool same = false;
	enum trawl_status st;

	if (!docid_set_reserve(&w->put, docid))
		return fail_nomem(err);
	st = writer_compare(w, prep, docid, &same, &old, err);
	if (st != TRAWL_OK)
		return st;
	*outcome = same ? TRAWL_UNCHANGED : TRAWL_REPLACED;
	if (!same || old.size != prep->state.size ||
	    old.mtime_ns != prep->state.mtime_ns)
		st = store_built(w, prep, docid, err);
	if (st == TRAWL_OK)
		docid_set_add(&w->put, docid);
	return st;
}

static enum trawl_status put_built(struct trawl_writer *w,
				   struct trawl_prepared *prep,
				   enum trawl_outcome *outcome,
				   struct trawl_error *err)
{
	const struct xap_bytes id = prep->unique;
	uint32_t docid = 0;
	enum trawl_status st = TRAWL_OK;

	if (name_set_has(&w->ids, id.data, id.len)) {
		*outcome = TRAWL_DUPLICATE;
		return TRAWL_OK;
	}
	if (w->base)
		st = writer_find_unique(w, id, &docid, err);
	if (st == TRAWL_OK && !name_set_reserve(&w->ids))
		st = fail_nomem(err);
	if (st != TRAWL_OK)
		return st;
	*outcome = TRAWL_ADDED;
	st = docid ? put_over(w, prep, docid, outcome, err)
		   : store_built(w, prep, 0, err);
	if (st == TRAWL_OK)
		name_set_add(&w->ids, id.data, id.len);
	return st;
}

enum trawl_status writer_store(struct trawl_writer *w,
			       struct trawl_prepared *prep, uint32_t *docid,
			       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	*docid = 0;
	if (!w->build)
		st = writer_find_unique(w, prep->unique, docid, err);
	if (st == TRAWL_OK && w->builder) {
		st = store_built(w, prep, *docid, err);
		*docid = w->last_docid;
		return st;
	}
	if (st == TRAWL_OK)
		st = reserve(w, *docid, err);
	if (st == TRAWL_OK)
		st = store(w, prep, docid, err);
	if (st == TRAWL_OK)
		docid_set_add(&w->put, *docid);
	return st;
}

enum trawl_status trawl_writer_put(struct trawl_writer *w,
				   struct trawl_prepared *prep,
				   enum trawl_outcome *outcome,
				   struct trawl_error *err)
{
	enum trawl_status st = writer_usable(w, err);
	enum trawl_outcome what = TRAWL_ADDED;
	bool had;

	if (st == TRAWL_OK && !prep)
		st = fail(err, TRAWL_INVAL, "nothing prepared to put");
	if (st == TRAWL_OK && w->news)
		st = news_put(w, prep, &what, err);
	else if (st == TRAWL_OK)
		st = w->builder ? put_built(w, prep, &what, err)
				: put(w, prep, &what, err);
	if (st == TRAWL_OK && what != TRAWL_DUPLICATE)
		st = forget_failure(w, prep->id, &had, err);
	if (st == TRAWL_OK)
		st = writer_commit_if_full(w, 0, err);
	if (st == TRAWL_OK && outcome)
		*outcome = what;
	return st;
}
