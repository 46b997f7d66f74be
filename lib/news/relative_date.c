/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relative_date.h"

#include "date.h"
#include "written_parts.h"

#include <string.h>
#include <strings.h>

enum {
	DAY = 86400,
	YEAR_MAX = 9999
};

struct word {
	const char *text;
	enum date_unit unit;
	int8_t shift;
};

/* Whole forms. */
static const struct word days[] = {
	{ "yesterday", DATE_DAYS, -1 }, { "today", DATE_DAYS, 0 },
	{ "tonight", DATE_DAYS, 0 },	{ "tomorrow", DATE_DAYS, 1 },
	{ "gestern", DATE_DAYS, -1 },	{ "heute", DATE_DAYS, 0 },
	{ "aujourd", DATE_DAYS, 0 },	{ "demain", DATE_DAYS, 1 },
};

/* What stands before a unit. */
static const struct word before[] = {
	{ "last", 0, -1 },	  { "this", 0, 0 },
	{ "next", 0, 1 },	  { "letzte", 0, -1 },
	{ "letzten", 0, -1 },	  { "letztes", 0, -1 },
	{ "letzter", 0, -1 },	  { "vergangene", 0, -1 },
	{ "vergangenen", 0, -1 }, { "vergangenes", 0, -1 },
	{ "voriges", 0, -1 },	  { "vorigen", 0, -1 },
	{ "vorige", 0, -1 },	  { "nachste", 0, 1 },
	{ "nachsten", 0, 1 },	  { "nachstes", 0, 1 },
};

static const struct word units[] = {
	{ "night", DATE_DAYS, 0 },    { "week", DATE_WEEKS, 0 },
	{ "month", DATE_MONTHS, 0 },  { "year", DATE_YEARS, 0 },
	{ "woche", DATE_WEEKS, 0 },   { "monat", DATE_MONTHS, 0 },
	{ "monats", DATE_MONTHS, 0 }, { "jahr", DATE_YEARS, 0 },
	{ "jahres", DATE_YEARS, 0 },
};

/* French has them behind: "le mois dernier". */
static const struct word units_first[] = {
	{ "mois", DATE_MONTHS, 0 },
	{ "semaine", DATE_WEEKS, 0 },
	{ "annee", DATE_YEARS, 0 },
};

static const struct word behind[] = {
	{ "dernier", 0, -1 }, { "derniere", 0, -1 }, { "passe", 0, -1 },
	{ "passee", 0, -1 },  { "prochain", 0, 1 },  { "prochaine", 0, 1 },
};

static const struct word *take(struct scan *c, const struct word *words,
			       size_t n)
{
	const int first = c->at < c->n ? c->s[c->at] | 0x20 : 0;

	for (size_t i = 0; i < n; i++)
		if ((words[i].text[0] == first || first < 0) &&
		    scan_word_is(c, words[i].text))
			return &words[i];
	return NULL;
}

#define TAKE(c, words) take(c, words, sizeof(words) / sizeof(*(words)))

/* "last September", "next Thursday": of names that no other word is. */
static bool take_name(struct scan *c, struct written_date *d)
{
	const struct date_name *name = scan_name(c, DATE_NAME_MONTH);

	if (name && name->force == NAME_FULL) {
		d->month = name->number;
		d->unit = DATE_MONTHS;
		return true;
	}
	name = name ? NULL : scan_name(c, DATE_NAME_DAY);
	if (!name || name->force != NAME_FULL)
		return false;
	d->weekday = name->number;
	d->unit = DATE_WEEKDAYS;
	return true;
}

static bool shifted_unit(struct scan *c, struct written_date *d)
{
	const struct word *shift = TAKE(c, before), *unit;

	if (!shift)
		return false;
	d->shift = shift->shift;
	scan_blanks(c);
	unit = TAKE(c, units);
	if (!unit)
		return take_name(c, d);
	d->unit = unit->unit;
	return true;
}

static bool unit_shifted(struct scan *c, struct written_date *d)
{
	const struct word *unit = TAKE(c, units_first), *shift;

	if (!unit)
		return false;
	scan_blanks(c);
	shift = TAKE(c, behind);
	if (!shift)
		return false;
	d->unit = unit->unit;
	d->shift = shift->shift;
	return true;
}

/* "until Friday": the day is still to come.  What stands before byte at. */
static bool is_until(const char *s, size_t at)
{
	static const char *const words[] = { "until", "till", "bis",
					     "\xC3\xA0" };

	if (!at || s[--at] != ' ')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const size_t n = strlen(words[i]);
		const struct scan last = { s, at, at - n - 1 };

		if (n <= at && !strncasecmp(s + at - n, words[i], n) &&
		    (n == at || !scan_letter(&last)))
			return true;
	}
	return false;
}

