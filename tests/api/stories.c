/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an embedder sees of copies and stories: made with the index, folded,
 * told whole, written out */
#include "small.h"

/* A wire's report, as two papers and a third with a line of its own print it. */
static const char report[] =
	"Ferry crews on the northern islands walked out at dawn after talks "
	"about night shifts broke down. The union said that seven of nine "
	"boats would stay in harbour until Friday. Passengers slept in the "
	"terminal at Brekke, where volunteers handed out soup and blankets. "
	"A spokesman for the line said that mail and medicine would cross "
	"with the coast guard. The minister of transport, Marit Solheim, "
	"called both sides to the capital and promised an offer by evening.";

static const struct item items[] = {
	{ "wire", "Ferry crews walk out", "2031-03-04", "Wire", NULL, report },
	{ "paper", "No boats until Friday", "2031-03-04", "Paper", NULL,
	  report },
	{ "other", "Apples are early", "2031-03-05", "Paper", NULL,
	  "Growers in the southern valleys picked the first apples of the year "
	  "three weeks before time. Warm nights and no frost in bloom were the "
	  "reason, the institute of fruit said, and the harbour market had "
	  "crates of them already." },
};

static struct small small;
static struct trawl_index *ix;

static int set_up(void **state)
{
	(void)state;
	small_open(&small, NULL);
	for (size_t i = 0; i < COUNT(items); i++)
		small_put(&small, &items[i]);
	small_commit(&small);
	small_writer_close(&small);
	ix = small_reader(&small);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_index_close(ix);
	small_close(&small);
	return 0;
}

static void test_copies_are_told_once(void **state)
{
	static const char *const groups[] = { "copy", "story" };

	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;
		struct trawl_error err;

		rq.query = "harbour";
		expect(trawl_request_set(&rq, "group", groups[i], &err),
		       TRAWL_OK, &err);
		res = search(ix, &rq);
		assert_int_equal(trawl_result_head(res)->total, 3);
		assert_int_equal(trawl_result_head(res)->groups, 2);
		assert_false(trawl_result_head(res)->groups_lower);
		assert_int_equal(trawl_result_head(res)->hits, 2);
		for (size_t k = 0; k < 2; k++) {
			const struct trawl_hit *hit = trawl_result_hit(res, k);
			bool alone = !strcmp(hit->id, "other");

			assert_int_equal(hit->similar, !alone);
			assert_int_equal(hit->story == NULL, alone);
		}
		trawl_result_free(res);
	}
}

static void test_off_by_default(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.query = "harbour";
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->hits, 3);
	assert_int_equal(trawl_result_head(res)->groups, 0);
	for (size_t i = 0; i < 3; i++) {
		assert_null(trawl_result_hit(res, i)->story);
		assert_int_equal(trawl_result_hit(res, i)->similar, 0);
	}
	trawl_result_free(res);
}

static void test_a_story_is_told_whole(void **state)
{
	static const char *const members[] = { "wire", "paper" };

	(void)state;
	for (size_t i = 0; i < COUNT(members); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;

		rq.story = members[i];
		res = search(ix, &rq);
		assert_string_equal(ids(res), "paper wire");
		assert_string_equal(trawl_result_hit(res, 0)->story,
				    trawl_result_hit(res, 1)->story);
		trawl_result_free(res);
	}
}

static bool gather(void *ctx, const char *bytes, size_t n)
{
	strncat(ctx, bytes, n);
	return true;
}

static void test_headlines_are_written(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	char lines[4096] = "";

	(void)state;
	rq.query = "harbour";
	rq.limit = 0;
	rq.timeline = TRAWL_TIMELINE_DAY;
	rq.headlines = true;
	res = search(ix, &rq);
	assert_true(trawl_result_write(res, TRAWL_JSON, gather, lines));
	trawl_result_free(res);
	assert_string_equal(
		lines, "{\"timeline\":\"day\",\"buckets\":[[\"2031-03-04\",2,"
		       "\"paper\","
		       "\"No boats until Friday\"],[\"2031-03-05\",1,\"other\","
		       "\"Apples are early\"]]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies_are_told_once),
		cmocka_unit_test(test_off_by_default),
		cmocka_unit_test(test_a_story_is_told_whole),
		cmocka_unit_test(test_headlines_are_written),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
