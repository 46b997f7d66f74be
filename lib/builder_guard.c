/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "builder_guard.h"

#include "builder.h"
#include "generation.h"
#include "glass_walk.h"
#include "status.h"

#include <errno.h>
#include <sys/stat.h>

enum {
	DOCUMENTS = 3,
	WORDS = 3
};

static const char *const ids[DOCUMENTS] = { "Qa", "Qb", "Qc" };
static const char *const words[WORDS] = { NULL, "Zword", "words" };
static const uint32_t positions[] = { 1, 2, 7, 300, 301, 70000 };

/* Document number i, from 0. */
struct sample {
	struct xap_posting posting[WORDS];
	struct xap_value value[2];
	struct xap_document doc;
};

static void make_sample(struct sample *s, size_t i)
{
	for (size_t n = 0; n < WORDS; n++) {
		const char *term = n ? words[n] : ids[i];

		s->posting[n] = (struct xap_posting){
			.term = { term, strlen(term) },
			.wdf = (uint32_t)(n * (100 * i + 1)),
		};
	}
	s->posting[2].positions = positions + i;
	s->posting[2].npositions = 6 - 2 * i;
	s->value[0] = (struct xap_value){ 1, { "20241107", 8 } };
	s->value[1] = (struct xap_value){ 130, { &"abc"[i], 1 } };
	s->doc = (struct xap_document){ .data = { "{}\ntext", 7 - i },
					.postings = s->posting,
					.npostings = WORDS,
					.values = s->value,
					.nvalues = 2 };
}

static enum trawl_status write_by_xapian(const char *path,
					 struct trawl_error *err)
{
	struct xap_writer *w;
	struct sample s;
	uint32_t docid;
	enum trawl_status st = xap_writer_open(path, XAP_CREATE, true, &w, err);

	if (st != TRAWL_OK)
		return st;
	for (size_t i = 0; st == TRAWL_OK && i < DOCUMENTS; i++) {
		make_sample(&s, i);
		st = xap_writer_put(w, ids[i], strlen(ids[i]), &s.doc, &docid,
				    err);
	}
	if (st == TRAWL_OK)
		st = xap_writer_set_metadata(w, "key", 3, "value", 5, err);
	if (st == TRAWL_OK)
		st = xap_writer_commit(w, err);
	if (st != TRAWL_NOMEM) /* xap.h: leaked then */
		xap_writer_free(w);
	return st;
}

static enum trawl_status put_sample(struct builder *b,
				    struct builder_share *share, size_t i,
				    struct trawl_error *err)
{
	struct terms *terms = builder_share_terms(share);
	struct sample s;
	struct built built;
	uint32_t docid;
	enum trawl_status st;

	make_sample(&s, i);
	for (size_t n = 0; n < WORDS; n++) {
		const struct xap_bytes *term = &s.posting[n].term;

		s.posting[n].number = terms_add(terms, term->data, term->len);
		if (s.posting[n].number == NO_TERM)
			return fail_nomem(err);
		s.posting[n].term.data = terms->term[s.posting[n].number].bytes;
	}
	st = builder_invert(share, &s.doc, &built, err);
	if (st != TRAWL_OK)
		return st;
	st = builder_put(b, &built, s.value, 2, &docid, err);
	built_release(&built);
	return st;
}

static enum trawl_status write_by_builder(const char *path,
					  struct trawl_error *err)
{
	const struct builder_options options = { .path = path,
						 .memory = 1 << 20 };
	struct builder_share *share;
	struct builder *b;
	enum trawl_status st = builder_new(&options, &b, err);

	if (st != TRAWL_OK)
		return st;
	st = builder_share_new(b, &share, err);
	for (size_t i = 0; st == TRAWL_OK && i < DOCUMENTS; i++)
		st = put_sample(b, share, i, err);
	if (st == TRAWL_OK)
		st = builder_set_metadata(b, "key", 3, "value", 5, err);
	if (st == TRAWL_OK)
		st = builder_finish(b, false, err);
	builder_free(b);
	return st;
}

/* ------------------------------------------------------------ comparing -- */

