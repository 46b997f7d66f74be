/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/show.c: what a terminal is told of stories */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ask.h"
#include "buf.h"
#include "response.h"
#include "show.h"
#include "term.h"
#include "values.h"

static struct trawl_hit hits[] = {
	{ .rank = 1,
	  .id = "a b",
	  .title = "One",
	  .similar = 7,
	  .story = "s\x1B" },
	{ .rank = 2, .id = "c", .title = "Two", .story = "s" },
};
static struct trawl_bucket buckets[] = {
	{ .when = "2024", .count = 3, .id = "a", .title = "A\x1B title" },
	{ .when = "2025", .count = 1, .id = "b" },
	{ .when = "2026", .count = 1 },
};

static void check(const struct term *t, const struct trawl_head *head,
		  const char *want)
{
	struct response r = { .head = *head, .hits = hits, .buckets = buckets };
	struct buf out = BUF_INIT(1 << 16);

	show_response(&out, t, &r, 0);
	assert_string_equal(out.data, want);
	buf_release(&out);
}

static void test_what_a_hit_stands_for(void **state)
{
	const struct term plain = { .width = 72 };
	const struct term colour = { .tty = true, .colour = true, .width = 72 };
	const struct trawl_head head = {
		.hits = 2, .total = 345, .groups = 120, .rev = "7.1"
	};

	(void)state;
	check(&plain, &head,
	      " 1  One\n"
	      "    a b\n"
	      "    +7 more of this story: story=s\\x1B\n"
	      "\n"
	      " 2  Two\n"
	      "    c\n"
	      "\n"
	      "345 documents in 120 stories, 1 to 2 shown (0.0 ms, revision "
	      "7.1)\n");
	check(&colour, &head,
	      " 1  \033[1;36mOne\033[0m\n"
	      "    \033[2ma b\033[0m\n"
	      "    \033[2m+7 more of this story: story=s\\x1B\033[0m\n"
	      "\n"
	      " 2  \033[1;36mTwo\033[0m\n"
	      "    \033[2mc\033[0m\n"
	      "\n"
	      "345 documents in 120 stories, 1 to 2 shown (0.0 ms, revision "
	      "7.1)\n");
}

static void test_totals(void **state)
{
	static const struct {
		struct trawl_head head;
		const char *want;
	} cases[] = {
		{ { .total = 5, .groups = 1 }, "5 documents in 1 story" },
		{ { .total = 5, .groups = 5 }, "5 documents" },
		{ { .total = 5 }, "5 documents" },
		{ { .total = 1500, .groups = 700, .groups_lower = true },
		  "1500 documents in at least 700 stories" },
		{ { .total = 1001,
		    .lower_bound = true,
		    .groups = 700,
		    .groups_lower = true },
		  "at least 1001 documents in at least 700 stories" },
		{ { .total = 1001,
		    .lower_bound = true,
		    .groups = 1001,
		    .groups_lower = true },
		  "at least 1001 documents" },
	};
	const struct term t = { .width = 72 };
	char want[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trawl_head head = cases[i].head;

		head.rev = "7.1";
		snprintf(want, sizeof(want), "%s (0.0 ms, revision 7.1)\n",
			 cases[i].want);
		check(&t, &head, want);
	}
}

static void test_headlines(void **state)
{
	const struct term t = { .width = 40 };
	const struct trawl_head head = { .total = 5,
					 .nbuckets = 3,
					 .rev = "7.1" };
	struct response r = { .head = head, .buckets = buckets };
	struct buf out = BUF_INIT(1 << 16);

	(void)state;
	show_response(&out, &t, &r, 0);
	assert_non_null(strstr(out.data, " 3\n        A\\x1B title\n"));
	assert_non_null(strstr(out.data, " 1\n        b\n"));
	assert_non_null(strstr(out.data, " 1\n\n5 documents"));
	buf_release(&out);
}

static void test_a_terminal_asks_for_stories(void **state)
{
	static const struct {
		bool tty;
		const char *name, *value, *want;
	} cases[] = {
		{ true, NULL, NULL, "story" },
		{ false, NULL, NULL, NULL },
		{ true, "group", "none", "none" },
		{ true, "group", "copy", "copy" },
		{ true, "story", "a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct term t = { .tty = cases[i].tty };
		struct values values = { 0 };
		struct trawl_error err;
		const char *got;

		if (cases[i].name)
			assert_int_equal(values_put(&values, cases[i].name,
						    cases[i].value, &err),
					 TRAWL_OK);
		group_for(&t, &values);
		got = values_get(&values, "group");
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			assert_null(got);
		values_release(&values);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_hit_stands_for),
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_headlines),
		cmocka_unit_test(test_a_terminal_asks_for_stories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
