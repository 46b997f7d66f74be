/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article_date.h"

#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define BODY                                                                   \
	"The harbour board said on Monday that the quay, which was closed on " \
	"March 2, 2009, will be open again before the end of the year.\n"

struct head {
	const char *lines; /* between title and body */
	const char *date;
};

/* Forms that real pages have, on a line between title and body. */
/* clang-format off */
static const struct head heads[] = {
	{ "Apr 9, 2007", "2007-04-09" },
	{ "March 14, 2013 6: 13 am", "2013-03-14" },
	{ "Last updated 13: 26 14 / 09 / 2013", "2013-09-14" },
	{ "Published at 12: 45, Wednesday, 12 June 2013", "2013-06-12" },
	{ "Published: April 16, 2013 9: 09 AM", "2013-04-16" },
	{ "7: 00pm UK, Wednesday 05 May 2010", "2010-05-05" },
	{ "August 7, 2012 - 5: 46 pm", "2012-08-07" },
	{ "on July 13, 2009 at 10: 50 AM, updated July 29, 2009 at 12: 16 PM",
	  "2009-07-13" },
	{ "Sunday, 9 June 2013", "2013-06-09" },
	{ "Posted: Sep 27, 2013 10: 50AM CDT", "2013-09-27" },
	{ "Monday, Sep 10, 2012 | Updated 9: 01 AM EDT", "2012-09-10" },
	{ "Published on 18th September 2013", "2013-09-18" },
	{ "AFP, Tuesday 2 Jul 2013", "2013-07-02" },
	{ "UPDATED 05 / 03 / 2013 at 11: 00 AM EDT", "2013-05-03" },
	{ "7: 15 a. m. Dec. 7, 2009", "2009-12-07" },
	{ "2 A. M. FEB. 4, 2009", "2009-02-04" },
	{ "Published 12: 17 am, Monday, September 16, 2013", "2013-09-16" },
	{ "on September 14, 2013 11: 41am | Updated on September 14, 2013 "
	  "11: 41am", "2013-09-14" },
	{ "Tue Jul 02 2013, 14: 58 hrs", "2013-07-02" },
	{ "9 / 10 / 2010 @ 1: 19PM", NULL },
	{ "SUNNYVALE, Calif. \xE2\x80\x94""2 / 29 / 2012", "2012-02-29" },
	{ "SATURDAY, SEPTEMBER 14, 2013, 9: 29 PM", "2013-09-14" },
	{ "Tue, 02 Jul 2013 12: 28 CDT", "2013-07-02" },
	{ "22 July 2013 Last updated at 17: 50 GMT", "2013-07-22" },
	{ "Posted August 2nd, 2013 at 5: 19 pm", "2013-08-02" },
	{ "4: 31 pm January 5, 2011", "2011-01-05" },
	{ "WEDNESDAY, APRIL 24TH, 2013 AT 10: 40 AM", "2013-04-24" },
	{ "on Dec 23 2012, 5: 03p", "2012-12-23" },
	{ "12 January 2010 @ 09: 29 pm", "2010-01-12" },
	{ "2 / 3 / 2009 5: 59: 13 PM", NULL },
	{ "Updated 12 / 22 / 2010 1: 31 AM", "2010-12-22" },
	{ "Released 2013 - 09 - 28 05: 08: 35 GMT",
	  "2013-09-28T05:08:35Z" },
	{ "March 14, 2013 - UNITED STATES -", "2013-03-14" },
	{ "( March 20, 2007) - -", "2007-03-20" },
	{ "Updated: 09 Sep 2013 11: 25 GMT+02: 00",
	  "2013-09-09T11:25:00+02:00" },
	{ "Updated: November 11, 2011 18: 50 IST", "2011-11-11" },
	{ "Thursday, Apr 2, 2009 | Updated 1: 32 PM PDT", "2009-04-02" },
	{ "16. 33 BST, Friday 3 May 2013", "2013-05-03" },
	{ "May 3, 2013 2145 hrs", "2013-05-03" },
	{ "by Dmytro Basmat November 7, 2024 1:09 AM 2 min read",
	  "2024-11-07" },
	{ "By Jo Eide | May 3, 2013", "2013-05-03" },
	{ "By JO EIDE\nMay 3, 2013", "2013-05-03" },
	{ "By Jo Eide, Harbour Post\nPublished May 3, 2013 | Updated "
	  "May 9, 2013", "2013-05-03" },
	{ "Updated May 9, 2013\nPublished May 3, 2013", "2013-05-03" },
	{ "May 3, 2013 | 5 comments | 2 min read", "2013-05-03" },
	/* other languages */
	{ "Ver\xC3\xB6""ffentlicht am 7. November 2024, 14:30 Uhr",
	  "2024-11-07" },
	{ "Stand: 07.11.2024 14:30 Uhr", "2024-11-07" },
	{ "Publi\xC3\xA9 le 07/11/2024 \xC3\xA0 14h30", "2024-11-07" },
	{ "Publicado el 7 de noviembre de 2024", "2024-11-07" },
	{ "gioved\xC3\xAC 7 novembre 2024", "2024-11-07" },
	{ "7 \xD0\xBD\xD0\xBE\xD1\x8F\xD0\xB1\xD1\x80\xD1\x8F 2024, 12:30",
	  "2024-11-07" },
	/* the order of numbers */
	{ "05/03/2013", NULL },
	{ "Published: 05/03/2013\nUpdated: 05/13/2013", "2013-05-03" },
	{ "Friday 05/03/2013", "2013-05-03" },
	/* none of these is the article's */
	{ "", NULL },
	{ "Jo Eide speaks at a rally at the quay on October 28, 2024 in "
	  "Grimsby. (Jo Eide/Getty Images)", NULL },
	{ "File photo, May 3, 2013", NULL },
	{ "Copyright May 3, 2013 Harbour Post", NULL },
	{ "\xC2\xA9 3 May 2013", NULL },
	{ "The quay was closed by the board on March 2, 2009.", NULL },
	{ "What happened to the quay on March 2, 2009", NULL },
	{ "http: / / www. x. com / 2011 / 11 / 10 / quay. html", NULL },
	{ "May 2013", NULL },
	{ "Thursday", NULL },
	{ "Jo Eide, born 3 May 1960", NULL },
	{ "End of Watch: Friday, June 24, 2005", NULL },
};
/* clang-format on */

