/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clean_date.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* n digits within min..max; NULL when there are none such. */
static const char *number(const char *s, unsigned n, unsigned min, unsigned max,
			  unsigned *out)
{
	unsigned v = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!is_digit(s[i]))
			return NULL;
		v = 10 * v + (unsigned)(s[i] - '0');
	}
	*out = v;
	return v < min || v > max ? NULL : s + n;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

struct day {
	unsigned year, month, day; /* 0: not given */
};

/* "20310312" */
static const char *compact_day(const char *s, struct day *d)
{
	s = number(s, 4, 0, 9999, &d->year);
	s = s ? number(s, 2, 1, 12, &d->month) : NULL;
	return s ? number(s, 2, 1, days_in(d->year, d->month), &d->day) : NULL;
}

static const char *dashed_day(const char *s, struct day *d)
{
	s = number(s, 4, 0, 9999, &d->year);
	if (!s || *s != '-')
		return s;
	s = number(s + 1, 2, 1, 12, &d->month);
	if (!s || *s != '-')
		return s;
	return number(s + 1, 2, 1, days_in(d->year, d->month), &d->day);
}

static const char *read_zone(const char *s, char zone[8])
{
	unsigned h, m = 0;
	char sign = *s;

	if (*s == 'Z' || *s == 'z') {
		snprintf(zone, 8, "Z");
		return s + 1;
	}
	if (*s != '+' && *s != '-')
		return NULL;
	s = number(s + 1, 2, 0, 23, &h);
	if (!s)
		return NULL;
	if (*s == ':')
		s++;
	if (is_digit(*s))
		s = number(s, 2, 0, 59, &m);
	snprintf(zone, 8, "%c%02u:%02u", sign, h % 24, m % 60);
	return s;
}

/* "T18:25:00Z" in the library's shape; out is "" when there is no zone. */
static const char *read_time(const char *s, char out[20])
{
	unsigned h, m, sec = 0;
	char zone[8];
	const char *end;

	out[0] = '\0';
	s = number(s, 2, 0, 23, &h);
	s = s && *s == ':' ? number(s + 1, 2, 0, 59, &m) : NULL;
	if (s && *s == ':')
		s = number(s + 1, 2, 0, 59, &sec);
	if (!s)
		return NULL;
	if (*s == '.' || *s == ',')
		for (s++; is_digit(*s); s++)
			;
	while (*s == ' ')
		s++;
	end = read_zone(s, zone);
	if (end)
		snprintf(out, 20, "T%02u:%02u:%02u%s", h % 24, m % 60, sec % 60,
			 zone);
	return end ? end : s;
}

static void print_day(const struct day *d, char out[CLEAN_DATE_MAX])
{
	unsigned y = d->year % 10000, m = d->month % 100, day = d->day % 100;

	if (!d->month)
		snprintf(out, CLEAN_DATE_MAX, "%04u", y);
	else if (!d->day)
		snprintf(out, CLEAN_DATE_MAX, "%04u-%02u", y, m);
	else
		snprintf(out, CLEAN_DATE_MAX, "%04u-%02u-%02u", y, m, day);
}

bool clean_date(const char *s, char out[CLEAN_DATE_MAX])
{
	struct day d = { 0 };
	const char *end;
	char time[20] = "";

	while (*s == ' ')
		s++;
	end = strspn(s, "0123456789") == 8 ? compact_day(s, &d)
					   : dashed_day(s, &d);
	if (!end)
		return false;
	if (d.day && (*end == 'T' || *end == 't' || *end == ' ')) {
		const char *at = end + strspn(end, "Tt ");

		end = *at ? read_time(at, time) : at;
	}
	if (!end || *(end + strspn(end, " ")))
		return false;
	print_day(&d, out);
	snprintf(out + strlen(out), CLEAN_DATE_MAX - strlen(out), "%s", time);
	return true;
}
