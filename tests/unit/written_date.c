/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "written_date.h"

#include "buf.h"
#include "date_names.h"
#include "relative_date.h"
#include "sanitized.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

struct form {
	const char *text, *date; /* NULL: none with a year */
};

/* clang-format off */
static const struct form forms[] = {
	/* month first */
	{ "November 7, 2024", "2024-11-07" },
	{ "NOVEMBER 7, 2024", "2024-11-07" },
	{ "Nov. 7, 2024", "2024-11-07" },
	{ "Nov 7 2024", "2024-11-07" },
	{ "Nov.7,2024", "2024-11-07" },
	{ "November 7th, 2024", "2024-11-07" },
	{ "Sept. 5, 2014", "2014-09-05" },
	{ "May 02, 2013", "2013-05-02" },
	{ "May. 3, 2013", "2013-05-03" },
	{ "July 13 , 2009", "2009-07-13" },
	{ "APRIL 24TH, 2013 AT 10: 40 AM", "2013-04-24" },
	{ "Nov. 7-8, 2024", "2024-11-07" },
	{ "June 3 and 4, 2010", "2010-06-03" },
	{ "Nov 7, '24", "2024-11-07" },
	{ "Tue Jul 02 14:58:00 2013", "2013-07-02" },
	{ "Jul-02-2013", "2013-07-02" },
	{ "\xC2\xA0November\xC2\xA0""7,\xC2\xA0""2024", "2024-11-07" },
	{ "Februar 29, 2023", NULL },
	{ "February 29, 2024", "2024-02-29" },
	{ "March 10,000 people", NULL },
	{ "May 5.5 percent", NULL },
	{ "who may 2010 years", NULL },
	/* day first */
	{ "7 November 2024", "2024-11-07" },
	{ "07 November, 2024", "2024-11-07" },
	{ "10th Dec 2012", "2012-12-10" },
	{ "the 7th of November, 2024", "2024-11-07" },
	{ "7th of November 2024", "2024-11-07" },
	{ "7-Nov-2024", "2024-11-07" },
	{ "07-NOV-24", "2024-11-07" },
	{ "7/Nov/2024", "2024-11-07" },
	{ "22nd Jul. 2013", "2013-07-22" },
	{ "1st of May 2013", "2013-05-01" },
	{ "32 May 2013", "2013-05" },
	{ "3.5 May 2013", "2013-05" },
	/* with a weekday */
	{ "Thursday, November 7, 2024", "2024-11-07" },
	{ "Thursday November 7 2024", "2024-11-07" },
	{ "Thu, 7 Nov 2024", "2024-11-07" },
	{ "Sun., Aug. 4, 2013 11: 29 AM PDT", "2013-08-04" },
	{ "WEDNESDAY 03 JULY 2013", "2013-07-03" },
	{ "Thursday the 7th of November 2024", "2024-11-07" },
	{ "Thu 2024-11-07", "2024-11-07" },
	/* numbers */
	{ "2024-11-07", "2024-11-07" },
	{ "2024/11/7", "2024-11-07" },
	{ "2024.11.07", "2024-11-07" },
	{ "2013 - 09 - 28 05: 08: 35 GMT", "2013-09-28T05:08:35Z" },
	{ "2024-11-07T01:09:00Z", "2024-11-07T01:09:00Z" },
	{ "2024-11-07T01:09:00.250+02:00", "2024-11-07T01:09:00+02:00" },
	{ "2024-11-07 01:09:00", "2024-11-07" },
	{ "07.11.2024", "2024-11-07" },
	{ "7. 11. 2024", "2024-11-07" },
	{ "28.10.24", "2024-10-28" },
	{ "07.11.24", "2024-11-07" },
	{ "28/10/2024", "2024-10-28" },
	{ "10/28/2024", "2024-10-28" },
	{ "13: 26 14 / 09 / 2013", "2013-09-14" },
	{ "05-11-2024", "ambiguous" },
	{ "7/11/2024", "ambiguous" },
	{ "9 / 10 / 2010 @ 1: 19PM", "ambiguous" },
	{ "5/5/2013", "2013-05-05" },
	{ "Friday 05/03/2013", "2013-05-03" },
	{ "Sunday, 05/03/2013", "ambiguous" },
	{ "Tuesday 05/03/2013", "2013-03-05" },
	{ "2013-02-30", NULL },
	{ "13/13/2013", NULL },
	{ "31/11/2024", NULL },
	{ "192.10.11.2024", NULL },
	{ "1.2.3.2024", NULL },
	{ "version 10.11.12", "2012-11-10" },
	{ "http: / / www. x. com / 2011 / 11 / 10 / a - b", NULL },
	{ "https://x.example/2011/11/10/a-b.html", NULL },
	{ "call 555-12-2010", NULL },
	{ "2024-11-07-08", NULL },
	/* times */
	{ "November 7, 2024 1:09 AM", "2024-11-07" },
	{ "Sep 09 2013 11: 25 GMT+02: 00", "2013-09-09T11:25:00+02:00" },
	{ "22 July 2013, 17: 50 GMT", "2013-07-22T17:50:00Z" },
	{ "June 1, 2012 -- 1052 GMT (1852 HKT)", "2012-06-01T10:52:00Z" },
	{ "March 1, 2012 - - 07: 58 GMT ( 23: 58 PST)",
	  "2012-03-01T07:58:00Z" },
	{ "May 5, 2013 at 5:09 p.m. UTC", "2013-05-05T17:09:00Z" },
	{ "May 5, 2013 12:01 a. m. GMT", "2013-05-05T00:01:00Z" },
	{ "7 May 2013 16. 33 GMT", "2013-05-07T16:33:00Z" },
	{ "7 May 2013 at 9 pm GMT", "2013-05-07T21:00:00Z" },
	{ "7 May 2013 25:61 GMT", "2013-05-07" },
	/* months and years */
	{ "November 2024", "2024-11" },
	{ "Nov. 2024", "2024-11" },
	{ "November, 2024", "2024-11" },
	{ "November of 2024", "2024-11" },
	{ "novembre 2024", "2024-11" },
	{ "en noviembre de 2024", "2024-11" },
	{ "march 2024", NULL },
	{ "in 2008", "2008" },
	{ "mid-2008", "2008" },
	{ "(2008)", "2008" },
	{ "the 2004 election", "2004" },
	{ "the 2000 people", NULL },
	{ "some 2008 people", NULL },
	{ "in 2008s", NULL },
	{ "in 2,008", NULL },
	{ "in 9999", NULL },
	{ "$2008", NULL },
	{ "of 20085", NULL },
	/* without a year */
	{ "November 7", NULL },
	{ "Thursday", NULL },
	{ "yesterday", NULL },
	/* languages */
	{ "7. November 2024", "2024-11-07" },
	{ "Donnerstag, 7. November 2024, 14:30 Uhr", "2024-11-07" },
	{ "Do, 07.11.2024", "2024-11-07" },
	{ "1. M\xC3\xA4rz 2013", "2013-03-01" },
	{ "1. J\xC3\xA4nner 2013", "2013-01-01" },
	{ "24. Dez. 2013", "2013-12-24" },
	{ "jeudi 7 novembre 2024", "2024-11-07" },
	{ "le 1er ao\xC3\xBBt 2013", "2013-08-01" },
	{ "7 F\xC3\x89VRIER 2013", "2013-02-07" },
	{ "12 d\xC3\xA9""c. 2013 \xC3\xA0 14h30", "2013-12-12" },
	{ "jueves 7 de noviembre de 2024", "2024-11-07" },
	{ "7 de noviembre del 2024", "2024-11-07" },
	{ "1\xC2\xBA de enero de 2024", "2024-01-01" },
	{ "30 ago 2024", "2024-08-30" },
	{ "gioved\xC3\xAC 7 novembre 2024", "2024-11-07" },
	{ "5 mag 2024", "2024-05-05" },
	{ "7 de mar\xC3\xA7o de 2024", "2024-03-07" },
	{ "3 out 2024", "2024-10-03" },
	{ "donderdag 7 maart 2024", "2024-03-07" },
	{ "den 7 augusti 2024", "2024-08-07" },
	{ "7. desember 2024 kl. 14.30", "2024-12-07" },
	{ "7. maj 2024", "2024-05-07" },
	{ "7. marraskuuta 2024", "2024-11-07" },
	{ "7 \xD0\xBD\xD0\xBE\xD1\x8F\xD0\xB1\xD1\x80\xD1\x8F 2024",
	  "2024-11-07" },
	{ "7 \xD0\x9D\xD0\x9E\xD0\xAF\xD0\x91\xD0\xA0\xD0\xAF 2024",
	  "2024-11-07" },
	{ "7 \xD0\xBB\xD0\xB8\xD1\x81\xD1\x82\xD0\xBE\xD0\xBF\xD0\xB0\xD0\xB4"
	  "\xD0\xB0 2024 \xD1\x80.", "2024-11-07" },
	{ "7 wrze\xC5\x9Bnia 2024", "2024-09-07" },
	{ "7 PA\xC5\xB9""DZIERNIKA 2024", "2024-10-07" },
	/* what is no date */
	{ "", NULL },
	{ "two", NULL },
	{ "November\n7, 2024", NULL },
	{ "5 years ago 2024", NULL },
	{ "\xFF\xFE 7 \xC3 2024", NULL },
};
/* clang-format on */

