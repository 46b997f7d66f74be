/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_rewrite.c - many changes at once: the next generation is what there
 * was, without what has gone, and what is new
 *
 * What is new is built as a database of its own, with docids above those there
 * were, as generation number + 1; then both are joined into generation number.
 * Neither is switched to before it is whole.
 */
#include "writer_parts.h"

#include "generation.h"
#include "glass_join.h"
#include "status.h"

enum {
	METADATA_KEYS_MAX = 1 << 30
};

enum trawl_status rewrite_open(struct trawl_writer *w, struct trawl_error *err)
{
	struct xap_facts facts;
	enum trawl_status st = xap_db_open(w->path, &w->base, err);

	if (st == TRAWL_NOTFOUND)
		st = TRAWL_CORRUPT; /* the stub named it */
	if (st == TRAWL_OK)
		st = meta_read(w->base, &w->meta, err);
	if (st == TRAWL_OK)
		st = meta_check_analyzer(&w->meta, err);
	if (st == TRAWL_OK)
		st = xap_db_facts(w->base, &facts, err);
	if (st != TRAWL_OK)
		return st;
	w->documents = facts.documents;
	w->last_docid = facts.last_docid;
	memcpy(w->base_path, w->path, sizeof(w->base_path));
	w->number = generation_highest(w->index) + 1;
	generation_path(w->index, w->number, w->path);
	return xap_db_metadata_keys(w->base, META_FAILED, strlen(META_FAILED),
				    writer_note_any, &w->has_failures, err);
}

enum trawl_status rewrite_drop(struct trawl_writer *w, uint32_t docid,
			       struct trawl_error *err)
{
	if (docid_set_has(&w->dropped, docid))
		return TRAWL_OK;
	if (!docid_set_reserve(&w->dropped, docid))
		return fail_nomem(err);
	docid_set_add(&w->dropped, docid);
	news_gone(w, docid);
	w->documents--;
	w->changed = true;
	w->nsamples = 0;
	return TRAWL_OK;
}

/* ------------------------------------------------------------- metadata -- */

static bool collect_key(void *ctx, const char *data, size_t len)
{
	struct buf *keys = ctx;

	/* Ours have no control characters. */
	buf_add(keys, data, len);
	buf_addc(keys, '\n');
	return !keys->failed;
}

struct carried {
	struct trawl_writer *w;
	struct xap_bytes key;
	enum trawl_status st;
	struct trawl_error *err;
};

static bool carry_value(void *ctx, const char *data, size_t len)
{
	struct carried *c = ctx;

	c->st = builder_set_metadata(c->w->builder, c->key.data, c->key.len,
				     data, len, c->err);
	return false;
}

static enum trawl_status carry_key(struct trawl_writer *w, const char *key,
				   size_t len, struct trawl_error *err)
{
	struct carried c = { .w = w, .key = { key, len }, .err = err };
	struct xap_bytes value;
	enum trawl_status st;

	if (builder_metadata(w->builder, key, len, &value))
		return TRAWL_OK;
	st = xap_db_metadata(w->base, key, len, carry_value, &c, err);
	return st == TRAWL_OK ? c.st : st;
}

/* What was remembered and has not changed. */
static enum trawl_status carry_metadata(struct trawl_writer *w,
					struct trawl_error *err)
{
	struct buf keys = BUF_INIT(METADATA_KEYS_MAX);
	enum trawl_status st;

	st = xap_db_metadata_keys(w->base, "", 0, collect_key, &keys, err);
	if (st == TRAWL_OK && keys.failed)
		st = fail_nomem(err);
	for (const char *at = keys.data; st == TRAWL_OK && *at;) {
		size_t len = strcspn(at, "\n");

		st = carry_key(w, at, len, err);
		at += len + 1;
	}
	buf_release(&keys);
	return st;
}

/* -------------------------------------------------------------- the end -- */

static enum trawl_status join(struct trawl_writer *w, struct trawl_error *err)
{
	char added[PATH_MAX];
	const struct glass_part parts[] = {
		{ .path = w->base_path, .without = &w->dropped },
		{ .path = added },
	};
	const struct glass_join_options options = { .beside = true,
						    .sync = true };
	enum trawl_status st = make_directory(w->path, err);

	generation_path(w->index, w->number + 1, added);
	if (st == TRAWL_OK)
		st = glass_join(parts, 2, w->path, &options, NULL, err);
	return st == TRAWL_OK ? generation_remove(w->index, w->number + 1, err)
			      : st;
}

enum trawl_status rewrite_finish(struct trawl_writer *w,
				 struct trawl_error *err)
{
	enum trawl_status st = carry_metadata(w, err);

	if (st == TRAWL_OK)
		st = builder_finish(w->builder, false, err);
	builder_free(w->builder);
	w->builder = NULL;
	return st == TRAWL_OK ? join(w, err) : st;
}

void rewrite_close(struct trawl_writer *w)
{
	if (!w->base)
		return;
	xap_db_free(w->base);
	docid_set_release(&w->dropped);
	generation_remove(w->index, w->number + 1, NULL);
}
