/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dates in a text, one after the other.
 */
#include "date_names.h"
#include "relative_date.h"
#include "written_parts.h"

#include <string.h>

enum {
	DATE_BEFORE_YEAR = 48, /* bytes */
	DATE_AFTER_YEAR = 64,
	WEEKDAY_TO_DATE = 12
};

/* A year with the month that stands before it: "novembre 2024". */
static bool month_before(const char *s, size_t at, struct written_date *d)
{
	size_t end, begin = word_before(s, at, &end);
	const struct date_name *name;
	struct scan c = { s, at, begin };

	if (end - begin >= 2 && !memcmp(s + begin, "de", 2) &&
	    end - begin <= 3) /* "de", "del" */
		c.at = begin = word_before(s, begin, &end);
	if (begin == end)
		return false;
	name = date_name_find(s + begin, end - begin);
	if (!name || name->kind != DATE_NAME_MONTH ||
	    !month_may_stand(&c, begin, name))
		return false;
	d->month = name->number;
	d->begin = (uint32_t)begin;
	return true;
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Most numbers of a text are no dates: by what follows one of n digits. */
static bool may_be_date(const char *s, size_t left, size_t n)
{
	if (left < 3 || *s == '\n')
		return false;
	if (*s != ' ')
		return n < 3 ? !strchr(",)%:;", *s) : strchr("-/.", *s) != NULL;
	if (n == 4)
		return strchr("-/", s[1]) != NULL;
	return !is_letter(s[1]) || s[1] == 'o' || date_name_may_begin(s + 1);
}

static bool number_date(const char *s, size_t len, size_t at,
			enum date_order order, struct written_date *out)
{
	size_t n = 1;

	while (n < 5 && at + n < len && is_decimal(s[at + n]))
		n++;
	if (n == 3 || n == 5 || !may_begin_number(s, at))
		return false;
	if (may_be_date(s + at + n, len - at - n, n) &&
	    written_form_at(s, len, at, order, out))
		return true;
	if (n != 4 || !written_year_at(s, len, at, out))
		return false;
	return month_before(s, at, out) || says_year(s, len, at);
}

/* May a date follow a weekday, which most stand alone? */
static bool has_capital_or_digit(const char *s, size_t n)
{
	for (size_t i = 0; i < n && i < WEEKDAY_TO_DATE; i++)
		if (is_decimal(s[i]) || (s[i] >= 'A' && s[i] <= 'Z'))
			return true;
	return false;
}

static bool word_date(const char *s, size_t len, size_t at,
		      enum date_order order, struct written_date *out)
{
	const struct date_name *name = NULL;
	size_t n;

	if (may_be_name(s[at])) {
		n = date_word_length(s + at, len - at);
		name = date_name_find(s + at, n);
	}
	if (name && name->kind == DATE_NAME_MONTH &&
	    written_form_at(s, len, at, order, out))
		return true;
	if (name && name->kind == DATE_NAME_DAY &&
	    has_capital_or_digit(s + at + n, len - at - n) &&
	    written_weekday_at(s, len, at, order, out))
		return true;
	return relative_date_at(s, len, at, name, out);
}

bool written_date_next(const char *s, size_t len, size_t *at,
		       enum date_order order, struct written_date *out)
{
	size_t i = *at;

	for (; (i = next_start(s, len, i)) < len; i = skip_start(s, len, i))
		if (is_decimal(s[i]) ? number_date(s, len, i, order, out)
				     : word_date(s, len, i, order, out)) {
			*at = out->end;
			return true;
		}
	*at = len;
	return false;
}

/* A word's beginning before a year, from which its date may be read. */
static size_t back_from(const char *s, size_t min, size_t year)
{
	size_t at = year;

	while (at > min && year - at < DATE_BEFORE_YEAR && s[at - 1] != '\n')
		at--;
	while (at > min && at < year && s[at - 1] != ' ' && s[at - 1] != '\n')
		at++;
	return at;
}

/* Behind it, where a time of day may stand. */
static size_t ahead_of(const char *s, size_t len, size_t year)
{
	size_t at = len - year > DATE_AFTER_YEAR ? year + DATE_AFTER_YEAR : len;

	while (at < len && s[at] != ' ' && s[at] != '\n' &&
	       at - year < 2 * DATE_AFTER_YEAR)
		at++;
	return at;
}

bool written_date_next_full(const char *s, size_t len, size_t *at,
			    enum date_order order, struct written_date *out)
{
	size_t year, i;

	for (; (year = next_year(s, len, *at)) < len; *at = year + 4) {
		const size_t end = ahead_of(s, len, year);

		i = back_from(s, *at, year);
		while (i <= year && written_date_next(s, end, &i, order, out))
			if (out->year && !out->short_year) {
				*at = out->end;
				return true;
			}
	}
	*at = len;
	return false;
}

/* Does that byte, before two digits, part off a short year: 28/10/24, '24? */
static bool parts_short_year(const char *s, size_t at)
{
	const char sep = s[at];

	if (sep == '\'')
		return true;
	if (sep != '/' && sep != '.' && sep != '-')
		return false;
	for (size_t i = at; i-- > 0 && at - i < 6;)
		if (s[i] == sep)
			return true;
	return false;
}

static bool may_have_short_year(const char *s, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++)
		if (is_decimal(s[i]) && is_decimal(s[i + 1]) &&
		    (i + 2 == len || !is_decimal(s[i + 2])) &&
		    parts_short_year(s,
				     i > 1 && s[i - 1] == ' ' ? i - 2 : i - 1))
			return true;
	return false;
}

bool written_date_find(const char *s, size_t len, struct written_date *out)
{
	size_t at = 0;

	while (written_date_next_full(s, len, &at, DATE_ORDER_UNKNOWN, out))
		if (out->day)
			return true;
	if (!may_have_short_year(s, len))
		return false;
	at = 0;
	while (written_date_next(s, len, &at, DATE_ORDER_UNKNOWN, out))
		if (out->day && out->year)
			return true;
	return false;
}
