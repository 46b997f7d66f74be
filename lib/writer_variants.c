/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_variants.c - what a writer does about spellings at its end
 *
 * Decisions of the user's outlive a build: they are taken over from the index
 * that it takes the place of.  Xapian's synonyms are made anew of what was
 * mined and what was decided.
 */
#include "writer_parts.h"

#include "generation.h"
#include "part_words.h"
#include "status.h"
#include "variants.h"

enum {
	KEYS_MAX = 64 << 20 /* bytes of all the terms that have synonyms */
};

/* -------------------------------------------------------------- reading -- */

static enum trawl_status read_key(const struct trawl_writer *w, const char *key,
				  struct buf *out, struct trawl_error *err)
{
	struct xap_bytes value;

	if (!w->builder)
		return meta_value(xap_writer_db(w->xap), key, out, err);
	buf_reset(out);
	if (builder_metadata(w->builder, key, strlen(key), &value))
		buf_add(out, value.data, value.len);
	return out->failed ? fail_nomem(err) : TRAWL_OK;
}

/* One that is damaged, or is none of ours, has nothing to be kept. */
static enum trawl_status read_former(const struct trawl_writer *w,
				     struct buf *out, struct trawl_error *err)
{
	char path[PATH_MAX];
	struct xap_db *db = NULL;
	uint32_t number;
	enum trawl_status st;

	st = generation_current(w->index, &number, path, NULL);
	if (st == TRAWL_OK)
		st = xap_db_open(path, &db, NULL);
	if (st == TRAWL_OK)
		st = meta_value(db, VARIANTS_USER, out, NULL);
	xap_db_free(db);
	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	if (st != TRAWL_OK)
		buf_reset(out);
	return TRAWL_OK;
}

static enum trawl_status set_key(struct trawl_writer *w, const char *key,
				 const struct buf *value,
				 struct trawl_error *err)
{
	return w->builder
		       ? builder_set_metadata(w->builder, key, strlen(key),
					      value->data, value->len, err)
		       : xap_writer_set_metadata(w->xap, key, strlen(key),
						 value->data, value->len, err);
}

static enum trawl_status read_user(struct trawl_writer *w, struct buf *out,
				   struct trawl_error *err)
{
	enum trawl_status st = read_key(w, VARIANTS_USER, out, err);

	if (st != TRAWL_OK || out->len || !w->build)
		return st;
	st = read_former(w, out, err);
	return st == TRAWL_OK && out->len ? set_key(w, VARIANTS_USER, out, err)
					  : st;
}

/* ------------------------------------------------------------- synonyms -- */

static bool note_key(void *ctx, const char *data, size_t len)
{
	struct buf *keys = ctx;

	buf_addc(keys, (char)len);
	buf_add(keys, data, len);
	return !keys->failed;
}

static enum trawl_status clear_synonyms(struct trawl_writer *w,
					struct trawl_error *err)
{
	const struct xap_bytes first = { "", 0 };
	struct buf keys = BUF_INIT(KEYS_MAX);
	enum trawl_status st = xap_db_synonym_keys(xap_writer_db(w->xap), first,
						   note_key, &keys, err);

	if (st == TRAWL_OK && keys.failed)
		st = fail_nomem(err);
	for (size_t i = 0; st == TRAWL_OK && i < keys.len;
	     i += 1 + (unsigned char)keys.data[i])
		st = xap_writer_clear_synonyms(w->xap, keys.data + i + 1,
					       (unsigned char)keys.data[i],
					       err);
	buf_release(&keys);
	return st;
}

static enum trawl_status add_synonym(void *ctx, const char *term, size_t len,
				     const char *synonym, size_t synonym_len,
				     struct trawl_error *err)
{
	const struct trawl_writer *w = ctx;

	return w->builder ? builder_add_synonym(w->builder, term, len, synonym,
						synonym_len, err)
			  : xap_writer_add_synonym(w->xap, term, len, synonym,
						   synonym_len, err);
}

static enum trawl_status write_synonyms(struct trawl_writer *w,
					const struct buf *mined,
					const struct buf *user,
					struct trawl_error *err)
{
	const struct variants_input in = { .mined = mined->data,
					   .mined_len = mined->len,
					   .user = user->data,
					   .user_len = user->len };
	struct variants *v;
	enum trawl_status st = variants_new(&in, &v, err);

	if (st != TRAWL_OK)
		return st;
	if (!w->builder)
		st = clear_synonyms(w, err);
	if (st == TRAWL_OK)
		st = variants_each_synonym(v, add_synonym, w, err);
	variants_free(v);
	return st;
}

enum trawl_status writer_variants(struct trawl_writer *w,
				  struct trawl_error *err)
{
	struct buf mined = BUF_INIT(VARIANTS_TEXT_MAX);
	struct buf user = BUF_INIT(VARIANTS_USER_MAX);
	enum trawl_status st;

	/* A rewrite takes over what was there. */
	if (w->base && w->builder)
		return TRAWL_OK;
	st = read_key(w, VARIANTS_MINED, &mined, err);
	if (st == TRAWL_OK)
		st = read_user(w, &user, err);
	if (st == TRAWL_OK)
		st = write_synonyms(w, &mined, &user, err);
	buf_release(&mined);
	buf_release(&user);
	return st;
}
