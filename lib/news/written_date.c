/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "written_date.h"

#include "date.h"
#include "date_names.h"
#include "written_parts.h"

#include <string.h>

enum {
	YEAR_MIN = 1400,
	YEAR_MAX = 2199,
	YEAR_LAST = 9999, /* of four digits */
	SHORT_PIVOT = 70  /* '69 is 2069, '70 is 1970 */
};

static bool take_year(struct scan *c, unsigned digits, struct written_date *d)
{
	struct scan try = *c;
	unsigned n, value;

	n = scan_number(&try, 4, &value);
	if (n != digits || scan_is_in_number(&try))
		return false;
	if (n == 2) {
		value += value < SHORT_PIVOT ? 2000 : 1900;
		d->short_year = true;
	}
	if (value < YEAR_MIN || value > YEAR_MAX)
		return false;
	d->year = (uint16_t)value;
	*c = try;
	return true;
}

/* What may stand between a day, a month and a year. */
static void skip_between(struct scan *c)
{
	scan_blanks(c);
	scan_any(c, ".,");
	scan_blanks(c);
	if (scan_word_is(c, "de") || scan_word_is(c, "del") ||
	    scan_word_is(c, "of"))
		scan_blanks(c);
}

/* "2024", "'24"; after - or / "24", too. */
static bool take_year_after(struct scan *c, char sep, struct written_date *d)
{
	struct scan try = *c;
	bool is_short = false;

	if (sep && sep != ' ') {
		is_short = scan_any(&try, (char[]){ sep, '\0' });
	} else {
		skip_between(&try);
		is_short = scan_any(&try, "'");
	}
	if (!take_year(&try, 4, d) && !(is_short && take_year(&try, 2, d)))
		return false;
	*c = try;
	return true;
}

/* "7", "07", "7th", "1er", "7." */
static bool take_day(struct scan *c, struct written_date *d)
{
	static const char *const ends[] = { "st", "nd", "rd", "th", "er", "e" };
	struct scan try = *c;
	unsigned value, n = scan_number(&try, 2, &value);

	if (!n || value < 1 || value > 31)
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (scan_letter(&try) && scan_word_is(&try, ends[i]))
			break;
	if (scan_bytes(&try, "\xC2\xBA") || scan_bytes(&try, "\xC2\xB0"))
		scan_any(&try, ".");
	d->day = (uint8_t)value;
	*c = try;
	return true;
}

bool month_may_stand(const struct scan *c, size_t at,
		     const struct date_name *name)
{
	return name->force == NAME_FULL ||
	       (name->force != NAME_WEAK && (unsigned char)c->s[at] < 'a');
}

/* "7 November 2024", "7. November", "7 de noviembre de 2024", "7-Nov-24" */
static bool day_month(struct scan *c, struct written_date *d)
{
	struct scan try = *c;
	const struct date_name *name;
	char sep = ' ';
	size_t at;

	if (!take_day(&try, d))
		return false;
	if (try.at < try.n && strchr("-/", try.s[try.at]))
		sep = try.s[try.at++];
	else
		skip_between(&try);
	at = try.at;
	name = scan_name(&try, DATE_NAME_MONTH);
	if (!name)
		return false;
	d->month = name->number;
	if (!take_year_after(&try, sep, d) && !month_may_stand(&try, at, name))
		return false;
	*c = try;
	return true;
}

/* "-8", " - 8", " and 8": the first day of several is the one. */
static void skip_range(struct scan *c)
{
	struct scan try = *c;
	unsigned value, n;

	scan_blanks(&try);
	if (!scan_any(&try, "-&") && !scan_bytes(&try, "\xE2\x80\x93") &&
	    !scan_word_is(&try, "and") && !scan_word_is(&try, "to"))
		return;
	scan_blanks(&try);
	n = scan_number(&try, 2, &value);
	if (n && value >= 1 && value <= 31 && !scan_is_in_number(&try))
		*c = try;
}

/* "14:58:00 2013", of ctime() */
static bool year_after_time(struct scan *c, struct written_date *d)
{
	struct scan try = *c;
	struct written_time t;

	scan_blanks(&try);
	if (!written_time_at(try.s, try.n, try.at, &t))
		return false;
	try.at = t.end;
	scan_blanks(&try);
	if (!take_year(&try, 4, d))
		return false;
	d->has_time = true;
	d->time = t;
	*c = try;
	return true;
}

/* "November 7, 2024", "Nov. 7", "November 2024" */
static bool month_day(struct scan *c, struct written_date *d)
{
	struct scan try = *c, after;
	size_t at = try.at;
	const struct date_name *name = scan_name(&try, DATE_NAME_MONTH);

	if (!name)
		return false;
	d->month = name->number;
	scan_any(&try, "-/");
	after = try;
	skip_between(&after);
	if (take_year(&after, 4, d)) {
		*c = after;
		return month_may_stand(c, at, name);
	}
	scan_blanks(&try);
	if (!take_day(&try, d) || scan_is_in_number(&try))
		return false;
	skip_range(&try);
	if (!take_year_after(&try, ' ', d) && !take_year_after(&try, '-', d) &&
	    !year_after_time(&try, d) && !month_may_stand(&try, at, name))
		return false;
	*c = try;
	return true;
}

