/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path_guess.h"

#include "document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *path, *date; /* NULL: none */
} paths[] = {
	{ "20160920/a.txt", "2016-09-20" },
	{ "en/20160920/a.txt", "2016-09-20" },
	{ "2016/09/20/a.txt", "2016-09-20" },
	{ "2016-09-20-title.html", "2016-09-20" },
	{ "2016_09_20_title.html", "2016-09-20" },
	{ "title_20160920.html", "2016-09-20" },
	{ "2016.09.20.txt", "2016-09-20" },
	{ "https://x.example/2016/09/20/title", "2016-09-20" },
	{ "20160919/title-2016-09-20.html", "2016-09-20" },
	{ "2016-02-29", "2016-02-29" },
	{ "2015-02-29", NULL },
	{ "20161301/a.txt", NULL },
	{ "2016/9/20/a.txt", NULL },
	{ "2016/09-20/a.txt", NULL },
	{ "2016/09/a.txt", NULL },
	{ "2016-09-201", NULL },
	{ "201609200815.txt", NULL },
	{ "120160920", NULL },
	{ "10100101/a", NULL },
	{ "30100101/a", NULL },
	{ "2016/09/2", NULL },
	{ "2016-", NULL },
	{ "2016", NULL },
	{ "", NULL },
};

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		char out[PATH_DATE_MAX] = "";
		const bool found = path_date(paths[i].path, out);

		if (found != (paths[i].date != NULL) ||
		    (found && strcmp(out, paths[i].date) != 0))
			fail_msg("%s: %s", paths[i].path, found ? out : "none");
	}
}

static void test_input(void **state)
{
	static const struct {
		const char *where, *id, *path;
	} cases[] = {
		{ "20160920/a.txt", "a.txt", "20160920/a.txt" },
		{ "/x/20160920/a.txt", "a.txt", "20160920/a.txt" },
		{ "/20150101/news/b/a.txt", "b/a.txt", "news/b/a.txt" },
		{ "a.txt", "a.txt", "a.txt" },
		{ "/a.txt", "a.txt", "a.txt" },
		{ "b/%.txt", "%25.txt", "%25.txt" },
		{ "bba.txt", "a.txt", "a.txt" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			path_from_input(cases[i].where, cases[i].id),
			cases[i].path);
}

static void test_guess(void **state)
{
	struct document doc;

	(void)state;
	document_init(&doc);
	path_guess(&doc, "a.txt");
	path_guess(&doc, NULL);
	assert_int_equal(doc.nguesses, 0);
	document_add(&doc, "url", "https://x.example/2016/09/21/", 29);
	path_guess(&doc, "20160920/a.txt");
	path_guess(&doc, "20160920/a.txt");
	assert_int_equal(doc.nguesses, 2);
	assert_string_equal(doc.guesses[0].field, "date");
	assert_string_equal(doc.guesses[0].value, "2016-09-20");
	assert_string_equal(doc.guesses[1].value, "2016-09-21");
	assert_true(doc.guesses[0].confidence < doc.guesses[1].confidence);
	document_reset(&doc);
	assert_int_equal(doc.nguesses, 0);
	for (int i = 0; i < 2 * DOCUMENT_GUESSES_MAX; i++)
		document_guess(&doc, "title",
			       (char[]){ (char)('a' + i % 26),
					 (char)('0' + i / 26), '\0' },
			       2, 0.5, "test");
	assert_int_equal(doc.nguesses, DOCUMENT_GUESSES_MAX);
	document_release(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
