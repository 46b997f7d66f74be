/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clean_date.h"
#include "document.h"
#include "extract.h"
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void extract(struct document *doc, const char *s)
{
	struct raw raw = { .bytes = s, .len = strlen(s) };
	struct problem why = { 0 };

	document_init(doc);
	if (!extract_markdown(&raw, doc, &why))
		fail_msg("%s: %s", why.code, why.reason);
}

struct body {
	const char *markdown, *text;
};

/* clang-format off */
static const struct body bodies[] = {
	{ "one\ntwo\n\nthree", "one\ntwo\n\nthree\n" },
	{ "# Head #\ntext", "Head\ntext\n" },
	{ "#hashtag", "#hashtag\n" },
	{ "a **b** *c* __d__ _e_ `f`", "a b c d e f\n" },
	{ "snake_case 2 * 3", "snake_case 2 * 3\n" },
	{ "see [the *words*](https://x.example/a) now",
	  "see the words now\n" },
	{ "![a picture](p.png) [x][1]", "a picture x\n" },
	{ "- item\n* item\n> quoted\n> > twice",
	  "item\nitem\nquoted\ntwice\n" },
	{ "```c\nint *a;\n```\nb", "int *a;\nb\n" },
	{ "a\n---\nb", "a\n\nb\n" },
	{ "\\*a\\* b\\", "*a* b\\\n" },
	{ "a ] b ](c", "a ] b ](c\n" },
	{ "line\r\nnext\r\n", "line\nnext\n" },
	{ "---\ntitle: T\n---\nbody", "body\n" },
	{ "---\nno end", "\nno end\n" },
	{ "", "" },
};
/* clang-format on */

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct document doc;

		extract(&doc, bodies[i].markdown);
		assert_string_equal(doc.text, bodies[i].text);
		document_release(&doc);
	}
}

struct field {
	const char *markdown, *name, *value; /* NULL: no such field */
};

/* clang-format off */
static const struct field fields[] = {
	{ "# Head\n# Second", "title", "Head" },
	{ "## Second level", "title", NULL },
	{ "```\n# a comment\n```", "title", NULL },
	{ "# The **best** of [it](x)", "title", "The best of it" },
	{ "---\ntitle: Front\n---\n# Head", "title", "Front" },
	{ "---\ntitle: \"A: quoted\"\n---\n", "title", "A: quoted" },
	{ "---\ndate: 2031-03-12\n---\n", "date", "2031-03-12" },
	{ "---\ndate: soon\n---\n", "date", NULL },
	{ "---\nAuthor: Jo Eide\n---\n", "author", "Jo Eide" },
	{ "---\nlayout: post\n---\n", "layout", NULL },
	{ "text\n---\ntitle: T\n---\n", "title", NULL },
};
/* clang-format on */

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct document doc;
		const char *got;

		extract(&doc, fields[i].markdown);
		got = document_field(&doc, fields[i].name);
		if (!fields[i].value)
			assert_null(got);
		else if (!got)
			fail_msg("case %zu: no %s", i, fields[i].name);
		else
			assert_string_equal(got, fields[i].value);
		document_release(&doc);
	}
}

/* clang-format off */
static const struct {
	const char *said, *clean; /* NULL: no date */
} dates[] = {
	{ "2031", "2031" },
	{ "2031-03", "2031-03" },
	{ " 2031-03-12 ", "2031-03-12" },
	{ "20310312", "2031-03-12" },
	{ "2031-03-12T18:25:00Z", "2031-03-12T18:25:00Z" },
	{ "2031-03-12 18:25:59.123 +0130", "2031-03-12T18:25:59+01:30" },
	{ "2031-03-12T18:25-05", "2031-03-12T18:25:00-05:00" },
	{ "2031-03-12T18:25", "2031-03-12" },
	{ "2032-02-29", "2032-02-29" },
	{ "2031-02-29", NULL },
	{ "2031-13", NULL },
	{ "2031-03-12T25:00Z", NULL },
	{ "2031-03-12x", NULL },
	{ "12 March 2031", NULL },
	{ "", NULL },
};
/* clang-format on */

static void test_dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
		char out[CLEAN_DATE_MAX];
		bool is_date = clean_date(dates[i].said, out);

		if (is_date != (dates[i].clean != NULL))
			fail_msg("%s", dates[i].said);
		if (is_date)
			assert_string_equal(out, dates[i].clean);
	}
}

/* Ends of links that have no end: each looks a little ahead, not all the way. */
static void test_open_links(void **state)
{
	struct buf s = BUF_INIT(8 << 20);
	struct document doc;
	clock_t from = clock();

	(void)state;
	for (int i = 0; i < 1000000; i++)
		buf_adds(&s, "](");
	extract(&doc, s.data);
	assert_int_equal(doc.text_len, s.len + 1);
	assert_true(clock() - from < 5 * CLOCKS_PER_SEC);
	document_release(&doc);
	buf_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_open_links),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
