/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * document.c - documents whole: one by id, all of them, as a line of JSON
 */
#include "buf.h"
#include "index.h"
#include "json.h"
#include "status.h"
#include "stored.h"

enum {
	/* Fields and text, each with what reading them takes beside. */
	DOCUMENT_BYTES_MAX = 64 << 20,
	EACH_BATCH = 1024 /* documents listed at a time */
};

/* What trawl_get() gives out; doc comes first, so that it can be freed. */
struct held {
	struct trawl_doc doc;
	struct arena arena;
	const char *id; /* asked for */
};

static enum trawl_status get_body(struct trawl_index *ix, void *arg,
				  struct trawl_error *err)
{
	struct held *held = arg;
	enum trawl_status st;
	uint32_t docid;

	arena_reset(&held->arena);
	st = index_find(ix, held->id, &docid, err);
	if (st == TRAWL_OK)
		st = index_document(ix, docid, &held->arena, &held->doc, err);
	return st;
}

enum trawl_status trawl_get(struct trawl_index *ix, const char *id,
			    struct trawl_doc **out, struct trawl_error *err)
{
	struct held *held;
	enum trawl_status st;

	if (!id || !out)
		return fail(err, TRAWL_INVAL, "trawl_get: an argument is NULL");
	held = calloc(1, sizeof(*held));
	if (!held)
		return fail_nomem(err);
	arena_init(&held->arena, DOCUMENT_BYTES_MAX);
	held->id = id;
	st = index_run(ix, get_body, held, err);
	if (st == TRAWL_OK)
		*out = &held->doc;
	else
		trawl_doc_free(&held->doc);
	return st;
}

void trawl_doc_free(struct trawl_doc *doc)
{
	struct held *held = (struct held *)doc;

	if (!held)
		return;
	arena_release(&held->arena);
	free(held);
}

void trawl_free(void *p)
{
	free(p);
}

bool trawl_doc_write(const struct trawl_doc *doc, bool with_text,
		     trawl_sink *sink, void *ctx)
{
	struct buf line =
		BUF_INIT(STORED_LINE_MAX + 6 * (size_t)TRAWL_TEXT_MAX);
	bool ok;

	buf_adds(&line, "{\"id\":");
	json_add_string(&line, doc->id, strlen(doc->id));
	if (doc->nfields) {
		buf_addc(&line, ',');
		stored_print(doc->fields, doc->nfields, &line);
	}
	if (with_text && doc->text) {
		buf_adds(&line, ",\"text\":");
		json_add_string(&line, doc->text, doc->text_len);
	}
	buf_adds(&line, "}\n");
	ok = !line.failed && sink(ctx, line.data, line.len);
	buf_release(&line);
	return ok;
}

/* ----------------------------------------------------------- every one -- */

struct walk {
	bool (*each)(void *ctx, const struct trawl_doc *doc);
	void *ctx;
	struct arena arena; /* one document at a time */
	uint32_t docids[EACH_BATCH];
	size_t n;
	bool stopped, gone;
};

static bool list_docid(void *ctx, uint32_t docid)
{
	struct walk *walk = ctx;

	walk->docids[walk->n++] = docid;
	return walk->n < EACH_BATCH;
}

static enum trawl_status give_batch(struct trawl_index *ix, size_t part,
				    struct walk *walk, struct trawl_error *err)
{
	struct trawl_doc doc;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; i < walk->n && !walk->stopped; i++) {
		arena_reset(&walk->arena);
		st = index_document_at_once(
			ix, index_docid(ix, part, walk->docids[i]),
			&walk->arena, &doc, err);
		if (st != TRAWL_OK)
			break;
		walk->stopped = !walk->each(walk->ctx, &doc);
	}
	return st;
}

static enum trawl_status walk_part(struct trawl_index *ix, size_t part,
				   struct walk *walk, struct trawl_error *err)
{
	enum trawl_status st;
	uint32_t from = 0;

	do {
		walk->n = 0;
		st = xap_db_postings(ix->part[part].db, "", 0, from, list_docid,
				     walk, err);
		if (st == TRAWL_OK)
			st = give_batch(ix, part, walk, err);
		if (walk->n)
			from = walk->docids[walk->n - 1] + 1;
	} while (st == TRAWL_OK && !walk->stopped && walk->n == EACH_BATCH &&
		 from);
	return st;
}

/*
 * The caller has been given documents of this snapshot: it cannot be begun
 * again on another without giving some twice.  So when it goes, that is the
 * answer, and index_run() does not hear of it.
 */
static enum trawl_status each_body(struct trawl_index *ix, void *arg,
				   struct trawl_error *err)
{
	struct walk *walk = arg;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && !walk->stopped && i < ix->nparts;
	     i++)
		st = walk_part(ix, i, walk, err);
	walk->gone = st == TRAWL_STALE;
	return walk->gone ? TRAWL_OK : st;
}

enum trawl_status trawl_each(struct trawl_index *ix,
			     bool (*each)(void *ctx,
					  const struct trawl_doc *doc),
			     void *ctx, struct trawl_error *err)
{
	struct walk *walk;
	enum trawl_status st;

	if (!each)
		return fail(err, TRAWL_INVAL, "trawl_each: each is NULL");
	walk = calloc(1, sizeof(*walk));
	if (!walk)
		return fail_nomem(err);
	walk->each = each;
	walk->ctx = ctx;
	arena_init(&walk->arena, DOCUMENT_BYTES_MAX);
	st = index_run(ix, each_body, walk, err);
	if (st == TRAWL_OK && walk->gone)
		st = fail(err, TRAWL_STALE,
			  "the index was committed to while it was read; "
			  "begin again");
	arena_release(&walk->arena);
	free(walk);
	return st;
}