static void check(const char *text, uint32_t body, uint32_t title,
		  enum date_order order, const char *want)
{
	struct trawl_guess guess[ARTICLE_DATES_MAX];
	struct arena arena;
	const char *got;
	size_t n;

	arena_init(&arena, 1 << 20);
	n = article_dates_in_order(text, strlen(text), body, title, order,
				   &arena, guess, ARTICLE_DATES_MAX);
	got = n && guess[0].confidence >= 0.6 ? guess[0].value : NULL;
	if (want ? !got || strcmp(got, want) != 0 : got != NULL)
		print_error("%s\n%s, not %s (%s)\n", text, got ? got : "none",
			    want ? want : "none", n ? guess[0].reason : "");
	assert_true(want ? got && !strcmp(got, want) : !got);
	for (size_t i = 1; i < n; i++)
		assert_true(guess[i].confidence <= guess[i - 1].confidence);
	arena_release(&arena);
}

static void check_page(const char *before, const char *lines, const char *after,
		       enum date_order order, const char *want)
{
	struct buf page = BUF_INIT(1 << 16);
	uint32_t body, title;

	buf_adds(&page, before);
	title = (uint32_t)page.len;
	buf_addf(&page, "The quay opens again\n%s\n\n", lines);
	body = (uint32_t)page.len;
	buf_addf(&page, "%s%s%s", BODY, BODY, after);
	check(page.data, body, title, order, want);
	buf_release(&page);
}

static void test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		check_page("", heads[i].lines, "", DATE_ORDER_UNKNOWN,
			   heads[i].date);
}

static void test_source_decides_order(void **state)
{
	(void)state;
	check_page("", "05/03/2013", "", DATE_ORDER_DAY_FIRST, "2013-03-05");
	check_page("", "05/03/2013", "", DATE_ORDER_MONTH_FIRST, "2013-05-03");
	check_page("", "Posted: 7-11-2013", "", DATE_ORDER_DAY_FIRST,
		   "2013-11-07");
}

static void test_order(void **state)
{
	static const char text[] = "28/10/2024\n10/28/2024\n7/11/2024\n";

	(void)state;
	assert_int_equal(article_date_order(text, sizeof(text) - 1, UINT32_MAX),
			 DATE_ORDER_DAY_FIRST);
	assert_int_equal(article_date_order(text + 11, sizeof(text) - 12, 30),
			 DATE_ORDER_MONTH_FIRST);
	assert_int_equal(article_date_order(text + 22, sizeof(text) - 23, 30),
			 DATE_ORDER_UNKNOWN);
	assert_int_equal(article_date_order(text, sizeof(text) - 1, 5),
			 DATE_ORDER_UNKNOWN);
}

static void test_below(void **state)
{
	(void)state;
	check_page("", "", "First published on 3 May 2013\n",
		   DATE_ORDER_UNKNOWN, "2013-05-03");
	check_page("", "", "This article was first published on May 3, 2013.\n",
		   DATE_ORDER_UNKNOWN, "2013-05-03");
	check_page("", "May 2, 2013", "First published on 3 May 2013\n",
		   DATE_ORDER_UNKNOWN, "2013-05-02");
	check_page("", "", "Jo Eide posted on 3 May 2013\n", DATE_ORDER_UNKNOWN,
		   NULL);
	check_page("", "", BODY BODY BODY "May 3, 2013\n", DATE_ORDER_UNKNOWN,
		   NULL);
	check_page("", "",
		   "A\nPublished 1 May 2013\nB\nPublished 2 May 2013\n"
		   "C\nPublished 3 May 2013\n",
		   DATE_ORDER_UNKNOWN, NULL);
	check_page("", "", "Copyright, published 3 May 2013\n",
		   DATE_ORDER_UNKNOWN, NULL);
}

