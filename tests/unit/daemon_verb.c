/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/verb: the tables, and what is looked up in them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "line.h"
#include "verb.h"

#include <ctype.h>

static void test_rows_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < VERBS; i++) {
		const struct verb *v = &verbs[i];
		size_t noptions = 1;

		assert_non_null(v->name);
		assert_ptr_equal(verb_find(v->name, strlen(v->name)), v);
		assert_ptr_equal(verb_near(v->name, strlen(v->name)), v);
		for (const char *p = v->name; *p; p++)
			assert_true(isupper((unsigned char)*p));
		for (const char *p = v->options; *p; p++) {
			assert_true(islower((unsigned char)*p) || *p == ' ');
			noptions += *p == ' ';
		}
		assert_in_range(noptions + 1, 1, LINE_OPTIONS_MAX);
		assert_int_equal(!v->text, !(v->flags & VERB_TEXT));
		assert_true(!(v->flags & VERB_NEEDS_TEXT) ||
			    v->flags & VERB_TEXT);
		assert_true(!(v->flags & VERB_NEEDS_ID) ||
			    verb_has_option(v, "id"));
		assert_int_equal(v->summary[strlen(v->summary) - 1],
				 i == VERB_PING ? '?' : '.');
	}
}

static void test_find(void **state)
{
	(void)state;
	assert_ptr_equal(verb_find("search", 6), &verbs[VERB_SEARCH]);
	assert_ptr_equal(verb_find("SeArCh", 6), &verbs[VERB_SEARCH]);
	assert_ptr_equal(verb_find("PINGS", 4), &verbs[VERB_PING]);
	assert_null(verb_find("SEARCH", 5));
	assert_null(verb_find("PING\0", 5));
	assert_null(verb_find("", 0));
}

static void test_near(void **state)
{
	static const struct {
		const char *word;
		int verb; /* -1 none */
	} cases[] = {
		{ "SERCH", VERB_SEARCH },
		{ "SEARHC", VERB_SEARCH },
		{ "saerch", VERB_SEARCH },
		{ "SEARCHES", VERB_SEARCH },
		{ "STAT", VERB_STATS },
		{ "PIN", VERB_PING },
		{ "PNIG", VERB_PING },
		{ "GTE", VERB_GET },
		{ "EXPALIN", VERB_EXPLAIN },
		{ "COUNTER", VERB_COUNT },
		{ "FOO", -1 },
		{ "EXIT", -1 },
		{ "", -1 },
		{ "QUERY", -1 },
		{ "SEARCHSEARCHSEARCH", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct verb *v =
			verb_near(cases[i].word, strlen(cases[i].word));

		if (cases[i].verb < 0)
			assert_null(v);
		else
			assert_ptr_equal(v, &verbs[cases[i].verb]);
	}
}

static void test_has_option(void **state)
{
	const struct verb *search = &verbs[VERB_SEARCH];

	(void)state;
	assert_true(verb_has_option(search, "in"));
	assert_true(verb_has_option(search, "timeline"));
	assert_true(verb_has_option(search, "fmt"));
	assert_true(verb_has_option(search, "q"));
	assert_false(verb_has_option(search, "id"));
	assert_false(verb_has_option(search, "lim"));
	assert_false(verb_has_option(search, "limits"));
	assert_false(verb_has_option(search, "limit offset"));
	assert_false(verb_has_option(search, ""));
	assert_false(verb_has_option(search, " "));
	assert_false(verb_has_option(&verbs[VERB_GET], "q"));
	assert_false(verb_has_option(&verbs[VERB_PING], "in"));
}

static void test_usage(void **state)
{
	static const struct {
		enum verb_id verb;
		const char *usage;
	} cases[] = {
		{ VERB_PING, "PING" },
		{ VERB_GET, "GET [in=] id= [fmt=]" },
		{ VERB_SPELL, "SPELL [in=] [limit=] :word" },
		{ VERB_HELP, "HELP [:verb]" },
		{ VERB_COUNT, "COUNT [in=] [match=] [story=] [since=] [until=] "
			      "[variants=] [timeout=] [strict=] [rev=] "
			      "[:query]" },
	};
	struct buf out = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&out);
		verb_usage(&out, &verbs[cases[i].verb]);
		assert_string_equal(out.data, cases[i].usage);
	}
	buf_release(&out);
}

static void test_errors(void **state)
{
	unsigned last = 0;

	(void)state;
	for (const struct error_kind *e = errors; e->code; e++) {
		assert_true(e->code > last);
		last = e->code;
		assert_string_equal(error_slug(e->code), e->slug);
		assert_int_equal(strspn(e->slug, "abcdefghijklmnopqrstuvwxyz-"),
				 strlen(e->slug));
		assert_int_equal(e->meaning[strlen(e->meaning) - 1], '.');
	}
	assert_int_equal(last, ERROR_INTERNAL);
	assert_string_equal(error_slug((enum error_code)777), "internal");
	assert_string_equal(error_slug(ERROR_NONE), "internal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_whole),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_has_option),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
