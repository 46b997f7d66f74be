/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_date.h"

#include "buf.h"
#include "html.h"

static const char *const months[] = {
	"January", "February", "March",	    "April",   "May",	   "June",
	"July",	   "August",   "September", "October", "November", "December",
};

enum {
	SHORT_NAME = 3,
	DAYS_400 = 146097,  /* of 400 years */
	DAYS_1970 = 719468, /* from 0000-03-01 to 1970-01-01 */
};

static unsigned month_days(int year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* n digits at s; -1: they are none. */
static int digits(const char *s, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

/* "-07": whatever follows a shorter date is its own end. */
static bool read_part(const char **s, unsigned max, unsigned *out)
{
	int value;

	*out = 0;
	if (!**s)
		return true;
	value = **s == '-' ? digits(*s + 1, 2) : -1;
	if (value < 1 || value > (int)max)
		return false;
	*out = (unsigned)value;
	*s += 3;
	return true;
}

bool page_date_read(const char *s, struct page_date *out)
{
	struct page_date d = { .year = digits(s, 4) };

	if (d.year < 0)
		return false;
	s += 4;
	if (!read_part(&s, 12, &d.month) ||
	    !read_part(&s, d.month ? month_days(d.year, d.month) : 0, &d.day))
		return false;
	if (*s && (!d.day || (*s != 'T' && *s != 't' && *s != ' ')))
		return false;
	*out = d;
	return true;
}

/* Years begin in March here, so that leap days end them. */
int64_t page_date_days(struct page_date d)
{
	int64_t year = d.year - (d.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t month = d.month > 2 ? d.month - 3 : d.month + 9;
	int64_t of_year = (153 * month + 2) / 5 + d.day - 1;

	return era * DAYS_400 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - DAYS_1970;
}

struct page_date page_date_of(int64_t days)
{
	int64_t z = days + DAYS_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_400 - 1)) / DAYS_400;
	int64_t of_era = z - era * DAYS_400;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
			of_era / (DAYS_400 - 1)) /
		       365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	return (struct page_date){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (unsigned)(month < 10 ? month + 3 : month - 9),
		.day = (unsigned)(of_year - (153 * month + 2) / 5 + 1),
	};
}

struct page_date page_date_first(struct page_date d)
{
	d.month = d.month ? d.month : 1;
	d.day = d.day ? d.day : 1;
	return d;
}

struct page_date page_date_last(struct page_date d)
{
	d.month = d.month ? d.month : 12;
	d.day = d.day ? d.day : month_days(d.year, d.month);
	return d;
}

void page_date_print(struct page_date d, char out[PAGE_DATE_MAX])
{
	/* The remainders are for the compiler, which cannot know the ranges. */
	unsigned year = (unsigned)d.year % 10000;

	if (!d.month)
		snprintf(out, PAGE_DATE_MAX, "%04u", year);
	else if (!d.day)
		snprintf(out, PAGE_DATE_MAX, "%04u-%02u", year, d.month % 100);
	else
		snprintf(out, PAGE_DATE_MAX, "%04u-%02u-%02u", year,
			 d.month % 100, d.day % 100);
}

/* ---------------------------------------------------------------- words -- */

void add_date(struct buf *out, struct page_date d)
{
	if (d.day)
		buf_addf(out, "%u ", d.day);
	if (d.month)
		buf_addf(out, "%s ", months[d.month - 1]);
	buf_addf(out, "%d", d.year);
}

void add_short_date(struct buf *out, struct page_date d)
{
	if (d.day)
		buf_addf(out, "%u ", d.day);
	if (d.month)
		buf_add(out, months[d.month - 1], SHORT_NAME);
	if (d.month && !d.day)
		buf_addc(out, ' ');
	if (!d.day)
		buf_addf(out, "%d", d.year);
}

void add_time(struct buf *out, const char *date)
{
	struct page_date d;
	char day[PAGE_DATE_MAX];

	if (!page_date_read(date, &d)) {
		buf_adds(out, "<span class=\"date\">");
		html_adds(out, date);
		buf_adds(out, "</span>");
		return;
	}
	page_date_print(d, day);
	buf_addf(out, "<time datetime=\"%s\">", day);
	add_date(out, d);
	buf_adds(out, "</time>");
}

static bool same_day(struct page_date a, struct page_date b)
{
	return a.year == b.year && a.month == b.month && a.day == b.day;
}

/* Is it all of a year, of a month, or a day?  Then that. */
static bool is_whole(struct page_date first, struct page_date last,
		     struct page_date *out)
{
	struct page_date d = { .year = first.year };

	for (int i = 0; i < 3; i++) {
		if (same_day(page_date_first(d), first) &&
		    same_day(page_date_last(d), last)) {
			*out = d;
			return true;
		}
		if (!d.month)
			d.month = first.month;
		else
			d.day = first.day;
	}
	return false;
}

static void add_from_to(struct buf *out, struct page_date from,
			struct page_date to)
{
	struct page_date whole;

	if (is_whole(page_date_first(from), page_date_last(to), &whole)) {
		add_date(out, whole);
		return;
	}
	add_date(out, from);
	buf_adds(out, " to ");
	add_date(out, to);
}

void add_period(struct buf *out, const char *since, const char *until)
{
	struct page_date from, to;
	bool reads = (!since || page_date_read(since, &from)) &&
		     (!until || page_date_read(until, &to));

	if (reads && since && until) {
		add_from_to(out, from, to);
		return;
	}
	buf_adds(out, since ? "Since " : "Until ");
	if (reads) {
		add_date(out, since ? from : to);
		return;
	}
	html_adds(out, since ? since : until);
	if (since && until) {
		buf_adds(out, " to ");
		html_adds(out, until);
	}
}
