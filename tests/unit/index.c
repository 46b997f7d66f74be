/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/index.c: what happens when the snapshot goes in the middle of a body */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "index.h"

#include <limits.h>
#include <unistd.h>

enum {
	DOCUMENTS = 100,
	TEXT_BYTES = 2000
};

struct fixture {
	char dir[32], path[64];
	struct trawl_index *ix;
	unsigned commits, calls, stale;
	unsigned commit_in; /* how many of the body's calls commit */
};

static void put_all(struct trawl_writer *w, struct trawl_preparer *p,
		    unsigned round)
{
	char id[16], text[TEXT_BYTES + 100];
	struct trawl_doc doc = { .id = id, .text = text };
	struct trawl_prepared *prep;

	for (unsigned i = 0; i < DOCUMENTS; i++) {
		int n = snprintf(text, sizeof(text), "round%u ", round);

		while (n < TEXT_BYTES)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				      "w%u ", (i * 7919u + (unsigned)n) % 20);
		doc.text_len = (size_t)n;
		snprintf(id, sizeof(id), "%03u", i);
		assert_int_equal(trawl_prepare(p, &doc, &prep, NULL), TRAWL_OK);
		assert_int_equal(trawl_writer_put(w, prep, NULL, NULL),
				 TRAWL_OK);
		trawl_prepared_free(prep);
	}
}

static void commit(struct fixture *f)
{
	const struct trawl_writer_options options = { .mode = TRAWL_UPDATE };
	struct trawl_writer *w;
	struct trawl_preparer *p;

	assert_int_equal(trawl_writer_open(f->path, &options, &w, NULL),
			 TRAWL_OK);
	assert_int_equal(trawl_preparer_new(w, &p, NULL), TRAWL_OK);
	put_all(w, p, f->commits++);
	assert_int_equal(trawl_writer_commit(w, NULL), TRAWL_OK);
	trawl_preparer_free(p);
	trawl_writer_close(w);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "/tmp/trawl-unit.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/index", f->dir);
	commit(f);
	assert_int_equal(trawl_index_open(f->path, &f->ix, NULL), TRAWL_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[64];

	trawl_index_close(f->ix);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

/* Commits beside itself in its first calls, and reads everything. */
static enum trawl_status read_all(struct trawl_index *ix, void *arg,
				  struct trawl_error *err)
{
	struct fixture *f = arg;
	enum trawl_status st = TRAWL_OK;
	struct trawl_doc doc;
	struct arena arena;

	if (f->calls++ < f->commit_in) {
		commit(f);
		commit(f);
	}
	arena_init(&arena, 1 << 20);
	for (uint32_t i = 1; st == TRAWL_OK && i <= DOCUMENTS; i++) {
		arena_reset(&arena);
		st = index_document(ix, i, &arena, &doc, err);
		if (st == TRAWL_OK) {
			char want[16];
			int n = snprintf(want, sizeof(want), "round%u ",
					 f->commits - 1);

			assert_memory_equal(doc.text, want, n);
		}
	}
	arena_release(&arena);
	f->stale += st == TRAWL_STALE;
	return st;
}

static void test_body_is_run_again(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err = { .text = "untouched" };
	char before[sizeof(f->ix->rev)];

	memcpy(before, f->ix->rev, sizeof(before));
	f->commit_in = 2;
	assert_int_equal(index_run(f->ix, read_all, f, &err), TRAWL_OK);
	assert_int_equal(f->stale, 2);
	assert_int_equal(f->calls, 3);
	assert_string_not_equal(f->ix->rev, before);
	/* Failures that were made good are nobody's business. */
	assert_string_equal(err.text, "untouched");
}

static void test_attempts_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err = { 0 };

	f->commit_in = UINT_MAX;
	assert_int_equal(index_run(f->ix, read_all, f, &err), TRAWL_STALE);
	assert_int_equal(f->calls, INDEX_RETRIES + 1);
	assert_non_null(strstr(err.text, "try again"));
	/* And the handle is as good as before. */
	f->commit_in = 0;
	assert_int_equal(index_run(f->ix, read_all, f, &err), TRAWL_OK);
}

static enum trawl_status always_stale(struct trawl_index *ix, void *arg,
				      struct trawl_error *err)
{
	(void)ix;
	(void)err;
	++*(unsigned *)arg;
	return TRAWL_STALE;
}