/* The first date that has a year, printed. */
static const char *first(const char *text, char out[WRITTEN_DATE_MAX])
{
	struct written_date d;
	size_t at = 0, len = strlen(text);

	while (written_date_next(text, len, &at, DATE_ORDER_UNKNOWN, &d)) {
		assert_true(d.begin < d.end && d.end <= len && at == d.end);
		if (d.ambiguous)
			return "ambiguous";
		if (written_date_print(&d, true, out))
			return out;
	}
	return NULL;
}

static void test_forms(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		char out[WRITTEN_DATE_MAX];
		const char *got = first(forms[i].text, out);
		const char *want = forms[i].date;

		if (want ? !got || strcmp(got, want) != 0 : got != NULL)
			print_error("%s: %s, not %s (%u)\n", forms[i].text,
				    got ? got : "none", want ? want : "none",
				    ++wrong);
	}
	assert_int_equal(wrong, 0);
}

/* The twelve months of each language, with and without capitals. */
static const char *const months[] = {
	"January February March April May June July August September October "
	"November December",
	"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
	"Januar Februar M\xC3\xA4rz April Mai Juni Juli August September "
	"Oktober November Dezember",
	"janvier f\xC3\xA9vrier mars avril mai juin juillet ao\xC3\xBBt "
	"septembre octobre novembre d\xC3\xA9"
	"cembre",
	"enero febrero marzo abril mayo junio julio agosto septiembre octubre "
	"noviembre diciembre",
	"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre "
	"ottobre novembre dicembre",
	"janeiro fevereiro mar\xC3\xA7o abril maio junho julho agosto setembro "
	"outubro novembro dezembro",
	"januari februari maart april mei juni juli augustus september oktober "
	"november december",
	"januari februari mars april maj juni juli augusti september oktober "
	"november december",
	"januar februar marts april maj juni juli august september oktober "
	"november december",
	"januar februar mars april mai juni juli august september oktober "
	"november desember",
	"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta "
	"kes\xC3\xA4kuuta hein\xC3\xA4kuuta elokuuta syyskuuta lokakuuta "
	"marraskuuta joulukuuta",
	"января февраля марта апреля мая июня июля августа сентября октября "
	"ноября декабря",
	"січня лютого березня квітня травня червня липня серпня вересня жовтня "
	"листопада грудня",
	"stycznia lutego marca kwietnia maja czerwca lipca sierpnia "
	"wrze\xC5\x9Bnia pa\xC5\xBA"
	"dziernika listopada grudnia",
};

