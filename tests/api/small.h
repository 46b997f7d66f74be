/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * small.h - small indexes for the tests of the public interface
 *
 * Nothing but <trawl.h> and the C library, as for any other program.
 */
#ifndef TESTS_API_SMALL_H
#define TESTS_API_SMALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trawl.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

struct item {
	const char *id, *title, *date, *source, *topic, *text;
};

struct small {
	char dir[32], path[64];
	struct trawl_writer *w;
	struct trawl_preparer *p;
};

/* A status other than the one wanted shows its line. */
static inline void expect(enum trawl_status got, enum trawl_status want,
			  const struct trawl_error *err)
{
	if (got != want)
		printf("# %s: %s\n", trawl_status_name(got), err->text);
	assert_string_equal(trawl_status_name(got), trawl_status_name(want));
}

static inline void small_writer(struct small *s, enum trawl_write_mode mode,
				const char *schema)
{
	struct trawl_writer_options options = { .mode = mode,
						.schema = schema };
	struct trawl_error err = { 0 };

	expect(trawl_writer_open(s->path, &options, &s->w, &err), TRAWL_OK,
	       &err);
	expect(trawl_preparer_new(s->w, &s->p, &err), TRAWL_OK, &err);
}

static inline void small_writer_close(struct small *s)
{
	trawl_preparer_free(s->p);
	trawl_writer_close(s->w);
	s->p = NULL;
	s->w = NULL;
}

static inline void small_open(struct small *s, const char *schema)
{
	snprintf(s->dir, sizeof(s->dir), "/tmp/trawl-api.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/index", s->dir);
	small_writer(s, TRAWL_UPDATE, schema);
}

static inline void small_close(struct small *s)
{
	char command[64];

	small_writer_close(s);
	snprintf(command, sizeof(command), "rm -rf '%.31s'", s->dir);
	assert_int_equal(system(command), 0);
}

static inline void small_put_doc(struct small *s, const struct trawl_doc *doc)
{
	struct trawl_prepared *prep;
	struct trawl_error err = { 0 };
	enum trawl_outcome outcome;

	expect(trawl_prepare(s->p, doc, &prep, &err), TRAWL_OK, &err);
	expect(trawl_writer_put(s->w, prep, &outcome, &err), TRAWL_OK, &err);
	assert_true(outcome == TRAWL_ADDED || outcome == TRAWL_REPLACED);
	trawl_prepared_free(prep);
}

static inline void small_put(struct small *s, const struct item *item)
{
	const struct trawl_field all[] = {
		{ "title", item->title, 0, false },
		{ "date", item->date, 0, false },
		{ "source", item->source, 0, false },
		{ "topic", item->topic, 0, false },
	};
	struct trawl_field fields[COUNT(all)];
	struct trawl_doc doc = { .id = item->id,
				 .fields = fields,
				 .text = item->text,
				 .text_len =
					 item->text ? strlen(item->text) : 0 };

	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i].value) {
			fields[doc.nfields] = all[i];
			fields[doc.nfields++].len = strlen(all[i].value);
		}
	small_put_doc(s, &doc);
}

static inline void small_commit(struct small *s)
{
	struct trawl_error err = { 0 };

	expect(trawl_writer_commit(s->w, &err), TRAWL_OK, &err);
}

static inline struct trawl_index *small_reader(const struct small *s)
{
	struct trawl_index *ix = NULL;
	struct trawl_error err = { 0 };

	expect(trawl_index_open(s->path, &ix, &err), TRAWL_OK, &err);
	return ix;
}

static inline struct trawl_result *search(struct trawl_index *ix,
					  const struct trawl_request *rq)
{
	struct trawl_result *res = NULL;
	struct trawl_error err = { 0 };

	expect(trawl_search(ix, rq, &res, &err), TRAWL_OK, &err);
	return res;
}

/* The ids of the hits, a blank between two. */
static inline const char *ids(const struct trawl_result *res)
{
	static char line[4096];
	size_t n = 0;

	line[0] = '\0';
	for (size_t i = 0; i < trawl_result_head(res)->hits; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s",
				      i ? " " : "",
				      trawl_result_hit(res, i)->id);
	return line;
}

#endif
