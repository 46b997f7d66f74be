/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin.c - what an index remembers of its inputs, for a sync
 *
 * A document's state is in slot 2 and its root is a filter term; those of
 * failures and containers are metadata (meta.h).
 */
#include "buf.h"
#include "index.h"
#include "request.h"
#include "status.h"

struct origin_job {
	const char *key; /* an id or a root */
	struct trawl_origin *out;
	const char **reason; /* failures have one, and a root */
	struct arena *lent;
	bool found, nomem;
	uint64_t count;
};

static enum trawl_status run(struct trawl_index *ix, index_body *body,
			     struct origin_job *job, struct trawl_error *err)
{
	if (ix && ix->nparts > 1)
		return fail(err, TRAWL_INVAL,
			    "origins are of one index, and %s are several",
			    ix->path);
	return index_run(ix, body, job, err);
}

static enum trawl_status outcome(const struct origin_job *job, const char *what,
				 struct trawl_error *err)
{
	if (job->nomem)
		return fail_nomem(err);
	if (!job->found)
		return fail(err, TRAWL_NOTFOUND,
			    "nothing remembered of %s %.*s", what,
			    shown(job->key), job->key);
	return TRAWL_OK;
}

static bool take_state(struct origin_job *job, const char *text, size_t len)
{
	struct state state;

	job->found = state_parse(text, len, &state);
	if (job->found) {
		job->out->size = state.size;
		job->out->mtime_ns = state.mtime_ns;
	}
	return job->found;
}

/* xap_bytes_fn */
static bool read_state(void *ctx, const char *value, size_t len)
{
	return take_state(ctx, value, len);
}

/* xap_term_fn: in byte order, so the first term behind the prefix ends it. */
static bool read_root(void *ctx, const char *term, size_t len, uint32_t wdf,
		      uint32_t termfreq)
{
	const size_t prefix = sizeof(TERM_ROOT) - 1;
	struct origin_job *job = ctx;
	size_t n = len < prefix ? len : prefix;
	int order = memcmp(term, TERM_ROOT, n);

	(void)wdf;
	(void)termfreq;
	if (order || len < prefix)
		return order <= 0;
	job->out->root = arena_strndup(job->lent, term + prefix, len - prefix);
	job->nomem = !job->out->root;
	return false;
}

static enum trawl_status origin_body(struct trawl_index *ix, void *arg,
				     struct trawl_error *err)
{
	struct origin_job *job = arg;
	enum trawl_status st;
	uint32_t docid;

	*job->out = (struct trawl_origin){ 0 };
	job->lent = &ix->scratch;
	st = index_find(ix, job->key, &docid, err);
	if (st == TRAWL_OK)
		st = xap_db_value(ix->db, docid, SLOT_STATE, read_state, job,
				  err);
	if (st == TRAWL_OK)
		st = xap_db_termlist(ix->db, docid, false, read_root, job, err);
	return st == TRAWL_OK ? outcome(job, "document", err) : st;
}

enum trawl_status trawl_origin_of(struct trawl_index *ix, const char *id,
				  struct trawl_origin *out,
				  struct trawl_error *err)
{
	struct trawl_origin origin;
	struct origin_job job = { .key = id, .out = &origin };
	enum trawl_status st;

	if (!id || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_origin_of: an argument is NULL");
	st = run(ix, origin_body, &job, err);
	if (st == TRAWL_OK)
		*out = origin;
	return st;
}

/* "STATE LF ROOT LF REASON", of which an input has the first alone. */
static bool read_remembered(void *ctx, const char *value, size_t len)
{
	struct origin_job *job = ctx;
	char *copy = arena_strndup(job->lent, value, len);
	char *root, *reason;

	job->nomem = !copy;
	if (!copy)
		return false;
	root = strchrnul(copy, '\n');
	if (!take_state(job, copy, (size_t)(root - copy)) || !job->reason)
		return false;
	*job->reason = "";
	if (!*root)
		return false;
	reason = strchrnul(++root, '\n');
	job->out->root = root != reason ? root : NULL;
	if (*reason) {
		*reason = '\0';
		*job->reason = reason + 1;
	}
	return false;
}

static enum trawl_status metadata_body(struct trawl_index *ix, void *arg,
				       struct trawl_error *err)
{
	struct origin_job *job = arg;
	struct buf key = BUF_INIT(XAP_TERM_MAX);
	enum trawl_status st;

	*job->out = (struct trawl_origin){ 0 };
	job->lent = &ix->scratch;
	add_long_term(&key, job->reason ? META_FAILED : META_INPUT, job->key,
		      strlen(job->key));
	st = key.failed ? fail_nomem(err)
			: xap_db_metadata(ix->db, key.data, key.len,
					  read_remembered, job, err);
	buf_release(&key);
	return st == TRAWL_OK ? outcome(job, "input", err) : st;
}

enum trawl_status trawl_failure_of(struct trawl_index *ix, const char *id,
				   struct trawl_origin *out,
				   const char **reason, struct trawl_error *err)
{
	struct trawl_origin origin;
	const char *why = NULL;
	struct origin_job job = { .key = id, .out = &origin, .reason = &why };
	enum trawl_status st;

	if (!id || !out || !reason)
		return fail(err, TRAWL_INVAL,
			    "trawl_failure_of: an argument is NULL");
	st = run(ix, metadata_body, &job, err);
	if (st == TRAWL_OK) {
		*out = origin;
		*reason = why;
	}
	return st;
}

enum trawl_status trawl_input_of(struct trawl_index *ix, const char *root,
				 struct trawl_origin *out,
				 struct trawl_error *err)
{
	struct trawl_origin origin;
	struct origin_job job = { .key = root, .out = &origin };
	enum trawl_status st;

	if (!root || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_input_of: an argument is NULL");
	st = run(ix, metadata_body, &job, err);
	if (st == TRAWL_OK)
		*out = origin;
	return st;
}

static enum trawl_status count_body(struct trawl_index *ix, void *arg,
				    struct trawl_error *err)
{
	struct origin_job *job = arg;
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	uint32_t documents = 0, occurrences;
	enum trawl_status st;

	add_long_term(&term, TERM_ROOT, job->key, strlen(job->key));
	st = term.failed ? fail_nomem(err)
			 : xap_db_term_freq(ix->db, term.data, term.len,
					    &documents, &occurrences, err);
	buf_release(&term);
	job->count = documents;
	return st;
}

enum trawl_status trawl_root_count(struct trawl_index *ix, const char *root,
				   uint64_t *count, struct trawl_error *err)
{
	struct origin_job job = { .key = root };
	enum trawl_status st;

	if (!root || !count)
		return fail(err, TRAWL_INVAL,
			    "trawl_root_count: an argument is NULL");
	st = run(ix, count_body, &job, err);
	if (st == TRAWL_OK)
		*count = job.count;
	return st;
}
