/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "date.h"

#include <inttypes.h>
#include <string.h>

enum {
	DAY = 86400,
	YEAR_MAX = 9999
};

/* What is left to read. */
struct cursor {
	const char *p, *end;
};

static bool leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

/* Days from 0000-01-01 to the first day of a year. */
static int64_t days_to_year(unsigned year)
{
	if (!year)
		return 0;

	unsigned before = year - 1;

	return 365 * (int64_t)year + before / 4 - before / 100 + before / 400 +
	       1;
}

static int64_t days_to(unsigned year, unsigned month, unsigned day)
{
	int64_t days = days_to_year(year) + (int64_t)day - 1;

	for (unsigned m = 1; m < month; m++)
		days += days_in(year, m);
	return days;
}

/* seconds: within years 0 to 9999 */
static void civil(int64_t seconds, unsigned *year, unsigned *month,
		  unsigned *day)
{
	int64_t days = seconds / DAY;

	/* Of 400 years; never too late, and too early by one or two. */
	*year = (unsigned)(days * 400 / 146097);
	*year -= *year > 0;
	while (days_to_year(*year + 1) <= days)
		++*year;
	days -= days_to_year(*year);
	for (*month = 1; days >= days_in(*year, *month); ++*month)
		days -= days_in(*year, *month);
	*day = (unsigned)days + 1;
}

/* Exactly n digits, within min..max. */
static bool digits(struct cursor *c, unsigned n, unsigned min, unsigned max,
		   unsigned *out)
{
	unsigned value = 0;

	if ((size_t)(c->end - c->p) < n)
		return false;
	for (unsigned i = 0; i < n; i++, c->p++) {
		if (*c->p < '0' || *c->p > '9')
			return false;
		value = value * 10 + (unsigned)(*c->p - '0');
	}
	*out = value;
	return value >= min && value <= max;
}

static bool next_is(struct cursor *c, const char *any)
{
	if (c->p == c->end || !*c->p || !strchr(any, *c->p))
		return false;
	c->p++;
	return true;
}

/* Z, +hh:mm, -hh:mm or nothing (UTC); seconds to take away. */
static bool read_offset(struct cursor *c, int64_t *offset)
{
	unsigned hour, minute;

	*offset = 0;
	if (c->p == c->end || next_is(c, "Zz"))
		return true;

	bool west = *c->p == '-';

	if (!next_is(c, "+-") || !digits(c, 2, 0, 23, &hour) ||
	    !next_is(c, ":") || !digits(c, 2, 0, 59, &minute))
		return false;
	*offset = (int64_t)hour * 3600 + minute * 60;
	if (west)
		*offset = -*offset;
	return true;
}

static bool skip_fraction(struct cursor *c)
{
	const char *from;

	if (!next_is(c, "."))
		return true;
	for (from = c->p; c->p < c->end && *c->p >= '0' && *c->p <= '9';)
		c->p++;
	return c->p > from;
}

static bool read_time(struct cursor *c, struct date *out)
{
	unsigned hour, minute, second = 0;
	int64_t offset, last = days_to_year(YEAR_MAX + 1) * DAY - 1;
	bool to_minute = true;

	if (!digits(c, 2, 0, 23, &hour) || !next_is(c, ":") ||
	    !digits(c, 2, 0, 59, &minute))
		return false;
	if (next_is(c, ":")) {
		to_minute = false;
		if (!digits(c, 2, 0, 60, &second) || !skip_fraction(c))
			return false;
	}
	if (!read_offset(c, &offset))
		return false;
	if (second == 60) /* a leap second has no number of its own */
		second = 59;
	out->first += (int64_t)hour * 3600 + minute * 60 + second - offset;
	out->last = out->first + (to_minute ? 59 : 0);
	out->has_time = true;
	if (out->first < 0 || out->last > last)
		return false;
	civil(out->first, &out->year, &out->month, &out->day);
	return true;
}

static void set_period(struct date *d)
{
	unsigned month = d->month ? d->month : 12;
	unsigned day = d->day ? d->day : days_in(d->year, month);

	d->first =
		days_to(d->year, d->month ? d->month : 1, d->day ? d->day : 1) *
		DAY;
	d->last = days_to(d->year, month, day) * DAY + DAY - 1;
}

bool date_parse(const char *s, size_t len, struct date *out)
{
	struct cursor c = { s, s + len };
	struct date d = { 0 };

	if (!digits(&c, 4, 0, YEAR_MAX, &d.year))
		return false;
	if (next_is(&c, "-")) {
		if (!digits(&c, 2, 1, 12, &d.month))
			return false;
		if (next_is(&c, "-") &&
		    !digits(&c, 2, 1, days_in(d.year, d.month), &d.day))
			return false;
	}
	set_period(&d);
	if (d.day && next_is(&c, "Tt ") && !read_time(&c, &d))
		return false;
	if (c.p != c.end)
		return false;
	*out = d;
	return true;
}

char *date_digits(char *to, unsigned value, unsigned n)
{
	for (unsigned i = n; i-- > 0; value /= 10)
		to[i] = (char)('0' + value % 10);
	return to + n;
}

void date_key(int64_t seconds, char out[16])
{
	unsigned year, month, day, rest = (unsigned)(seconds % DAY);
	char *to;

	civil(seconds, &year, &month, &day);
	to = date_digits(out, year, 4);
	to = date_digits(to, month, 2);
	to = date_digits(to, day, 2);
	if (rest) {
		to = date_digits(to, rest / 3600, 2);
		to = date_digits(to, rest / 60 % 60, 2);
		to = date_digits(to, rest % 60, 2);
	}
	*to = '\0';
}

bool date_from_key(const char *key, size_t len, int64_t *seconds)
{
	struct cursor c = { key, key + len };
	unsigned year, month, day, hour = 0, minute = 0, second = 0;

	if (!digits(&c, 4, 0, YEAR_MAX, &year) ||
	    !digits(&c, 2, 1, 12, &month) ||
	    !digits(&c, 2, 1, days_in(year, month), &day))
		return false;
	if (c.p < c.end &&
	    (!digits(&c, 2, 0, 23, &hour) || !digits(&c, 2, 0, 59, &minute) ||
	     !digits(&c, 2, 0, 59, &second)))
		return false;
	if (c.p != c.end)
		return false;
	*seconds = days_to(year, month, day) * DAY + (int64_t)hour * 3600 +
		   minute * 60 + second;
	return true;
}

void date_order_key(bool dated, int64_t seconds, unsigned char out[5])
{
	uint64_t key = dated ? ~(uint64_t)seconds : UINT64_MAX;

	for (int i = 0; i < 5; i++)
		out[i] = (unsigned char)(key >> (32 - 8 * i));
}