/* Blanks may stand round a separator, on both sides. */
static char take_separator(struct scan *c, const char *any)
{
	struct scan try = *c;
	char sep;

	scan_blanks(&try);
	if (try.at == try.n || !try.s[try.at] || !strchr(any, try.s[try.at]))
		return '\0';
	if (try.at > c->at && try.s[try.at] == '.')
		return '\0';
	sep = try.s[try.at++];
	scan_blanks(&try);
	*c = try;
	return sep;
}

static bool goes_on(const struct scan *c, char sep)
{
	struct scan try = *c;
	unsigned value;

	if (scan_is_in_number(c))
		return true;
	if (!take_separator(&try, (char[]){ sep, '\0' }))
		return false;
	return sep == '/' || scan_number(&try, 9, &value) > 0;
}

/* "2024-11-07", "2024/11/7", "2024.11.07" */
static bool year_month_day(struct scan *c, struct written_date *d)
{
	struct scan try = *c;
	unsigned month, day;
	char sep;

	if (scan_number(&try, 4, &month) != 4 || month < YEAR_MIN ||
	    month > YEAR_MAX)
		return false;
	d->year = (uint16_t)month;
	sep = take_separator(&try, "-/.");
	if (!sep || !scan_number(&try, 2, &month) || month < 1 || month > 12)
		return false;
	if (take_separator(&try, (char[]){ sep, '\0' }) != sep ||
	    !scan_number(&try, 2, &day) || day < 1 || day > 31 ||
	    goes_on(&try, sep))
		return false;
	d->month = (uint8_t)month;
	d->day = (uint8_t)day;
	*c = try;
	return true;
}

/* Which of two numbers is the month?  Between full stops it is the second. */
static bool set_numbers(struct written_date *d, unsigned a, unsigned b,
			char sep, enum date_order order)
{
	if (a < 1 || b < 1 || a > 31 || b > 31 || (a > 12 && b > 12))
		return false;
	d->ambiguous = a <= 12 && b <= 12 && a != b && sep != '.';
	if (sep != '.' && (a > 12 || b > 12))
		d->order =
			b > 12 ? DATE_ORDER_MONTH_FIRST : DATE_ORDER_DAY_FIRST;
	if (d->ambiguous && order != DATE_ORDER_UNKNOWN)
		d->ambiguous = false;
	else
		order = b > 12 ? DATE_ORDER_MONTH_FIRST : DATE_ORDER_DAY_FIRST;
	d->day = (uint8_t)(order == DATE_ORDER_DAY_FIRST ? a : b);
	d->month = (uint8_t)(order == DATE_ORDER_DAY_FIRST ? b : a);
	return true;
}

/* "7/11/2024", "07.11.2024", "07.11.24" */
static bool numbers(struct scan *c, enum date_order order,
		    struct written_date *d)
{
	struct scan try = *c;
	unsigned a, b, n, m;
	char sep;

	n = scan_number(&try, 2, &a);
	sep = n ? take_separator(&try, "-/.") : '\0';
	m = sep ? scan_number(&try, 2, &b) : 0;
	if (!m || take_separator(&try, (char[]){ sep, '\0' }) != sep)
		return false;
	if (!take_year(&try, 4, d) &&
	    !(m == 2 && sep != '-' && take_year(&try, 2, d)))
		return false;
	if (goes_on(&try, sep) || !set_numbers(d, a, b, sep, order))
		return false;
	*c = try;
	return true;
}

