/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/plan_web.c: addresses and tags in a query */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "planner.h"
#include "small_plan.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char *const texts[] = { "climate summit", "donald trump" };

static int set_up(void **state)
{
	struct small_plan *f = small_plan_new(texts, COUNT(texts));

	f->weigh = false;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	small_plan_free(*state);
	return 0;
}

/* -------------------------------------------------------------- addresses -- */

static void test_where_an_address_begins(void **state)
{
	static const struct {
		const char *text, *before;
	} cases[] = {
		{ "https://t.co/aBc", "" },
		{ "http://", "" },
		{ "hoaxhttps://t.co/aBc", "" },
		{ "said.https://t.co/aBc", "said." },
		{ "t.co/aBc", "" },
		{ "www.bbc.co.uk/news/1", "" },
		{ "(www.bbc.co.uk/news)", "(" },
		{ "saidpic.twitter.com/aBc", "" },
		{ "said,pic.twitter.com/aBc", "said," },
		{ "\xE2\x80\xA6"
		  "bbc.com/x",
		  "\xE2\x80\xA6" },
		{ "and/or:bbc.com/x", "and/or:" },
		{ "a/b/https://x", "a/b/" },
		{ "1.2.com/", "" },
		{ "my-site.org/", "" },
		/* none */
		{ "", "" },
		{ "/", "/" },
		{ "km/h", "km/h" },
		{ "and/or", "and/or" },
		{ "U.S./China", "U.S./China" },
		{ "3.5/10", "3.5/10" },
		{ "2024.11/12", "2024.11/12" },
		{ ".com/x", ".com/x" },
		{ "bbc.com", "bbc.com" },
		{ "e.g./i.e.", "e.g./i.e." },
		{ "x.y/z", "x.y/z" },
		{ "com/x", "com/x" },
		{ "10:30", "10:30" },
		{ ":/", ":/" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* No byte behind it is read. */
		const size_t len = strlen(cases[i].text);
		char *exact = malloc(len + 1);
		struct query_node q = { .text_len = (uint32_t)len };

		assert_non_null(exact);
		memcpy(exact + 1, cases[i].text, len);
		q.text = exact + 1;
		q = plan_without_address(&q);
		if (q.text_len != strlen(cases[i].before) ||
		    memcmp(q.text, cases[i].before, q.text_len) != 0)
			fail_msg("%s: %.*s", cases[i].text, (int)q.text_len,
				 q.text);
		free(exact);
	}
}

static void check(struct small_plan *f, const char *query, const char *tree,
		  const char *ignored, const char *expanded)
{
	small_plan_tree(f, query, tree);
	if (strcmp(f->plan.ignored ? f->plan.ignored : "", ignored) != 0)
		fail_msg("%s: ignored %s", query, f->plan.ignored);
	if (strcmp(f->plan.expanded ? f->plan.expanded : "", expanded) != 0)
		fail_msg("%s: expanded %s", query, f->plan.expanded);
}

static void test_addresses_beside_words(void **state)
{
	static const char *const cases[][3] = {
		{ "climate https://t.co/aBc", "Zclimat", "https://t.co/aBc" },
		{ "climate t.co/aBc", "Zclimat", "t.co/aBc" },
		{ "climate AND https://t.co/aBc", "Zclimat",
		  "https://t.co/aBc" },
		{ "climate summit,https://t.co/aBc", "(OR Zclimat Zsummit)",
		  "https://t.co/aBc" },
		{ "climate https://t.co/a https://t.co/a https://t.co/b",
		  "Zclimat", "https://t.co/a,https://t.co/b" },
		{ "https://t.co/a,b climate", "Zclimat", "https://t.co/a" },
		{ "km/h climate", "(OR (OR Zkm Zh) Zclimat)", "" },
		{ "and/or climate", "Zclimat", "and,or" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		check(*state, cases[i][0], cases[i][1], cases[i][2], "");
}

static void test_addresses_that_are_asked_for(void **state)
{
	static const char *const cases[][2] = {
		{ "bbc.com/x", "(OR Zbbc Zcom Zx)" },
		{ "the bbc.com/x", "(OR Zthe (OR Zbbc Zcom Zx))" },
		{ "+bbc.com/x climate",
		  "(AND_MAYBE (PHRASE/3 bbc com x) Zclimat)" },
		{ "climate -bbc.com/x",
		  "(AND_NOT Zclimat (PHRASE/3 bbc com x))" },
		{ "\"bbc.com/x\" climate",
		  "(OR (PHRASE/3 bbc com x) Zclimat)" },
		{ "title:bbc.com/x climate",
		  "(OR (OR ZSbbc ZScom ZSx) Zclimat)" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		check(*state, cases[i][0], cases[i][1], "", "");
}

/* ------------------------------------------------------------------- tags -- */

static void test_tags(void **state)
{
	static const char *const cases[][3] = {
		{ "#ClimateSummit", "(OR Zclimatesummit (OR Zclimat Zsummit))",
		  "climatesummit:climate,summit" },
		{ "#ClimateSummit2024",
		  "(OR Zclimatesummit2024 (OR Zclimat Zsummit Z2024))",
		  "climatesummit2024:climate,summit,2024" },
		{ "@realDonaldTrump",
		  "(OR Zrealdonaldtrump (OR Zreal Zdonald Ztrump))",
		  "realdonaldtrump:real,donald,trump" },
		{ "#NATOSummit", "(OR Znatosummit (OR Znato Zsummit))",
		  "natosummit:nato,summit" },
		{ "#COP29", "(OR Zcop29 (OR Zcop Z29))", "cop29:cop,29" },
		{ "#TheSummit", "(OR Zthesummit Zsummit)", "thesummit:summit" },
		{ "#ClimateSummit trump",
		  "(OR (OR Zclimatesummit (OR Zclimat Zsummit)) Ztrump)",
		  "climatesummit:climate,summit" },
		{ "+#ClimateSummit trump",
		  "(AND_MAYBE (OR Zclimatesummit (OR Zclimat Zsummit)) "
		  "Ztrump)",
		  "climatesummit:climate,summit" },
		/* none */
		{ "#climate", "Zclimat", "" },
		{ "#CLIMATE", "Zclimat", "" },
		{ "ClimateSummit", "Zclimatesummit", "" },
		{ "McDonald's", "Zmcdonald", "" },
		{ "trump -#ClimateSummit", "(AND_NOT Ztrump Zclimatesummit)",
		  "" },
		{ "title:#ClimateSummit", "ZSclimatesummit", "" },
		{ "#TheOf", "Ztheof", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		check(*state, cases[i][0], cases[i][1], "", cases[i][2]);
}

static void test_all_of_a_tag(void **state)
{
	struct small_plan *f = *state;

	f->all = true;
	check(f, "#ClimateSummit trump",
	      "(AND (OR Zclimatesummit (AND Zclimat Zsummit)) Ztrump)", "",
	      "climatesummit:climate,summit");
	f->all = false;
}

static void test_long_tags(void **state)
{
	struct small_plan *f = *state;
	char query[100] = "#";

	for (int i = 0; i < 32; i++)
		memcpy(query + 1 + 2 * i, "Ab", 3);
	small_ok(small_plan_make(f, query), &f->err);
	assert_non_null(f->plan.expanded); /* its first eight */
	assert_int_equal(f->plan.nwords, 1 + 8);
	memcpy(query + 64, "\xC3\xA9", 3);
	small_ok(small_plan_make(f, query), &f->err);
	assert_null(f->plan.expanded);
	assert_int_equal(f->plan.nwords, 1);
}

/* They do not count: no query is too long for what it was made into. */
static void test_many_tags(void **state)
{
	struct small_plan *f = *state;
	char query[64 * 20] = "";
	size_t n = 0;

	for (int weigh = 0; weigh < 2; weigh++) {
		f->weigh = weigh;
		n = 0;
		for (unsigned i = 0; i < TRAWL_WORDS_MAX; i++)
			n += (size_t)snprintf(query + n, sizeof(query) - n,
					      "#ClimateX%u ", i);
		small_ok(small_plan_make(f, query), &f->err);
		assert_true(f->plan.nwords > TRAWL_WORDS_MAX);
		assert_true(f->plan.nwords <= PLAN_WORDS_MAX);
	}
	f->weigh = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_an_address_begins),
		cmocka_unit_test(test_addresses_beside_words),
		cmocka_unit_test(test_addresses_that_are_asked_for),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_all_of_a_tag),
		cmocka_unit_test(test_long_tags),
		cmocka_unit_test(test_many_tags),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
