/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_sync.c - for a sync: what is still there, what failed, what is gone
 */
#include "writer_parts.h"

#include "buf.h"
#include "prepare.h"
#include "status.h"
#include "utf8.h"

enum {
	REASON_MAX = 1000
};

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
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = writer_find_failure(w, id, &key, had, err);

	if (st == TRAWL_OK && *had)
		st = note_name(&w->failures, &key, err);
	buf_release(&key);
	return st;
}

enum trawl_status trawl_writer_keep(struct trawl_writer *w, const char *id,
				    struct trawl_error *err)
{
	enum trawl_status st = writer_usable(w, err);
	uint32_t docid = 0;
	bool failed = false;

	if (st == TRAWL_OK)
		st = writer_find_id(w, id, &docid, err);
	if (st == TRAWL_OK && docid)
		st = keep_docid(w, docid, err);
	if (st == TRAWL_OK)
		st = keep_failure(w, id, &failed, err);
	if (st == TRAWL_OK && !docid && !failed && !news_has(w, id))
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
	return docid_set_has(&w->put, docid) ||
	       docid_set_has(&w->kept, docid) ||
	       docid_set_has(&w->dropped, docid);
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
	enum trawl_status st =
		writer_make_key(TERM_ROOT, walk->root, &term, err);

	if (st == TRAWL_OK && writer_db(walk->w))
		st = writer_ended(walk->w,
				  xap_db_postings(writer_db(walk->w), term.data,
						  term.len, 0, each, walk,
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

	st = xap_db_metadata(writer_db(w), key->data, key->len, compare_root,
			     &f, &why);
	if (st != TRAWL_OK || !f.same)
		return writer_ended(w, st, &why, err);
	if (keep)
		return note_name(&w->failures, key, err);
	if (name_set_has(&w->failures, key->data, key->len))
		return TRAWL_OK;
	return writer_set_metadata(w, key, "", 0, err);
}

/* Keep the failures of a root, or forget those that were not kept. */
static enum trawl_status visit_failures(struct root_walk *walk, bool keep,
					struct trawl_error *err)
{
	struct trawl_writer *w = walk->w;
	struct trawl_error why = { 0 };
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st = TRAWL_OK;

	if (!w->has_failures || !writer_db(w))
		return TRAWL_OK;
	st = writer_ended(w,
			  xap_db_metadata_keys(writer_db(w), META_FAILED,
					       strlen(META_FAILED), collect_key,
					       walk, &why),
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

/* A walk of root by a writer that can be used: to be released on success. */
static enum trawl_status root_walk_begin(struct root_walk *walk,
					 struct trawl_writer *w,
					 const char *root,
					 struct trawl_error *err)
{
	enum trawl_status st = writer_usable(w, err);

	if (st == TRAWL_OK)
		st = writer_check_name("root", root, err);
	if (st == TRAWL_OK && w->build)
		st = fail(err, TRAWL_INVAL,
			  "a build has nothing to keep or to sweep");
	if (st == TRAWL_OK)
		root_walk_init(walk, w, root);
	return st;
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
	enum trawl_status st = root_walk_begin(&walk, w, root, err);

	if (st != TRAWL_OK)
		return st;
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
	st = writer_make_key(META_INPUT, walk->root, &key, err);
	if (st == TRAWL_OK &&
	    !name_set_has(&walk->w->inputs, key.data, key.len))
		st = writer_set_metadata(walk->w, &key, "", 0, err);
	buf_release(&key);
	return st;
}

enum trawl_status trawl_writer_sweep(struct trawl_writer *w, const char *root,
				     uint64_t *removed, struct trawl_error *err)
{
	struct root_walk walk;
	enum trawl_status st = root_walk_begin(&walk, w, root, err);

	if (st != TRAWL_OK)
		return st;
	st = walk_root(&walk, collect_unseen, err);
	for (size_t i = 0; st == TRAWL_OK && i < walk.n; i++)
		st = writer_delete(w, walk.docid[i], err);
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
	enum trawl_status st = writer_make_key(prefix, name, &key, err);

	if (st == TRAWL_OK && value->failed)
		st = fail_nomem(err);
	if (st == TRAWL_OK)
		st = note_name(noted, &key, err);
	if (st == TRAWL_OK)
		st = writer_set_metadata(w, &key, value->data, value->len, err);
	if (st == TRAWL_OK)
		st = writer_commit_if_full(w, 0, err);
	buf_release(&key);
	return st;
}

enum trawl_status trawl_writer_failed(struct trawl_writer *w, const char *id,
				      const struct trawl_origin *origin,
				      const char *reason,
				      struct trawl_error *err)
{
	struct buf value = BUF_INIT(65536);
	enum trawl_status st = writer_usable(w, err);

	if (st == TRAWL_OK && (!origin || !reason))
		st = fail(err, TRAWL_INVAL,
			  "trawl_writer_failed: an argument is NULL");
	if (st == TRAWL_OK)
		st = writer_check_name("id", id, err);
	if (st == TRAWL_OK && origin->root)
		st = writer_check_name("root", origin->root, err);
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
	enum trawl_status st = writer_usable(w, err);

	if (st == TRAWL_OK && !origin)
		st = fail(err, TRAWL_INVAL,
			  "trawl_writer_input: an argument is NULL");
	if (st == TRAWL_OK)
		st = writer_check_name("root", origin->root, err);
	/* What is written aside is stored first, and may be committed in parts:
	 * an input is not done before its last document is. */
	if (st == TRAWL_OK && w->news && !w->builder && !w->build)
		st = news_flush(w, err);
	if (st != TRAWL_OK)
		return st;
	add_state(&value, origin);
	st = remember(w, META_INPUT, origin->root, &w->inputs, &value, err);
	buf_release(&value);
	return st;
}
