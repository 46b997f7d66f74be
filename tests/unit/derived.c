/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/derived.c, news_settings.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "derived.h"
#include "news_settings.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* -------------------------------------------------------------- settings -- */

static void test_settings(void **state)
{
	static const struct {
		const char *text;
		unsigned news;
		const char *printed;
	} cases[] = {
		{ "all", NEWS_ALL, "all" },
		{ "none", NEWS_NONE, "none" },
		{ "fields", NEWS_FIELDS, "fields" },
		{ "stories,fields", NEWS_FIELDS | NEWS_STORIES,
		  "fields,stories" },
		{ "names,names", NEWS_NAMES, "names" },
		{ "fields,mentions,boilerplate,language,names,copies",
		  NEWS_ALL & ~NEWS_STORIES,
		  "fields,mentions,boilerplate,language,names,copies" },
		{ "stories,copies,names,language,boilerplate,mentions,fields",
		  NEWS_ALL, "all" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned news = 12345, again;
		char text[NEWS_TEXT_MAX];

		assert_int_equal(news_parse(cases[i].text, &news, NULL),
				 TRAWL_OK);
		assert_int_equal(news, cases[i].news);
		news_print(news, text);
		assert_string_equal(text, cases[i].printed);
		assert_int_equal(news_parse(text, &again, NULL), TRAWL_OK);
		assert_int_equal(again, news);
	}
}

static void test_every_setting_is_read_back(void **state)
{
	(void)state;
	for (unsigned news = 0; news <= NEWS_ALL; news++) {
		unsigned again = 12345;
		char text[NEWS_TEXT_MAX];

		news_print(news, text);
		assert_int_equal(news_parse(text, &again, NULL), TRAWL_OK);
		assert_int_equal(again, news);
	}
}

static void test_bad_settings(void **state)
{
	static const char *const cases[] = {
		"",	      ",",
		"fields,",    ",fields",
		"Fields",     "field",
		"fieldss",    "fields, names",
		"all,",	      "all,fields",
		"none,names", "names,none",
		"default",    "names;copies",
	};
	struct trawl_error err;
	char long_one[5001];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned news = 12345;

		assert_int_equal(news_parse(cases[i], &news, &err),
				 TRAWL_BADVALUE);
		assert_int_equal(news, 12345);
		assert_non_null(strstr(err.text, "fields, mentions"));
	}
	memset(long_one, 'a', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	assert_int_equal(news_parse(long_one, &(unsigned){ 0 }, &err),
			 TRAWL_BADVALUE);
	assert_true(strlen(err.text) < 300);
}

/* ---------------------------------------------------------------- fields -- */

static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool derived;
	} cases[] = {
		{ "boilerplate", true }, { "guessed", true },
		{ "mentions", true },	 { "mention", false },
		{ "title", false },	 { "", false },
		{ "Guessed", false },	 { "raw", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(is_derived_field(cases[i].name),
				 cases[i].derived);
}

static void test_guessed(void **state)
{
	static const char both[] = "title 0.93 the line above the date; "
				   "date 0.90 a line of its own";
	static const struct {
		const char *guessed, *name;
		bool is;
	} cases[] = {
		{ both, "title", true },
		{ both, "date", true },
		{ both, "the", false },
		{ both, "titl", false },
		{ both, "dat", false },
		{ both, "title 0.93", true },
		{ both, "author", false },
		{ NULL, "title", false },
		{ "", "title", false },
		{ "title", "title", false },
		{ "; ", "title", false },
		{ "date 0.9 x; ", "title", false },
		{ "a;title 1", "title", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			is_guessed_field(cases[i].guessed, cases[i].name),
			cases[i].is);
}

/* ----------------------------------------------------------------- spans -- */

static void assert_spans(const char *text, size_t len, const char *want)
{
	struct buf out = BUF_INIT(4096);
	struct spans s = { .n = 0 };

	spans_parse(text, len, &s);
	assert_false(s.failed);
	spans_print(&s, &out);
	buf_addc(&out, '\0');
	assert_false(out.failed);
	assert_string_equal(out.data, want);
	spans_release(&s);
	buf_release(&out);
}

static void test_spans(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "0-14 navigation", "0-14 navigation" },
		{ "0-14 navigation,14-20 author",
		  "0-14 navigation,14-20 author" },
		{ "90-100 author,0-14 navigation",
		  "90-100 author" /* what is not in order */ },
		{ "99-100 recurring", "99-100 recurring" },
		/* what is no span of 100 bytes */
		{ "99-101 recurring", "" },
		{ "5-5 author", "" },
		{ "6-5 author", "" },
		{ "-1-5 author", "" },
		{ "5 author", "" },
		{ "0-99999999999999999999 author", "" },
		{ "4294967296-4294967299 author", "" },
		{ "x,1-2 author", "1-2 author" },
		{ ",,,", "" },
		{ "0-10 author,5-15 sharing", "0-10 author" },
		/* kinds that are not known */
		{ "1-2", "1-2 other" },
		{ "1-2 blurb,3-4 ", "1-2 other,3-4 other" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_spans(cases[i].text, 100, cases[i].want);
}

static void test_every_kind_is_read_back(void **state)
{
	char text[64];

	(void)state;
	for (int k = FURNITURE_NONE + 1; k < FURNITURE_KINDS; k++) {
		snprintf(text, sizeof(text), "3-5 %s",
			 furniture_name((enum furniture)k));
		assert_spans(text, 5, text);
	}
}

static void test_spans_of(void **state)
{
	const struct trawl_field fields[] = {
		{ "title", "0-4 author", 10, false },
		{ "boilerplate", "[1]", 3, true },
		{ "boilerplate", "2-4 author", 10, false },
	};
	struct trawl_doc doc = { .id = "a",
				 .fields = fields,
				 .nfields = COUNT(fields),
				 .text = "0123456789",
				 .text_len = 10 };
	struct spans s = { .n = 0 };

	(void)state;
	for (int again = 0; again < 2; again++) {
		spans_of(&doc, &s);
		assert_int_equal(s.n, 1);
		assert_int_equal(s.at[0].begin, 2);
		assert_int_equal(s.at[0].end, 4);
		assert_int_equal(s.at[0].kind, FURNITURE_AUTHOR);
	}
	doc.nfields = 2;
	spans_of(&doc, &s);
	assert_int_equal(s.n, 0);
	spans_release(&s);
}

static void test_blanked(void **state)
{
	static const char text[] = "Skip links\nRain fell.\nShare\n";
	struct trawl_field field = { "boilerplate",
				     "0-11 navigation,22-28 sharing", 29,
				     false };
	struct trawl_doc doc = { .id = "a",
				 .fields = &field,
				 .text = text,
				 .text_len = sizeof(text) - 1 };
	struct arena arena;

	(void)state;
	arena_init(&arena, SIZE_MAX);
	assert_true(blank_furniture(&doc, &arena));
	assert_ptr_equal(doc.text, text);
	doc.nfields = 1;
	assert_true(blank_furniture(&doc, &arena));
	assert_ptr_not_equal(doc.text, text);
	assert_int_equal(doc.text_len, sizeof(text) - 1);
	assert_string_equal(doc.text, "\n\n\n\n\n\n\n\n\n\n\nRain fell.\n"
				      "\n\n\n\n\n\n");
	assert_string_equal(text, "Skip links\nRain fell.\nShare\n");
	arena_release(&arena);

	arena_init(&arena, 1);
	doc.text = text;
	assert_false(blank_furniture(&doc, &arena));
	assert_ptr_equal(doc.text, text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_every_setting_is_read_back),
		cmocka_unit_test(test_bad_settings),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_guessed),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_every_kind_is_read_back),
		cmocka_unit_test(test_spans_of),
		cmocka_unit_test(test_blanked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