static void skip_at(struct scan *c)
{
	static const char *const words[] = { "at",  "um",  "a",	 "as",	"alle",
					     "ore", "klo", "om", "las", "в",
					     "о",   "o",   "t" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (scan_word_is(c, words[i]))
			return;
	if (scan_word_is(c, "kl"))
		scan_any(c, ".");
}

/* T01:09:00Z, or a time after a blank, a comma, "at" and the like */
static void take_time(struct scan *c, struct written_date *d)
{
	struct scan try = *c;

	if (d->has_time || !d->day || !d->year)
		return;
	for (unsigned i = 0; i < 4; i++) {
		scan_blanks(&try);
		if (!scan_any(&try, ",@|-(") && !scan_dash(&try))
			skip_at(&try);
	}
	scan_blanks(&try);
	d->has_time = written_time_at(try.s, try.n, try.at, &d->time);
	if (d->has_time)
		c->at = d->time.end;
}

static bool is_day(const struct written_date *d)
{
	char out[WRITTEN_DATE_MAX];
	struct written_date any = *d;

	if (!d->year)
		any.year = 2000; /* a leap year */
	return written_date_print(&any, false, out);
}

static bool number_forms(struct scan *c, enum date_order order,
			 struct written_date *d)
{
	const struct written_date empty = *d;

	if (year_month_day(c, d))
		return true;
	*d = empty;
	if (numbers(c, order, d))
		return true;
	*d = empty;
	return day_month(c, d);
}

/* Anything but a weekday or a year alone. */
static bool take_date(struct scan *c, enum date_order order,
		      struct written_date *d)
{
	struct scan try = *c;
	bool ok;

	if (try.at == try.n)
		return false;
	ok = scan_digit(&try) ? number_forms(&try, order, d)
			      : month_day(&try, d);
	if (!ok || !is_day(d))
		return false;
	take_time(&try, d);
	*c = try;
	return true;
}

static void skip_article(struct scan *c)
{
	static const char *const words[] = { "the", "den", "der", "le",
					     "el",  "il",  "am",  "de" };

	scan_blanks(c);
	scan_any(c, ",.");
	scan_blanks(c);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (scan_word_is(c, words[i]))
			break;
	scan_blanks(c);
}

/* "Thursday, November 7, 2024" */
static bool weekday_date(struct scan *c, enum date_order order,
			 struct written_date *d)
{
	struct scan try = *c;
	const struct date_name *name = scan_name(&try, DATE_NAME_DAY);

	if (!name)
		return false;
	d->weekday = name->number;
	skip_article(&try);
	if (!take_date(&try, order, d))
		return false;
	*c = try;
	return true;
}

/* A weekday tells which of two numbers is the month. */
static void decide_by_weekday(struct written_date *d)
{
	struct written_date other = *d;

	if (!d->ambiguous || !d->weekday)
		return;
	other.day = d->month;
	other.month = d->day;
	if ((written_date_weekday(d) == d->weekday) ==
	    (written_date_weekday(&other) == d->weekday))
		return;
	if (written_date_weekday(d) != d->weekday)
		*d = other;
	d->ambiguous = false;
}

bool written_weekday_at(const char *s, size_t len, size_t at,
			enum date_order order, struct written_date *out)
{
	struct scan c = { s, len, at };
	struct written_date d = { .begin = (uint32_t)at };

	if (!weekday_date(&c, order, &d))
		return false;
	decide_by_weekday(&d);
	d.end = (uint32_t)c.at;
	*out = d;
	return true;
}

bool written_form_at(const char *s, size_t len, size_t at,
		     enum date_order order, struct written_date *out)
{
	struct scan c = { s, len, at };
	struct written_date d = { .begin = (uint32_t)at };

	if (!take_date(&c, order, &d))
		return !scan_digit(&c) &&
		       written_weekday_at(s, len, at, order, out);
	d.end = (uint32_t)c.at;
	*out = d;
	return true;
}

bool written_year_at(const char *s, size_t len, size_t at,
		     struct written_date *out)
{
	struct scan c = { s, len, at };
	struct written_date d = { .begin = (uint32_t)at };

	if (!take_year(&c, 4, &d) || scan_letter(&c))
		return false;
	d.end = (uint32_t)c.at;
	*out = d;
	return true;
}

bool written_date_at(const char *s, size_t len, size_t at,
		     enum date_order order, struct written_date *out)
{
	return written_form_at(s, len, at, order, out) ||
	       written_year_at(s, len, at, out);
}

/* A sign and two digits. */
static char *put_part(char *to, char sign, unsigned value)
{
	*to = sign;
	return date_digits(to + 1, value, 2);
}

static char *put_time(char *to, const struct written_time *t)
{
	const unsigned away =
		(unsigned)(t->offset < 0 ? -t->offset : t->offset);

	to = put_part(to, 'T', t->hour);
	to = put_part(to, ':', t->minute);
	to = put_part(to, ':', t->second);
	if (!t->offset) {
		*to++ = 'Z';
		return to;
	}
	to = put_part(to, t->offset < 0 ? '-' : '+', away / 60);
	return put_part(to, ':', away % 60);
}

bool written_date_print(const struct written_date *d, bool with_time,
			char out[WRITTEN_DATE_MAX])
{
	struct date parsed;
	char *to;

	if (!d->year || d->year > YEAR_LAST || d->unit != DATE_ABSOLUTE)
		return false;
	to = date_digits(out, d->year, 4);
	if (d->month)
		to = put_part(to, '-', d->month);
	if (d->month && d->day)
		to = put_part(to, '-', d->day);
	if (with_time && d->day && d->has_time && d->time.zoned)
		to = put_time(to, &d->time);
	*to = '\0';
	return date_parse(out, (size_t)(to - out), &parsed);
}

bool written_date_clean(const char *s, size_t len, char out[WRITTEN_DATE_MAX])
{
	struct written_date d;
	struct date date;

	if (len < WRITTEN_DATE_MAX && date_parse(s, len, &date)) {
		memcpy(out, s, len);
		out[len] = '\0';
		return true;
	}
	return written_date_find(s, len, &d) && !d.ambiguous &&
	       written_date_print(&d, true, out);
}

unsigned written_date_weekday(const struct written_date *d)
{
	enum {
		DAY = 86400,
		FIRST = 6 /* 0000-01-01 was a Saturday */
	};
	char out[WRITTEN_DATE_MAX];
	struct date parsed;

	if (!d->day || !written_date_print(d, false, out) ||
	    !date_parse(out, strlen(out), &parsed))
		return 0;
	return (unsigned)((parsed.first / DAY + FIRST - 1) % 7) + 1;
}