/* What was taken for the body's beginning sums the article up. */
static void test_standfirst(void **state)
{
	(void)state;
	check_page("", "", "", DATE_ORDER_UNKNOWN, NULL);
	check("Title\n" BODY "May 3, 2013\n" BODY, 6, 0, DATE_ORDER_UNKNOWN,
	      "2013-05-03");
	check("Title\n" BODY "\nPosted: 3 May 2013\n" BODY, 6, 0,
	      DATE_ORDER_UNKNOWN, "2013-05-03");
	/* a chronicle */
	check("Title\n" BODY "May 1, 2013\nA\nMay 2, 2013\nMay 3, 2013\n", 6, 0,
	      DATE_ORDER_UNKNOWN, NULL);
	check("Title\n" BODY BODY BODY BODY BODY "May 3, 2013\n", 6, 0,
	      DATE_ORDER_UNKNOWN, NULL);
}

static void test_above_title(void **state)
{
	(void)state;
	check_page(" date 2024-11-06 Skip to content\n", "", "",
		   DATE_ORDER_UNKNOWN, "2024-11-06");
	check_page("May 3, 2013\n", "", "", DATE_ORDER_UNKNOWN, "2013-05-03");
	/* a masthead's */
	check_page("Friday, May 10, 2013\n", "May 3, 2013", "",
		   DATE_ORDER_UNKNOWN, "2013-05-03");
	/* a list of others */
	check_page("A\nMay 1, 2013\nB\nMay 2, 2013\nC\nMay 4, 2013\n", "", "",
		   DATE_ORDER_UNKNOWN, NULL);
}

static void test_datelines(void **state)
{
	static const struct head lines[] = {
		{ "WASHINGTON, Sept. 5, 2014 (Reuters) - ", "2014-09-05" },
		{ "GRIMSBY, 5 September 2014 (AP) \xE2\x80\x94 ",
		  "2014-09-05" },
		{ "(March 20, 2007) -- ", "2007-03-20" },
		{ "NEW YORK, June 1, 2012 /PRNewswire/ -- ", "2012-06-01" },
		{ "KYIV (Reuters) - ", NULL },
		{ "On Tuesday, Oct. 10, 1972, Grimsby awoke. ", NULL },
		{ "Grimsby, by May 3, 2013 - ", NULL },
		{ "BBC News on 3 May 2013 said ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct buf page = BUF_INIT(1 << 16);

		buf_addf(&page, "Title\n%s%s", lines[i].lines, BODY);
		check(page.data, 6, 0, DATE_ORDER_UNKNOWN, lines[i].date);
		buf_release(&page);
	}
}

static void test_odd_places(void **state)
{
	static const char text[] = "May 3, 2013";

	(void)state;
	/* no title, no body */
	check(text, sizeof(text) - 1, UINT32_MAX, DATE_ORDER_UNKNOWN,
	      "2013-05-03");
	/* the title itself */
	check(text, sizeof(text) - 1, 0, DATE_ORDER_UNKNOWN, NULL);
	check(text, 0, UINT32_MAX, DATE_ORDER_UNKNOWN, NULL);
	check(text, UINT32_MAX, UINT32_MAX, DATE_ORDER_UNKNOWN, "2013-05-03");
	check("", 0, UINT32_MAX, DATE_ORDER_UNKNOWN, NULL);
}

static void test_no_memory(void **state)
{
	struct trawl_guess guess[ARTICLE_DATES_MAX];
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	assert_int_equal(article_dates("May 3, 2013", 11, 11, UINT32_MAX,
				       &arena, guess, ARTICLE_DATES_MAX),
			 0);
	assert_true(arena.failed);
	arena_release(&arena);
}

static void test_hostile(void **state)
{
	static const char *const units[] = { "published ",   "3 May 2013 ",
					     "3 May 2013\n", "(",
					     "A ",	     "\n",
					     "05/03/2013\n", "1:00 " };
	struct trawl_guess guess[ARTICLE_DATES_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct buf b = BUF_INIT(16 << 20);
		struct arena arena;
		clock_t from = clock();

		arena_init(&arena, 1 << 20);
		while (b.len < 2 << 20)
			buf_adds(&b, units[i]);
		article_dates(b.data, b.len, (uint32_t)b.len, UINT32_MAX,
			      &arena, guess, ARTICLE_DATES_MAX);
		article_dates(b.data, b.len, 0, UINT32_MAX, &arena, guess,
			      ARTICLE_DATES_MAX);
		assert_true(clock() - from < 4 * CLOCKS_PER_SEC);
		arena_release(&arena);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_source_decides_order),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_standfirst),
		cmocka_unit_test(test_above_title),
		cmocka_unit_test(test_datelines),
		cmocka_unit_test(test_odd_places),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
