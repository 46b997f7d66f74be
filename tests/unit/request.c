/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/request.c: options by name, the check of a whole request, lists */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "request.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void test_every_option_can_be_set(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	static const char *const set[][2] = {
		{ "limit", "1000" },
		{ "offset", "9000" },
		{ "sort", "-date" },
		{ "match", "all" },
		{ "ranking", "trawl2" },
		{ "fields", "title,x" },
		{ "snippets", "5" },
		{ "mark", "none" },
		{ "facets", "source,lang" },
		{ "timeline", "month" },
		{ "headlines", "1" },
		{ "group", "copy" },
		{ "story", "a b.txt" },
		{ "since", "2024" },
		{ "until", "2024-11" },
		{ "count", "exact" },
		{ "explain", "1" },
		{ "correct", "run" },
		{ "variants", "off" },
		{ "timeout", "600000" },
		{ "strict", "1" },
		{ "rev", "7.12" },
		{ "fmt", "tsv" },
	};
	const char *const *names = trawl_request_options();

	(void)state;
	for (size_t i = 0; i < COUNT(set); i++) {
		assert_string_equal(names[i], set[i][0]);
		assert_int_equal(
			trawl_request_set(&rq, set[i][0], set[i][1], NULL),
			TRAWL_OK);
	}
	assert_null(names[COUNT(set)]);
	assert_int_equal(rq.limit, 1000);
	assert_int_equal(rq.offset, 9000);
	assert_string_equal(rq.sort, "-date");
	assert_int_equal(rq.match, TRAWL_ALL);
	assert_int_equal(rq.ranking, TRAWL_RANKING_TRAWL2);
	assert_string_equal(rq.fields, "title,x");
	assert_int_equal(rq.snippets, 5);
	assert_int_equal(rq.mark, TRAWL_MARK_NONE);
	assert_string_equal(rq.facets, "source,lang");
	assert_int_equal(rq.timeline, TRAWL_TIMELINE_MONTH);
	assert_true(rq.headlines);
	assert_int_equal(rq.group, TRAWL_GROUP_COPY);
	assert_string_equal(rq.story, "a b.txt");
	assert_string_equal(rq.since, "2024");
	assert_string_equal(rq.until, "2024-11");
	assert_true(rq.count_exact && rq.explain && rq.correct && rq.strict);
	assert_true(rq.variants_off);
	assert_int_equal(rq.timeout_ms, 600000);
	assert_string_equal(rq.rev, "7.12");
	assert_int_equal(rq.format, TRAWL_TSV);
	assert_int_equal(request_check(&rq, NULL), TRAWL_OK);
}