static bool weekday(struct scan *c, struct written_date *d)
{
	const size_t at = c->at;
	const struct date_name *name = scan_name(c, DATE_NAME_DAY);
	const struct word *shift;
	struct scan try;

	if (!name)
		return false;
	d->unit = DATE_WEEKDAYS;
	d->weekday = name->number;
	d->shift = is_until(c->s, at) ? 1 : 0;
	try = *c;
	scan_blanks(&try);
	shift = TAKE(&try, behind);
	if (shift) {
		d->shift = shift->shift;
		*c = try;
	}
	return true;
}

static bool day(struct scan *c, struct written_date *d)
{
	const struct word *word = TAKE(c, days);

	if (!word)
		return false;
	d->unit = word->unit;
	d->shift = word->shift;
	return true;
}

bool relative_date_at(const char *s, size_t len, size_t at,
		      const struct date_name *name, struct written_date *out)
{
	static bool (*const forms[])(struct scan *, struct written_date *) = {
		weekday, shifted_unit, day, unit_shifted
	};
	const bool is_weekday =
		name && name->kind == DATE_NAME_DAY && name->force == NAME_FULL;

	for (size_t i = is_weekday ? 0 : 1; i < sizeof(forms) / sizeof(*forms);
	     i++) {
		struct scan c = { s, len, at };
		struct written_date d = { .begin = (uint32_t)at };

		if (forms[i](&c, &d) && !scan_letter(&c)) {
			d.end = (uint32_t)c.at;
			*out = d;
			return true;
		}
	}
	return false;
}

static bool print_day(int64_t seconds, char out[WRITTEN_DATE_MAX])
{
	char key[16];

	if (seconds < 0)
		return false;
	date_key(seconds, key);
	memcpy(out, key, 4);
	out[4] = out[7] = '-';
	memcpy(out + 5, key + 4, 2);
	memcpy(out + 8, key + 6, 2);
	out[10] = '\0';
	return true;
}

static bool print_year(int year, char out[WRITTEN_DATE_MAX])
{
	if (year < 0 || year > YEAR_MAX)
		return false;
	*date_digits(out, (unsigned)year, 4) = '\0';
	return true;
}

/* The weekday at or before a day; after it when shift says so. */
static int64_t to_weekday(int64_t day, unsigned from, unsigned to, int shift)
{
	int64_t back = (from + 7 - to) % 7;

	if (shift < 0 && !back)
		back = 7;
	return shift > 0 ? day + (7 - back) * DAY : day - back * DAY;
}

static bool print_month(const struct written_date *d, const struct date *base,
			char out[WRITTEN_DATE_MAX])
{
	int month = (int)base->month + d->shift, year = (int)base->year;

	if (d->month) { /* last September is this year's once it is over */
		month = d->month;
		year += d->shift < 0 && d->month >= base->month ? -1 : 0;
		year += d->shift > 0 && d->month <= base->month ? 1 : 0;
	}
	if (month < 1 || month > 12) {
		year += month < 1 ? -1 : 1;
		month = month < 1 ? 12 : 1;
	}
	if (!print_year(year, out))
		return false;
	out[4] = '-';
	*date_digits(out + 5, (unsigned)month, 2) = '\0';
	return true;
}

/* A day of a month without a year: the nearest. */
static bool print_nearest(const struct written_date *d, const struct date *base,
			  char out[WRITTEN_DATE_MAX])
{
	int64_t best = INT64_MAX;

	for (int shift = -1; shift <= 1; shift++) {
		struct written_date full = *d;
		char text[WRITTEN_DATE_MAX];
		struct date date;
		int64_t away;

		full.year = (uint16_t)((int)base->year + shift);
		full.has_time = false;
		if (!written_date_print(&full, false, text) ||
		    !date_parse(text, strlen(text), &date))
			continue;
		away = date.first > base->first ? date.first - base->first
						: base->first - date.first;
		if (away < best) {
			best = away;
			memcpy(out, text, sizeof(text));
		}
	}
	return best != INT64_MAX;
}

bool relative_date_resolve(const struct written_date *d, const char *published,
			   char out[WRITTEN_DATE_MAX])
{
	struct date base;
	unsigned today;

	if (!date_parse(published, strlen(published), &base) || !base.day)
		return false;
	base.first -= base.first % DAY;
	today = (unsigned)((base.first / DAY + 5) % 7) + 1;
	switch (d->unit) {
	case DATE_ABSOLUTE:
		return d->day && print_nearest(d, &base, out);
	case DATE_DAYS:
		return print_day(base.first + d->shift * DAY, out);
	case DATE_WEEKS:
		return print_day(base.first - (int64_t)(today - 1) * DAY +
					 7 * d->shift * DAY,
				 out);
	case DATE_MONTHS:
		return print_month(d, &base, out);
	case DATE_YEARS:
		return print_year((int)base.year + d->shift, out);
	case DATE_WEEKDAYS:
		return print_day(
			to_weekday(base.first, today, d->weekday, d->shift),
			out);
	}
	return false;
}
