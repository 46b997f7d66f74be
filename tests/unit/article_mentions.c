/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article.h"

#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* "2024-11-06 2025-01", with ~ before relative ones. */
static const char *print(const struct article_mention *m, size_t n,
			 struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s%s", i ? " " : "", m[i].relative ? "~" : "",
			 m[i].date);
	return out->data;
}

static const struct {
	const char *text, *published, *wanted;
} cases[] = {
	{ "It began on 3 May 2013 and ended in June 2014.", NULL,
	  "2013-05-03 2014-06" },
	{ "On May 3, 2013, and again on 3 May 2013.", NULL, "2013-05-03" },
	{ "He said Thursday, last month and on Nov. 6.", NULL, "" },
	{ "He said Thursday, last month and on Nov. 6.", "2024-11-08",
	  "~2024-11-07 ~2024-10 ~2024-11-06" },
	{ "Yesterday, on Nov. 6, 2024, he came.", "2024-11-07", "~2024-11-06" },
	{ "in 2008, since 2008 and in 1999", NULL, "2008 1999" },
	{ "on 05/03/2013, on 25/03/2013, on 25.03.13", NULL, "2013-03-25" },
	{ "next week", "2024-11-07T23:30:00Z", "~2024-11-11" },
	{ "next week", "2024-11", "" },
	{ "", "2024-11-07", "" },
	{ "no date at all", "2024-11-07", "" },
};

static void test_mentions(void **state)
{
	struct buf got = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct article_mention m[ARTICLE_MENTIONS_MAX];
		size_t n =
			article_mentions(cases[i].text, strlen(cases[i].text),
					 NULL, 0, cases[i].published, m);

		assert_string_equal(print(m, n, &got), cases[i].wanted);
	}
	buf_release(&got);
}

static void test_places(void **state)
{
	static const char text[] = "It began on 3 May 2013.";
	struct article_mention m[ARTICLE_MENTIONS_MAX];

	(void)state;
	assert_int_equal(
		article_mentions(text, sizeof(text) - 1, NULL, 0, NULL, m), 1);
	assert_int_equal(m[0].begin, 12);
	assert_int_equal(m[0].end, 22);
}

/* Before, between and behind what is left out. */
static void test_furniture(void **state)
{
	static const char text[] = "in 2001\nin 2002\nin 2003\nin 2004\n";
	static const struct span spans[] = { { 8, 16, FURNITURE_META },
					     { 16, 16, FURNITURE_META },
					     { 24, 99, FURNITURE_OTHER } };
	struct article_mention m[ARTICLE_MENTIONS_MAX];
	struct buf got = BUF_INIT(4096);
	size_t n = article_mentions(text, sizeof(text) - 1, spans, 3, NULL, m);

	(void)state;
	assert_string_equal(print(m, n, &got), "2001 2003");
	assert_int_equal(m[1].begin, 19);
	n = article_mentions(text, sizeof(text) - 1, spans, 1, NULL, m);
	assert_string_equal(print(m, n, &got), "2001 2003 2004");
	buf_release(&got);
}

static void test_many(void **state)
{
	struct article_mention m[ARTICLE_MENTIONS_MAX];
	struct buf text = BUF_INIT(1 << 20);

	(void)state;
	for (unsigned year = 1800; year < 2100; year++)
		buf_addf(&text, "in %u, ", year);
	assert_int_equal(
		article_mentions(text.data, text.len, NULL, 0, NULL, m),
		ARTICLE_MENTIONS_MAX);
	assert_string_equal(m[ARTICLE_MENTIONS_MAX - 1].date, "1863");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mentions),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_furniture),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
