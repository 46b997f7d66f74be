/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The article in a page: title, author, source, agency; guesses compete.
 */
#include "article.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGES "tests/data/news-pages/"

enum {
	STRINGS_MAX = 1 << 20,
	PAGE_MAX = 1 << 16,
	COLUMNS = 4
};

#define BODY                                                                   \
	"The council of Harwick voted on Monday to keep all of its night "     \
	"buses, after a debate that ran until the first of them had left "     \
	"the market.\n\nThe mayor had wanted to stop them.\n"

struct reading {
	struct arena arena;
	struct article a;
};

static void begin(struct reading *r, const char *text, size_t len,
		  const struct trawl_guess *offered, size_t n)
{
	arena_init(&r->arena, STRINGS_MAX);
	assert_true(article_read(text, len, offered, n, &r->arena, &r->a));
}

static void end(struct reading *r)
{
	article_release(&r->a);
	arena_release(&r->arena);
}

static const struct trawl_guess *taken(const struct article *a,
				       const char *field)
{
	const struct trawl_guess *got = NULL;

	for (size_t i = 0; i < a->nguesses; i++) {
		const struct trawl_guess *g = &a->guess[i];

		assert_true(g->confidence >= 0 && g->confidence <= 1);
		assert_non_null(g->reason);
		if (!g->taken || strcmp(g->field, field) != 0)
			continue;
		assert_null(got); /* one of a field */
		assert_true(g->confidence >= article_threshold(field));
		got = g;
	}
	return got;
}

static void check(const char *text, const char *field, const char *want)
{
	struct reading r;
	const struct trawl_guess *g;

	begin(&r, text, strlen(text), NULL, 0);
	g = taken(&r.a, field);
	if (want && (!g || strcmp(g->value, want) != 0))
		fail_msg("%s: %s, not %s, of:\n%s", field,
			 g ? g->value : "none", want, text);
	if (!want && g)
		fail_msg("%s: %s, not none, of:\n%s", field, g->value, text);
	end(&r);
}

struct page_case {
	const char *text, *want;
};

