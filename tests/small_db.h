/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * small_db.h - a Xapian database of a few documents, made through lib/xap.h
 *
 * In a folder of its own under $TMPDIR.  For unit tests; needs cmocka.
 */
#ifndef TESTS_SMALL_DB_H
#define TESTS_SMALL_DB_H

#include "xap.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SMALL_TERMS_MAX = 4096
};

struct small_term {
	char text[XAP_TERM_MAX + 1];
	uint32_t wdf, positions[16];
	size_t npositions;
};

struct small_db {
	char dir[256], path[300];
	struct xap_writer *writer;
	struct xap_db *db;
	struct small_term term[SMALL_TERMS_MAX]; /* of the next document */
	size_t nterms;
	struct xap_value value[8];
	size_t nvalues;
	struct xap_bytes data;
};

static inline void small_ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

static inline struct small_db *small_db_new(void)
{
	struct small_db *s = calloc(1, sizeof(*s));
	const char *tmp = getenv("TMPDIR");
	struct trawl_error err;

	assert_non_null(s);
	snprintf(s->dir, sizeof(s->dir), "%s/trawl-unit-XXXXXX",
		 tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/db", s->dir);
	small_ok(xap_writer_open(s->path, XAP_CREATE, true, &s->writer, &err),
		 &err);
	return s;
}

/* Add a term to the next document; position 0: none. */
static inline void small_term(struct small_db *s, const char *prefix,
			      const char *text, size_t len, uint32_t wdf,
			      uint32_t position)
{
	char term[XAP_TERM_MAX + 1];
	size_t i = 0;

	snprintf(term, sizeof(term), "%s%.*s", prefix, (int)len, text);
	while (i < s->nterms && strcmp(s->term[i].text, term) != 0)
		i++;
	assert_true(i < SMALL_TERMS_MAX);
	if (i == s->nterms) {
		memset(&s->term[i], 0, sizeof(s->term[i]));
		memcpy(s->term[s->nterms++].text, term, sizeof(term));
	}
	s->term[i].wdf += wdf;
	if (position) {
		assert_true(s->term[i].npositions < 16);
		s->term[i].positions[s->term[i].npositions++] = position;
	}
}

static inline void small_value(struct small_db *s, uint32_t slot,
			       const char *value, size_t len)
{
	s->value[s->nvalues++] =
		(struct xap_value){ .slot = slot, .value = { value, len } };
}

static inline int small_compare(const void *a, const void *b)
{
	return strcmp(((const struct small_term *)a)->text,
		      ((const struct small_term *)b)->text);
}

/* Write the document; values and data must still live. */
static inline uint32_t small_put(struct small_db *s, const char *id)
{
	struct xap_posting *p = calloc(s->nterms + 1, sizeof(*p));
	struct xap_document doc = { .data = s->data,
				    .postings = p,
				    .values = s->value };
	struct trawl_error err;
	uint32_t docid;

	assert_non_null(p);
	small_term(s, "Q", id, strlen(id), 0, 0);
	qsort(s->term, s->nterms, sizeof(*s->term), small_compare);
	for (size_t i = 0; i < s->nterms; i++) {
		const struct small_term *t = &s->term[i];

		p[i] = (struct xap_posting){ .term = { t->text,
						       strlen(t->text) },
					     .wdf = t->wdf,
					     .positions = t->positions,
					     .npositions = t->npositions };
	}
	doc.npostings = s->nterms;
	doc.nvalues = s->nvalues;
	char unique[XAP_TERM_MAX + 1];

	snprintf(unique, sizeof(unique), "Q%s", id);
	small_ok(xap_writer_put(s->writer, unique, strlen(unique), &doc, &docid,
				&err),
		 &err);
	free(p);
	s->nterms = s->nvalues = 0;
	s->data.len = 0;
	return docid;
}

/* Commit and open for reading. */
static inline void small_db_open(struct small_db *s)
{
	struct trawl_error err;

	small_ok(xap_writer_commit(s->writer, &err), &err);
	xap_writer_free(s->writer);
	s->writer = NULL;
	small_ok(xap_db_open(s->path, &s->db, &err), &err);
}

static inline int small_remove(const char *path, const struct stat *st,
			       int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void small_db_free(struct small_db *s)
{
	if (!s)
		return;
	xap_writer_free(s->writer);
	xap_db_free(s->db);
	nftw(s->dir, small_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(s);
}

#endif