static void test_months(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++) {
		const char *at = months[i];

		for (unsigned month = 1; month <= 12; month++) {
			int n = (int)strcspn(at, " ");
			char text[80], out[WRITTEN_DATE_MAX], want[16];
			const char *got;

			snprintf(text, sizeof(text), "9 %.*s 2019", n, at);
			snprintf(want, sizeof(want), "2019-%02u-09", month);
			got = first(text, out);
			if (!got || strcmp(got, want) != 0)
				fail_msg("%s: %s", text, got ? got : "none");
			at += n;
			at += strspn(at, " ");
		}
	}
}

static void test_order(void **state)
{
	struct written_date d;
	char out[WRITTEN_DATE_MAX];

	(void)state;
	assert_true(
		written_date_at("7/11/2024", 9, 0, DATE_ORDER_DAY_FIRST, &d));
	assert_false(d.ambiguous);
	assert_true(written_date_print(&d, false, out));
	assert_string_equal(out, "2024-11-07");
	assert_true(
		written_date_at("7/11/2024", 9, 0, DATE_ORDER_MONTH_FIRST, &d));
	assert_true(written_date_print(&d, false, out));
	assert_string_equal(out, "2024-07-11");
	/* what decides itself does not mind */
	assert_true(written_date_at("28/11/2024", 10, 0, DATE_ORDER_MONTH_FIRST,
				    &d));
	assert_true(written_date_print(&d, false, out));
	assert_string_equal(out, "2024-11-28");
}