/* Xapian calls it modified, and nobody has modified it. */
static void test_stale_without_a_commit_is_damage(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err = { 0 };
	unsigned calls = 0;

	assert_int_equal(index_run(f->ix, always_stale, &calls, &err),
			 TRAWL_CORRUPT);
	assert_int_equal(calls, 1);
	assert_non_null(strstr(err.text, "rebuild"));
}

static enum trawl_status find_and_read(struct trawl_index *ix, void *arg,
				       struct trawl_error *err)
{
	enum trawl_status st;
	struct trawl_doc doc;
	struct arena arena;
	uint32_t docid = 0;

	arena_init(&arena, 1 << 20);
	st = index_find(ix, arg, &docid, err);
	if (st == TRAWL_OK)
		st = index_document(ix, docid, &arena, &doc, err);
	if (st == TRAWL_OK)
		assert_string_equal(doc.id, arg);
	arena_release(&arena);
	return st;
}

static enum trawl_status read_missing(struct trawl_index *ix, void *arg,
				      struct trawl_error *err)
{
	struct trawl_doc doc;
	struct arena arena;
	enum trawl_status st;

	(void)arg;
	arena_init(&arena, 1 << 20);
	st = index_document(ix, DOCUMENTS + 1, &arena, &doc, err);
	arena_release(&arena);
	return st;
}

static void test_documents_by_id(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err = { 0 };

	assert_int_equal(
		index_run(f->ix, find_and_read, (char[]){ "007" }, &err),
		TRAWL_OK);
	assert_int_equal(index_run(f->ix, find_and_read, (char[]){ "7" }, &err),
			 TRAWL_NOTFOUND);
	assert_non_null(strstr(err.text, "\"7\""));
	assert_int_equal(index_run(f->ix, read_missing, NULL, &err),
			 TRAWL_CORRUPT);
	assert_non_null(strstr(err.text, "document 101"));
}

/* The stub names a generation that is gone: not "no index". */
static void test_generation_that_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct trawl_index *ix = NULL;
	struct trawl_error err = { 0 };
	char command[160];

	snprintf(command, sizeof(command), "mv '%s'/gen-* '%s'/away", f->path,
		 f->dir);
	assert_int_equal(system(command), 0);
	assert_int_equal(trawl_index_open(f->path, &ix, &err), TRAWL_CORRUPT);
	assert_non_null(strstr(err.text, "rebuild"));
	assert_null(ix);
	snprintf(command, sizeof(command), "rm '%s/XAPIANDB'", f->path);
	assert_int_equal(system(command), 0);
	assert_int_equal(trawl_index_open(f->path, &ix, &err), TRAWL_NOTFOUND);
	assert_int_equal(trawl_index_refresh(f->ix, NULL, &err),
			 TRAWL_NOTFOUND);
}

/* A switch to what is not there fails each time, until it is taken back. */
static void test_switch_to_nothing(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err = { 0 };
	char command[200];

	snprintf(command, sizeof(command),
		 "cd '%s' && ln XAPIANDB was && echo glass gen-000009 > new && "
		 "mv new XAPIANDB",
		 f->path);
	assert_int_equal(system(command), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(trawl_index_refresh(f->ix, NULL, &err),
				 TRAWL_CORRUPT);
	snprintf(command, sizeof(command), "cd '%s' && mv was XAPIANDB",
		 f->path);
	assert_int_equal(system(command), 0);
	assert_int_equal(trawl_index_refresh(f->ix, NULL, &err), TRAWL_OK);
	assert_int_equal(index_run(f->ix, read_all, f, &err), TRAWL_OK);
}

/* As many commits as before, to the same generation; but all is another's. */
static void test_index_made_anew(void **state)
{
	struct fixture *f = *state;
	char command[80], rev[sizeof(f->ix->rev)];
	bool changed = false;

	memcpy(rev, f->ix->rev, sizeof(rev));
	snprintf(command, sizeof(command), "rm -r '%s'", f->path);
	assert_int_equal(system(command), 0);
	commit(f);
	assert_int_equal(trawl_index_refresh(f->ix, &changed, NULL), TRAWL_OK);
	assert_true(changed);
	assert_string_equal(f->ix->rev, rev);
	assert_int_equal(index_run(f->ix, read_all, f, NULL), TRAWL_OK);
	assert_int_equal(trawl_index_refresh(f->ix, &changed, NULL), TRAWL_OK);
	assert_false(changed);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(body_is_run_again),
		TEST(attempts_are_bounded),
		TEST(stale_without_a_commit_is_damage),
		TEST(documents_by_id),
		TEST(index_made_anew),
		TEST(switch_to_nothing),
		TEST(generation_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