static void test_values_out_of_range_say_what_is_in_it(void **state)
{
	static const char *const cases[][3] = {
		{ "limit", "1001", "limit=1001: must be a number, 0 to 1000" },
		{ "limit", "", "limit=: must be a number, 0 to 1000" },
		{ "limit", "-1", "limit=-1: must be a number, 0 to 1000" },
		{ "limit", " 1", "limit= 1: must be a number, 0 to 1000" },
		{ "offset", "10001",
		  "offset=10001: must be a number, 0 to 10000" },
		{ "snippets", "6", "snippets=6: must be a number, 0 to 5" },
		{ "timeout", "600001",
		  "timeout=600001: must be a number, 0 to 600000" },
		{ "match", "some", "match=some: must be any or all" },
		{ "ranking", "BM25",
		  "ranking=BM25: must be trawl, bm25 or trawl2" },
		{ "mark", "HTML", "mark=HTML: must be html, none or term" },
		{ "timeline", "week",
		  "timeline=week: must be year, month or day" },
		{ "count", "1", "count=1: must be exact" },
		{ "group", "stories",
		  "group=stories: must be none, story or copy" },
		{ "headlines", "2", "headlines=2: must be 0 or 1" },
		{ "story", "", "story=: must be the id of a document" },
		{ "explain", "yes", "explain=yes: must be 0 or 1" },
		{ "correct", "", "correct=: must be run" },
		{ "variants", "1", "variants=1: must be on or off" },
		{ "fmt", "xml", "fmt=xml: must be json, tsv or id" },
		{ "sort", "-",
		  "sort=-: must be relevance, date, -date or a field" },
		{ "since", "2024-13",
		  "since=2024-13: must be YYYY, YYYY-MM or YYYY-MM-DD" },
		{ "until", "now",
		  "until=now: must be YYYY, YYYY-MM or YYYY-MM-DD" },
		{ "fields", "a,,b",
		  "fields=a,,b: must be names with a comma between two" },
		{ "facets", "a,",
		  "facets=a,: must be at most 16 names with a comma between "
		  "two" },
		{ "facets", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", NULL },
		{ "rev", "7", NULL },
		{ "rev", "7.", NULL },
		{ "rev", "7.x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT, before = rq;
		struct trawl_error err = { 0 };

		assert_int_equal(
			trawl_request_set(&rq, cases[i][0], cases[i][1], &err),
			TRAWL_BADVALUE);
		if (cases[i][2])
			assert_string_equal(err.text, cases[i][2]);
		assert_memory_equal(&rq, &before, sizeof(rq));
	}
}

static void test_unknown_option_lists_those_there_are(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err;

	(void)state;
	assert_int_equal(trawl_request_set(&rq, "Limit", "5", &err),
			 TRAWL_BADOPTION);
	assert_non_null(strstr(err.text, "\"Limit\""));
	for (const char *const *name = trawl_request_options(); *name; name++)
		assert_non_null(strstr(err.text, *name));
	assert_int_equal(trawl_request_set(NULL, "limit", "5", &err),
			 TRAWL_INVAL);
	assert_int_equal(trawl_request_set(&rq, "limit", NULL, &err),
			 TRAWL_INVAL);
}

/* A foreign value is cut between two characters. */
static void test_long_values_are_cut(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err;
	char value[300];

	(void)state;
	memset(value, 'x', sizeof(value));
	memcpy(value + 99, "\xC3\xA9", 2);
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(trawl_request_set(&rq, "fmt", value, &err),
			 TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "x: must be"));
	assert_null(strchr(err.text, '\xC3'));
}

static void test_whole_request_is_checked(void **state)
{
	struct trawl_request good = TRAWL_REQUEST_INIT, rq;
	struct trawl_error err;

	(void)state;
	assert_int_equal(request_check(&good, &err), TRAWL_OK);
	assert_int_equal(request_check(NULL, &err), TRAWL_INVAL);
	rq = good;
	rq.limit = TRAWL_LIMIT_MAX + 1;
	assert_int_equal(request_check(&rq, &err), TRAWL_BADVALUE);
	rq = good;
	rq.limit = TRAWL_LIMIT_MAX;
	rq.offset = TRAWL_DEPTH_MAX - TRAWL_LIMIT_MAX;
	assert_int_equal(request_check(&rq, &err), TRAWL_OK);
	rq.offset++;
	assert_int_equal(request_check(&rq, &err), TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "10000"));
	rq = good;
	rq.mark = (enum trawl_mark)3;
	assert_int_equal(request_check(&rq, &err), TRAWL_BADVALUE);
	assert_string_equal(err.text, "mark=3: must be html, none or term");
	rq = good;
	rq.timeline = TRAWL_TIMELINE_NONE;
	rq.facets = rq.fields = "";
	assert_int_equal(request_check(&rq, &err), TRAWL_OK);
	rq.until = "yesterday";
	assert_int_equal(request_check(&rq, &err), TRAWL_BADVALUE);
}

static void test_lists(void **state)
{
	const char *at = "a,bc,", *name;
	size_t len;

	(void)state;
	assert_true(list_next(&at, &name, &len));
	assert_int_equal(len, 1);
	assert_true(list_next(&at, &name, &len));
	assert_memory_equal(name, "bc", 2);
	assert_int_equal(len, 2);
	assert_true(list_next(&at, &name, &len));
	assert_int_equal(len, 0);
	assert_false(list_next(&at, &name, &len));
	assert_true(list_has("title,date", "date"));
	assert_true(list_has("title,date", "title"));
	assert_false(list_has("title,date", "tit"));
	assert_false(list_has("title,date", "titles"));
	assert_false(list_has("", "title"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_option_can_be_set),
		cmocka_unit_test(test_values_out_of_range_say_what_is_in_it),
		cmocka_unit_test(test_unknown_option_lists_those_there_are),
		cmocka_unit_test(test_long_values_are_cut),
		cmocka_unit_test(test_whole_request_is_checked),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