struct relative {
	const char *text, *date; /* seen from Thursday, 2024-11-07 */
};

static const struct relative relatives[] = {
	{ "said Thursday that", "2024-11-07" },
	{ "on Wednesday", "2024-11-06" },
	{ "on Friday", "2024-11-01" },
	{ "next Thursday", "2024-11-14" },
	{ "next Friday", "2024-11-08" },
	{ "Until Friday", "2024-11-08" },
	{ "open until Monday.", "2024-11-11" },
	{ "till Thursday", "2024-11-14" },
	{ "bis Freitag", "2024-11-08" },
	{ "jusqu'\xC3\xA0 vendredi", "2024-11-08" },
	{ "Orbis Friday", "2024-11-01" },
	{ "until, Friday", "2024-11-01" },
	{ "Last Thursday", "2024-10-31" },
	{ "last Monday", "2024-11-04" },
	{ "yesterday", "2024-11-06" },
	{ "Yesterday's", "2024-11-06" },
	{ "today", "2024-11-07" },
	{ "tomorrow", "2024-11-08" },
	{ "last night", "2024-11-06" },
	{ "last week", "2024-10-28" },
	{ "this week", "2024-11-04" },
	{ "next week", "2024-11-11" },
	{ "last month", "2024-10" },
	{ "this month", "2024-11" },
	{ "next month", "2024-12" },
	{ "Next month", "2024-12" },
	{ "This week", "2024-11-04" },
	{ "last year", "2023" },
	{ "last September", "2024-09" },
	{ "last November", "2023-11" },
	{ "next January", "2025-01" },
	{ "Nov. 6 to congratulate", "2024-11-06" },
	{ "on January 20 after", "2025-01-20" },
	{ "28 October", "2024-10-28" },
	{ "gestern", "2024-11-06" },
	{ "am Mittwoch", "2024-11-06" },
	{ "letzte Woche", "2024-10-28" },
	{ "n\xC3\xA4"
	  "chsten Monat",
	  "2024-12" },
	{ "aujourd'hui", "2024-11-07" },
	{ "lundi dernier", "2024-11-04" },
	{ "mercredi", "2024-11-06" },
	{ "le mois dernier", "2024-10" },
	{ "l'ann\xC3\xA9"
	  "e prochaine",
	  "2025" },
	{ "last years", NULL },
	{ "this Sundance", NULL },
	{ "Mon Dieu", NULL },
	{ "may 5", NULL },
	{ "next to nothing", NULL },
};

static void test_relative(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(relatives) / sizeof(*relatives); i++) {
		const struct relative *r = &relatives[i];
		char out[WRITTEN_DATE_MAX];
		struct written_date d;
		size_t at = 0;
		bool found = written_date_next(r->text, strlen(r->text), &at,
					       DATE_ORDER_UNKNOWN, &d) &&
			     relative_date_resolve(&d, "2024-11-07", out);

		if (found != (r->date != NULL) ||
		    (found && strcmp(out, r->date) != 0))
			fail_msg("%s: %s, not %s", r->text,
				 found ? out : "none",
				 r->date ? r->date : "none");
	}
}

static void test_month_turns(void **state)
{
	struct written_date last = { .unit = DATE_MONTHS, .shift = -1 };
	struct written_date next = { .unit = DATE_MONTHS, .shift = 1 };
	struct written_date leap = { .month = 2, .day = 29 };
	char out[WRITTEN_DATE_MAX];

	(void)state;
	assert_true(relative_date_resolve(&last, "2024-01-15", out));
	assert_string_equal(out, "2023-12");
	assert_true(relative_date_resolve(&next, "2024-12-15", out));
	assert_string_equal(out, "2025-01");
	assert_true(relative_date_resolve(&leap, "2025-03-01", out));
	assert_string_equal(out, "2024-02-29");
	assert_false(relative_date_resolve(&leap, "2022-03-01", out));
	assert_false(relative_date_resolve(&last, "2024-01", out));
	assert_false(relative_date_resolve(&last, "", out));
}