static bool is_same_item(const struct glass_item *a, const struct glass_item *b)
{
	return a->keylen == b->keylen && a->taglen == b->taglen &&
	       !memcmp(a->key, b->key, a->keylen) &&
	       !memcmp(a->tag, b->tag, a->taglen);
}

static enum trawl_status same_items(struct glass_walk *a, struct glass_walk *b,
				    const char *name, struct trawl_error *err)
{
	struct glass_item x, y;
	bool more_a, more_b;
	enum trawl_status st;

	do {
		more_a = glass_walk_next(a, &x);
		more_b = glass_walk_next(b, &y);
		if (more_a && more_b && !is_same_item(&x, &y))
			return fail(err, TRAWL_MISMATCH,
				    "%s differs from what is expected", name);
	} while (more_a && more_b);
	st = glass_walk_status(a, err);
	if (st == TRAWL_OK)
		st = glass_walk_status(b, err);
	if (st == TRAWL_OK && more_a != more_b)
		st = fail(err, TRAWL_MISMATCH,
			  "%s has other entries than expected", name);
	return st;
}

static enum trawl_status same_table(const char *dir_a, const char *dir_b,
				    const struct glass_version *a,
				    const struct glass_version *b, int id,
				    struct trawl_error *err)
{
	const char *name = glass_table_names[id];
	struct glass_walk *wa = NULL, *wb = NULL;
	enum trawl_status st;

	if (!a->root[id].entries && !b->root[id].entries)
		return TRAWL_OK;
	if (!a->root[id].entries || !b->root[id].entries)
		return fail(err, TRAWL_MISMATCH, "only one has a table %s",
			    name);
	st = glass_walk_open(dir_a, name, &a->root[id], &wa, err);
	if (st == TRAWL_OK)
		st = glass_walk_open(dir_b, name, &b->root[id], &wb, err);
	if (st == TRAWL_OK)
		st = same_items(wa, wb, name, err);
	glass_walk_close(wa);
	glass_walk_close(wb);
	return st;
}

static bool same_statistics(const struct glass_version *a,
			    const struct glass_version *b)
{
	return a->documents == b->documents && a->last_docid == b->last_docid &&
	       a->total_length == b->total_length &&
	       a->length_min == b->length_min &&
	       a->length_max == b->length_max && a->wdf_max == b->wdf_max;
}

enum trawl_status glass_same(const char *a, const char *b,
			     struct trawl_error *err)
{
	struct glass_version va, vb;
	enum trawl_status st = glass_version_read(a, &va, err);

	if (st == TRAWL_OK)
		st = glass_version_read(b, &vb, err);
	if (st == TRAWL_OK && !same_statistics(&va, &vb))
		st = fail(err, TRAWL_MISMATCH, "iamglass counts otherwise");
	for (int id = 0; st == TRAWL_OK && id < GLASS_TABLES; id++)
		st = same_table(a, b, &va, &vb, id, err);
	return st;
}

enum trawl_status builder_guard(const char *index, uint32_t number,
				const char *version, struct trawl_error *err)
{
	char theirs[PATH_MAX], ours[PATH_MAX];
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (strncmp(version, "1.4.", 4))
		return fail(err, TRAWL_MISMATCH,
			    "Xapian %s is not the 1.4 whose files are known",
			    version);
	generation_path(index, number, theirs);
	generation_path(index, number + 1, ours);
	st = mkdir(theirs, 0777) || mkdir(ours, 0777)
		     ? fail(&why, TRAWL_IO, "cannot create %s: %s", theirs,
			    strerror(errno))
		     : TRAWL_OK;
	if (st == TRAWL_OK)
		st = write_by_xapian(theirs, &why);
	if (st == TRAWL_OK)
		st = write_by_builder(ours, &why);
	if (st == TRAWL_OK)
		st = glass_same(theirs, ours, &why);
	generation_remove(index, number, NULL);
	generation_remove(index, number + 1, NULL);
	return st == TRAWL_OK
		       ? st
		       : fail(err, st, "Xapian %s: %s", version, why.text);
}
