/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/search.c and others: what a search gives when its time is up */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadline.h"
#include "search.h"
#include "suggest.h"
#include "temp_dir.h"

static struct temp_dir dir;
static char path[512];
static struct trawl_index *ix;

static void put(struct trawl_writer *w, struct trawl_preparer *p, unsigned i)
{
	static const char text[] =
		"The climate summit ended.  Electors elected an elector, and "
		"the elections of Zelensky were a summit of elections.";
	char id[16];
	const struct trawl_field fields[] = {
		{ "title", "Climate", 7, false },
		{ "source", "Reuters", 7, false },
	};
	const struct trawl_doc doc = { .id = id,
				       .fields = fields,
				       .nfields = 2,
				       .text = text,
				       .text_len = sizeof(text) - 1 };
	struct trawl_prepared *prep;

	snprintf(id, sizeof(id), "id%02u", i);
	assert_int_equal(trawl_prepare(p, &doc, &prep, NULL), TRAWL_OK);
	assert_int_equal(trawl_writer_put(w, prep, NULL, NULL), TRAWL_OK);
	trawl_prepared_free(prep);
}

static int set_up(void **state)
{
	const struct trawl_writer_options options = { .mode = TRAWL_UPDATE };
	struct trawl_writer *w;
	struct trawl_preparer *p;

	(void)state;
	temp_dir_make(&dir);
	temp_path(&dir, "index", path);
	assert_int_equal(trawl_writer_open(path, &options, &w, NULL), TRAWL_OK);
	assert_int_equal(trawl_preparer_new(w, &p, NULL), TRAWL_OK);
	for (unsigned i = 0; i < 50; i++)
		put(w, p, i);
	assert_int_equal(trawl_writer_commit(w, NULL), TRAWL_OK);
	trawl_preparer_free(p);
	trawl_writer_close(w);
	assert_int_equal(trawl_index_open(path, &ix, NULL), TRAWL_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_index_close(ix);
	temp_dir_remove(&dir);
	return 0;
}

static void wait_till_late(struct search *s)
{
	while (!search_is_late(s))
		;
}

/* The time is up before there is a plan, and after. */
static enum trawl_status late_before(struct search *s, struct trawl_error *err)
{
	wait_till_late(s);
	return search_query(s, err);
}

static enum trawl_status late_after(struct search *s, struct trawl_error *err)
{
	enum trawl_status st = search_query(s, err);

	wait_till_late(s);
	return st;
}

static struct trawl_result *run(const struct trawl_request *rq,
				search_make *make, const char *only)
{
	struct search s = {
		.rq = rq, .make = make, .only = only, .spelling = !only
	};
	struct trawl_error err = { 0 };
	struct trawl_result *res = NULL;

	if (search_run(ix, &s, &res, &err) != TRAWL_OK)
		fail_msg("%s", err.text);
	return res;
}

static void test_late_searches_say_so(void **state)
{
	static const char *const queries[] = {
		"elect* cli* su* ze*",
		"zelenski~1 climte~2",
		"climate summit",
		"climte sumit",
		"\"climate summit\" (elections NEAR/9 zelensky)",
		"",
	};
	static search_make *const makes[] = { late_before, late_after };

	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		for (size_t k = 0; k < 2; k++) {
			struct trawl_request rq = TRAWL_REQUEST_INIT;
			struct trawl_result *res;
			const struct trawl_head *head;

			rq.query = queries[i];
			rq.facets = "source";
			rq.timeline = TRAWL_TIMELINE_YEAR;
			rq.explain = rq.correct = true;
			rq.timeout_ms = 1;
			res = run(&rq, makes[k], NULL);
			head = trawl_result_head(res);
			assert_string_equal(head->partial, "timeout");
			assert_true(head->lower_bound);
			assert_int_equal(head->hits, 0);
			assert_int_equal(head->total, 0);
			assert_null(head->corrected);
			assert_int_equal(head->nfacets, 1);
			trawl_result_free(res);
		}
}

/* What is wrong with a request is said however late it is. */
static void test_late_searches_are_checked(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct search s = { .rq = &rq, .make = late_before };
	struct trawl_error err;
	struct trawl_result *res;

	(void)state;
	rq.timeout_ms = 1;
	rq.facets = "nothing";
	assert_int_equal(search_run(ix, &s, &res, &err), TRAWL_BADVALUE);
	rq.facets = NULL;
	rq.sort = "nothing";
	assert_int_equal(search_run(ix, &s, &res, &err), TRAWL_BADVALUE);
}

/* The document is shown, bare: shares of a part of the words would mislead. */
static void test_late_explanations_are_bare(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.query = "climate summit elect*";
	rq.timeout_ms = 1;
	rq.explain = true;
	res = run(&rq, late_after, "id07");
	assert_string_equal(trawl_result_head(res)->partial, "timeout");
	assert_int_equal(trawl_result_head(res)->hits, 1);
	assert_string_equal(trawl_result_hit(res, 0)->id, "id07");
	assert_string_equal(trawl_result_hit(res, 0)->title, "Climate");
	assert_int_equal(trawl_result_hit(res, 0)->nexplain, 0);
	assert_int_equal(trawl_result_hit(res, 0)->nsnippets, 0);
	trawl_result_free(res);
}

struct corrected {
	uint64_t deadline;
	const char *text;
	struct arena arena;
};

static enum trawl_status correct(struct trawl_index *index, void *arg,
				 struct trawl_error *err)
{
	struct corrected *c = arg;

	return correct_query(index, "climte sumit", c->deadline, &c->arena,
			     &c->text, err);
}

static void test_no_correction_after_the_deadline(void **state)
{
	struct corrected c = { .deadline = UINT64_MAX };

	(void)state;
	arena_init(&c.arena, 1 << 20);
	assert_int_equal(index_run(ix, correct, &c, NULL), TRAWL_OK);
	assert_string_equal(c.text, "climate summit");
	c.deadline = 1;
	assert_int_equal(index_run(ix, correct, &c, NULL), TRAWL_OK);
	assert_null(c.text);
	arena_release(&c.arena);
}

static void test_clock(void **state)
{
	(void)state;
	assert_false(is_past(0));
	assert_true(is_past(1));
	assert_false(is_past(UINT64_MAX));
	assert_true(time_left(0) == UINT64_MAX);
	assert_true(time_left(1) == 0);
	assert_true(time_left(UINT64_MAX) > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late_searches_say_so),
		cmocka_unit_test(test_late_searches_are_checked),
		cmocka_unit_test(test_late_explanations_are_bare),
		cmocka_unit_test(test_no_correction_after_the_deadline),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