static void test_find(void **state)
{
	static const char text[] = "In May, by Jo on Nov 7, 2024 1:09 AM | x";
	struct written_date d;

	(void)state;
	assert_true(written_date_find(text, sizeof(text) - 1, &d));
	assert_memory_equal(text + d.begin, "Nov 7, 2024 1:09 AM", 19);
	assert_int_equal(d.end - d.begin, 19);
	assert_false(written_date_find("in 2008, May 2009", 17, &d));
}

/* Of all that has a year of four digits both find the same. */
static void test_full(void **state)
{
	struct buf all = BUF_INIT(1 << 20);
	struct written_date a, b;
	size_t i = 0, k = 0, n = 0;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		buf_addf(&all, "%s%s\n", i % 3 ? "said he, " : "",
			 forms[i].text);
	i = 0;
	while (written_date_next(all.data, all.len, &i, DATE_ORDER_UNKNOWN,
				 &a)) {
		if (!a.year || a.short_year)
			continue;
		assert_true(written_date_next_full(all.data, all.len, &k,
						   DATE_ORDER_UNKNOWN, &b));
		if (a.begin != b.begin || a.end != b.end || a.day != b.day)
			fail_msg("%.*s is %.*s", (int)(a.end - a.begin),
				 all.data + a.begin, (int)(b.end - b.begin),
				 all.data + b.begin);
		n++;
	}
	assert_true(n > 90);
	assert_false(written_date_next_full(all.data, all.len, &k,
					    DATE_ORDER_UNKNOWN, &b));
	buf_release(&all);
}

static void test_clean(void **state)
{
	static const struct form cases[] = {
		{ "2024", "2024" },
		{ "2024-11-07T01:09:00.5+02:00",
		  "2024-11-07T01:09:00.5+02:00" },
		{ "Thu, 07 Nov 2024 01:09:00 GMT", "2024-11-07T01:09:00Z" },
		{ "Thu Nov 07 2024 01:09:00 GMT+0200",
		  "2024-11-07T01:09:00+02:00" },
		{ "November 7, 2024 1:09 AM", "2024-11-07" },
		{ "11/07/2024", NULL },
		{ "25/07/2024", "2024-07-25" },
		{ "November", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[WRITTEN_DATE_MAX];
		const bool clean = written_date_clean(
			cases[i].text, strlen(cases[i].text), out);

		assert_int_equal(clean, cases[i].date != NULL);
		if (clean)
			assert_string_equal(out, cases[i].date);
	}
}

/* Every cut of a text is read within its bytes. */
static void test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		for (size_t len = 0; len <= strlen(forms[i].text); len++) {
			struct buf exact = BUF_INIT(1 << 10);
			struct written_date d;
			size_t at = 0;

			buf_add(&exact, forms[i].text, len);
			while (written_date_next(exact.data, len, &at,
						 DATE_ORDER_UNKNOWN, &d))
				assert_true(d.end <= len);
			buf_release(&exact);
		}
}

static void check_time(const char *unit, size_t n)
{
	struct buf b = BUF_INIT(64 << 20);
	struct written_date d;
	size_t at = 0;
	clock_t from = clock();

	while (b.len < n)
		buf_adds(&b, unit);
	while (written_date_next(b.data, b.len, &at, DATE_ORDER_UNKNOWN, &d))
		;
	at = 0;
	while (written_date_next_full(b.data, b.len, &at, DATE_ORDER_UNKNOWN,
				      &d))
		;
	assert_true(clock() - from < 4 * CLOCKS_PER_SEC);
	buf_release(&b);
}

/* Linear, whatever the text. */
static void test_hostile(void **state)
{
	static const char *const units[] = {
		" ",	   "7",		 "a",  "\xC3", "\x80",
		"7 ",	   "7/",	 "7.", "May ", "May",
		"7 May",   "Thursday, ", "t",  "th",   "last ",
		"2013 ",   "-",		 "1:", "\n",   "7\xC3\x80\x80",
		"2013\xC3"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		check_time(units[i], SANITIZED_THREAD ? 1 << 19 : 2 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_relative),
		cmocka_unit_test(test_month_turns),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