static void test_title(void **state)
{
	static const struct page_case cases[] = {
		{ "Harwick votes to keep night buses\n\n" BODY,
		  "Harwick votes to keep night buses" },
		{ "News Feed\n\nHarwick votes to keep night buses\n2 min "
		  "read\nHarwick votes to keep night buses\n\n" BODY,
		  "Harwick votes to keep night buses" },
		{ "Night buses of Harwick stay | Harbour Post\n\n" BODY,
		  "Night buses of Harwick stay" },
		{ "Harbour Post | Night buses of Harwick stay\n\n" BODY,
		  "Night buses of Harwick stay" },
		{ "Night buses of Harwick stay - Harbour Post\n\n" BODY,
		  "Night buses of Harwick stay" },
		{ "Night buses of Harwick stay - for now\n\n" BODY,
		  "Night buses of Harwick stay - for now" },
		{ "Goose wins race in Tarn\nMinister resigns at dawn\n"
		  "Harwick votes to keep night buses\n\n" BODY,
		  "Harwick votes to keep night buses" },
		{ "The Harwick Ledger\nNight buses stay in Harwick\n" BODY,
		  "Night buses stay in Harwick" },
		{ "Home | News | Sport in Harwick | Buses\n" BODY, NULL },
		{ "Council of Harwick voted | Night buses | Monday | "
		  "Market\n" BODY,
		  NULL },
		{ "Harwick votes to keep night buses\nMayor had wanted to "
		  "stop the buses of the night\n\n" BODY,
		  "Harwick votes to keep night buses" },
		{ "A  cat\t of\xC2\xA0Harwick sleeps in buses at "
		  "night\n\n" BODY,
		  "A cat of Harwick sleeps in buses at night" },
		{ BODY, NULL },
		{ "\n\n" BODY, NULL },
		{ "Zebras of Utopia yawn loudly\n\n" BODY, NULL },
		{ "Harwick votes to keep night buses\n", NULL },
		{ "", NULL },
		{ "\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].text, "title", cases[i].want);
}

static void test_author(void **state)
{
	static const struct page_case cases[] = {
		{ "By Jo Marten\n" BODY, "Jo Marten" },
		{ "by Dmytro Basmat November 7, 2024 1:09 AM 2 min read\n" BODY,
		  "Dmytro Basmat" },
		{ "By Jo Marten and Rhys Dunmore\n" BODY,
		  "Jo Marten, Rhys Dunmore" },
		{ "By Jo Marten, Rhys Dunmore and Ada de la Cruz\n" BODY,
		  "Jo Marten, Rhys Dunmore, Ada de la Cruz" },
		{ "By JO MARTEN\n" BODY, "JO MARTEN" },
		{ "By Jo Marten BBC News, Harwick\n" BODY, "Jo Marten" },
		{ "By Jo Marten in Kyiv\n" BODY, "Jo Marten" },
		{ "By Reuters\n" BODY, "Reuters" },
		{ "Von Katrin Obermoser\n" BODY, "Katrin Obermoser" },
		{ "Par Anaël Grosjean\n" BODY, "Anaël Grosjean" },
		{ "Автор: Соломія Верхоляс\n" BODY, "Соломія Верхоляс" },
		{ "Jo Marten, political correspondent\n" BODY, "Jo Marten" },
		{ BODY "Author: Nell Ashdown\n", "Nell Ashdown" },
		{ "Harwick keeps its night buses\nJo Marten and Rhys Dunmore\n"
		  "April 3, 2029\n" BODY,
		  "Jo Marten, Rhys Dunmore" },
		{ "Harwick keeps its night buses\nEast Harwick\n"
		  "April 3, 2029\n" BODY,
		  NULL },
		{ BODY "(Reporting by Nell Ashdown)\n", NULL },
		{ BODY "By Nell Ashdown\n", NULL },
		{ "By popular demand\n" BODY, NULL },
		{ "By Harwick\n" BODY, NULL },
		{ "By Popular Demand Harwick Brings Back Night Buses\n" BODY,
		  NULL },
		{ "Von Trapp Familie feiert im Mai\n" BODY, NULL },
		{ "By 2024 all will be well\n" BODY, NULL },
		{ "By\n" BODY, NULL },
		{ BODY, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].text, "author", cases[i].want);
}

static void test_source(void **state)
{
	static const struct page_case cases[] = {
		{ BODY "Copyright 2024 Harbour Post. All rights reserved.\n",
		  "Harbour Post" },
		{ BODY "\xC2\xA9 2024 Harbour Post\n", "Harbour Post" },
		{ BODY "(c) Harbour Post 2024\n", "Harbour Post" },
		{ BODY "Copyright \xC2\xA9 2010-2024 by Harbour Post, Ltd\n",
		  "Harbour Post" },
		{ BODY "(c) 2024 Harbour Post Publishing Ltd.\n",
		  "Harbour Post" },
		{ BODY "Copyright Oak Publishing 2024\n", "Oak Publishing" },
		{ BODY "Copyright Ltd 2024\n", "Ltd" },
		{ BODY "Copyright 2024 The Associated Press\n", NULL },
		{ BODY "Copyright\n", NULL },
		{ "Night buses of Harwick stay | Harbour Post\n" BODY,
		  "Harbour Post" },
		{ "HARWICK (Reuters) - " BODY, NULL },
		{ BODY, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].text, "source", cases[i].want);
}

static void test_wire(void **state)
{
	static const struct page_case cases[] = {
		{ "KYIV (Reuters) - " BODY, "Reuters" },
		{ "WASHINGTON, Sept. 5, 2014 (AP) \xE2\x80\x94 " BODY,
		  "Associated Press" },
		{ "Berlin (dpa/tmn) -- " BODY, "dpa" },
		{ "PARIS, Nov. 3 /PRNewswire/ -- " BODY, "PR Newswire" },
		{ "KALMERE (Northern Wire) - " BODY, "Northern Wire" },
		{ "(AFP) - " BODY, "Agence France-Presse" },
		{ "HARWICK - " BODY, NULL },
		{ "HARWICK (Reuters) said " BODY, NULL },
		{ "The man (47) - " BODY, NULL },
		{ "He said (as Reuters has it) - " BODY, NULL },
		{ BODY, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reading r;

		begin(&r, cases[i].text, strlen(cases[i].text), NULL, 0);
		if (!cases[i].want)
			assert_null(r.a.wire);
		else
			assert_string_equal(r.a.wire ? r.a.wire : "",
					    cases[i].want);
		end(&r);
	}
}

static void check_body(const char *text, const char *first)
{
	struct reading r;
	size_t want =
		first ? (size_t)(strstr(text, first) - text) : strlen(text);

	begin(&r, text, strlen(text), NULL, 0);
	if (r.a.body != want)
		fail_msg("body %u, not %zu, of:\n%s", r.a.body, want, text);
	end(&r);
}

static void test_body(void **state)
{
	(void)state;
	check_body("Home\n\nHarwick keeps buses\nBy Jo Marten\n\n  " BODY,
		   "The council");
	/* One long paragraph, and nothing that is prose after it. */
	check_body("Harwick keeps buses\n"
		   "The council voted on Monday to keep all of its night buses "
		   "after a debate that ran until the very first of them had "
		   "left the market of the old town.\nMore\nHome\n",
		   "The council");
	/* Short paragraphs, one after the other. */
	check_body("Harwick keeps buses\n"
		   "The council voted to keep all of its buses.\n"
		   "The debate ran until the first of them left.\n"
		   "The mayor of the town had wanted to stop them.\n"
		   "The council will meet again in the month of May.\n",
		   "The council");
	/* A caption is none. */
	check_body("Harwick keeps buses\nPassengers of the night buses wait at "
		   "the market of Harwick while the council of the town talks "
		   "about them in the hall above. (Jo Doe/Getty Images)\n" BODY,
		   "The council of Harwick");
	check_body("HARWICK (AP) - The council kept all of its night buses.\n"
		   "More\n",
		   "HARWICK");
	check_body("short", NULL);
}

/* The likeliest is taken, the first of equals; agreeing ones add up. */
static void test_offered(void **state)
{
	static const struct trawl_guess offered[] = {
		{ "title", "Harwick votes to keep its night  buses", 0.9, "h1",
		  false },
		{ "title", "Something else", 0.9, "og:title", true },
		{ "title", "HARWICK VOTES TO KEEP ITS NIGHT BUSES!", 0.6,
		  "title", false },
		{ "date", "2024-11-07T01:09:00Z", 0.5, "time", false },
		{ "date", "2024-11-07", 0.4, "path", false },
		{ "date", "2024-13-07", 1, "not a date", false },
		{ "date", "2023-01-01", 0.55, "copyright", false },
		{ "source", "Harbour Post", 0.59, "site_name", false },
		{ "author", "Jo Marten", 7, "over 1", false },
		{ "colour", "red", 1, "no such field", false },
		{ "lang", "", 1, "empty", false },
		{ NULL, "x", 1, "no field", false },
		{ "lang", NULL, 1, "no value", false },
		{ "lang", "en", -1, "under 0", false },
	};
	struct reading r;
	const struct trawl_guess *g;

	(void)state;
	begin(&r, BODY, strlen(BODY), offered,
	      sizeof(offered) / sizeof(*offered));
	g = taken(&r.a, "title");
	assert_non_null(g);
	assert_string_equal(g->value, "Harwick votes to keep its night buses");
	assert_true(g->confidence > 0.92 && g->confidence < 0.94);
	assert_string_equal(g->reason, "h1, also title");
	g = taken(&r.a, "date");
	assert_non_null(g);
	assert_string_equal(g->value, "2024-11-07T01:09:00Z");
	assert_true(g->confidence > 0.59 && g->confidence < 0.61);
	assert_null(taken(&r.a, "source"));
	g = taken(&r.a, "author");
	assert_non_null(g);
	assert_true(g->confidence == 1);
	assert_null(taken(&r.a, "lang"));
	for (size_t i = 0; i < r.a.nguesses; i++)
		assert_string_not_equal(r.a.guess[i].field, "colour");
	end(&r);
}

static void test_first_of_equals(void **state)
{
	static const struct trawl_guess offered[] = {
		{ "source", "Aldmoor Echo", 0.7, "one", false },
		{ "source", "Brack Herald", 0.7, "two", false },
		{ "source", "Corb Courier", 0.7, "three", false },
	};
	struct reading r;

	(void)state;
	begin(&r, BODY, strlen(BODY), offered, 3);
	assert_string_equal(taken(&r.a, "source")->value, "Aldmoor Echo");
	end(&r);
}

static void test_offered_title_is_cut(void **state)
{
	static const struct trawl_guess offered[] = {
		{ "title", "Buses stay in Harwick | Harbour Post", 0.7, "title",
		  false },
	};
	struct reading r;

	(void)state;
	begin(&r, BODY, strlen(BODY), offered, 1);
	assert_string_equal(taken(&r.a, "title")->value,
			    "Buses stay in Harwick");
	assert_string_equal(taken(&r.a, "source")->value, "Harbour Post");
	end(&r);
}

static void test_many_offered(void **state)
{
	struct trawl_guess offered[500];
	char value[500][8];
	struct reading r;

	(void)state;
	for (size_t i = 0; i < 500; i++) {
		snprintf(value[i], sizeof(value[i]), "t%zu", i);
		offered[i] = (struct trawl_guess){ "title", value[i],
						   0.5 + (double)i / 10000,
						   "one of many", false };
	}
	begin(&r, BODY, strlen(BODY), offered, 500);
	assert_true(r.a.nguesses <= ARTICLE_GUESSES_MAX);
	assert_non_null(taken(&r.a, "title"));
	end(&r);
}

static void test_threshold(void **state)
{
	(void)state;
	assert_true(article_threshold("title") <= 1);
	assert_true(article_threshold("date") <= 1);
	assert_true(article_threshold("author") <= 1);
	assert_true(article_threshold("source") <= 1);
	assert_true(article_threshold("lang") <= 1);
	assert_true(article_threshold("colour") > 1);
}

/* Any bytes: no crash, and no end of time. */
static void test_hostile(void **state)
{
	static const char *const parts[] = {
		"By ",
		"a",
		" ",
		"\n",
		"| ",
		"- ",
		"\xE2\x80",
		"\xFF",
		"A b c",
		".",
		"(",
		"Copyright ",
		"\xE3\x80\x82",
		"\xE6\x97\xA5",
		"1 ",
		"By A B and ",
	};
	const size_t size = 1 << 20;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	for (size_t p = 0; p < sizeof(parts) / sizeof(*parts); p++) {
		struct reading r;
		size_t n = strlen(parts[p]);

		for (size_t at = 0; at < size; at++)
			text[at] = parts[p][at % n];
		begin(&r, text, size, NULL, 0);
		assert_true(r.a.body <= size);
		end(&r);
	}
	memset(text, 0, size);
	for (size_t i = 0; i < 3; i++) {
		struct reading r;

		begin(&r, text, i ? size : 0, NULL, 0);
		end(&r);
	}
	free(text);
}

static void test_no_memory(void **state)
{
	static const char page[] = "Harwick votes to keep night buses\n"
				   "By Jo Marten\n" BODY;

	(void)state;
	for (size_t max = 0; max < 400; max += 8) {
		struct arena arena;
		struct article a;

		arena_init(&arena, max);
		if (article_read(page, strlen(page), NULL, 0, &arena, &a))
			assert_non_null(taken(&a, "title"));
		article_release(&a);
		arena_release(&arena);
	}
	article_release(NULL);
}

/* ---------------------------------------------------- the labelled pages -- */

struct tally {
	unsigned right, empty, wrong, missed;
};

static char *read_page(const char *name, size_t *len)
{
	char path[512], *text = malloc(PAGE_MAX);
	FILE *f;

	snprintf(path, sizeof(path), PAGES "%s", name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: %s: run from the source tree", path,
			 strerror(errno));
	assert_non_null(text);
	*len = fread(text, 1, PAGE_MAX, f);
	fclose(f);
	return text;
}

/* A time may follow the day of a date. */
static bool is_right(const struct trawl_guess *got, const char *want)
{
	return !strcmp(got->field, "date")
		       ? !strncmp(got->value, want, strlen(want))
		       : !strcmp(got->value, want);
}

static void judge(struct tally *t, const char *name,
		  const struct trawl_guess *got, const char *want)
{
	bool none = !strcmp(want, "-");

	if (!got && none) {
		t->empty++;
		return;
	}
	if (got && !none && is_right(got, want)) {
		t->right++;
		return;
	}
	*(got ? &t->wrong : &t->missed) += 1;
	print_message("%s: %s, not %s\n", name, got ? got->value : "none",
		      want);
}

static void judge_page(struct tally t[COLUMNS], char *line)
{
	static const char *const fields[COLUMNS] = { NULL, "title", "date",
						     "author" };
	char *column[COLUMNS];
	struct reading r;
	size_t len;
	char *text;

	for (size_t i = 0; i < COLUMNS; i++) {
		column[i] = strsep(&line, "\t\n");
		assert_non_null(column[i]);
	}
	text = read_page(column[0], &len);
	begin(&r, text, len, NULL, 0);
	for (size_t i = 1; i < COLUMNS; i++)
		judge(&t[i], column[0], taken(&r.a, fields[i]), column[i]);
	end(&r);
	free(text);
}

/* Bounds of what is promised, in thousandths of the pages. */
static void test_labelled(void **state)
{
	struct tally t[COLUMNS] = { 0 };
	char line[1024];
	unsigned pages = 0, dated;
	FILE *f = fopen(PAGES "labels.tsv", "r");

	(void)state;
	if (!f)
		fail_msg("no " PAGES "labels.tsv: run from the source tree");
	while (fgets(line, sizeof(line), f))
		if (*line != '#') {
			judge_page(t, line);
			pages++;
		}
	fclose(f);
	assert_true(pages >= 45);
	assert_true(1000 * (t[1].right + t[1].empty) >= 850 * pages);
	assert_true(1000 * t[1].wrong <= 60 * pages);
	dated = t[2].right + t[2].missed;
	assert_true(1000 * t[2].right >= 850 * dated);
	assert_true(1000 * t[2].wrong <= 10 * pages);
	assert_true(1000 * t[3].wrong <= 60 * pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_title),
		cmocka_unit_test(test_author),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_offered),
		cmocka_unit_test(test_first_of_equals),
		cmocka_unit_test(test_offered_title_is_cut),
		cmocka_unit_test(test_many_offered),
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_labelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
