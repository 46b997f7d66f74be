/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * written_date.h - dates as people write them
 *
 *	November 7, 2024	Thursday, Nov. 7, 2024, 1:09 AM
 *	7. November 2024	7 de noviembre de 2024	7th of November
 *	2024-11-07		07.11.2024		7/11/2024
 *	2024-11-07T01:09:00Z	November 2024		2024
 *	Thursday		last month		yesterday
 *
 * Names of months and weekdays: English, German, French, Spanish, Italian,
 * Portuguese, Dutch, Swedish, Danish, Norwegian, Finnish, Russian, Ukrainian,
 * Polish (date_names.h).  Blanks round separators do no harm ("1: 09", "7 / 11
 * / 2024"), since tokenized text has them.  A date ends with its line.
 */
#ifndef LIB_NEWS_WRITTEN_DATE_H
#define LIB_NEWS_WRITTEN_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What 7/11/2024 means. */
enum date_order {
	DATE_ORDER_UNKNOWN,
	DATE_ORDER_DAY_FIRST,
	DATE_ORDER_MONTH_FIRST
};

/* What a relative form counts. */
enum date_unit {
	DATE_ABSOLUTE,
	DATE_DAYS, /* yesterday, today */
	DATE_WEEKS,
	DATE_MONTHS,  /* last month; last September when month is given */
	DATE_YEARS,   /* last year */
	DATE_WEEKDAYS /* Thursday, next Thursday */
};

enum {
	WRITTEN_DATE_MAX = 32 /* bytes of a date that is printed */
};

struct written_time {
	uint8_t hour, minute, second;
	bool zoned;	/* offset is known: Z, UTC, GMT, +02:00 */
	bool american;	/* EST, PDT and so on */
	int16_t offset; /* minutes east */
	uint32_t begin, end;
};

struct written_date {
	uint32_t begin, end; /* bytes, the time's included */
	uint16_t year;	     /* 0: none is given */
	uint8_t month, day;  /* 0: not given */
	uint8_t weekday;     /* 1 Monday .. 7; 0: not given */
	enum date_unit unit;
	int8_t shift;	       /* of unit: -1 last, 1 next */
	bool ambiguous;	       /* d/m/y or m/d/y, and nothing says which */
	enum date_order order; /* which it must be, being 28/10 or 10/28 */
	bool short_year;       /* two digits */
	bool has_time;
	struct written_time time;
};

/*
 * The first date at or after byte *at of len bytes; *at moves behind it.  False
 * when there is none.  One pass, nothing allocated.  A year alone counts when
 * what stands before it says that it is one ("in 2008").
 */
bool written_date_next(const char *s, size_t len, size_t *at,
		       enum date_order order, struct written_date *out);

/* The same of dates with a year of four digits alone, several times faster. */
bool written_date_next_full(const char *s, size_t len, size_t *at,
			    enum date_order order, struct written_date *out);

/* The first date with a day and a year, which nothing need be known to read. */
bool written_date_find(const char *s, size_t len, struct written_date *out);

/* The date that begins at byte at; of a year alone, with any neighbours. */
bool written_date_at(const char *s, size_t len, size_t at,
		     enum date_order order, struct written_date *out);
/* The time of day that begins at byte at. */
bool written_time_at(const char *s, size_t len, size_t at,
		     struct written_time *out);

/*
 * As date.h reads it: "2024", "2024-11", "2024-11-07", and with_time, where
 * there is one of a known zone, "2024-11-07T01:09:00+02:00".  False when d has
 * no year or is no day of the calendar.
 */
bool written_date_print(const struct written_date *d, bool with_time,
			char out[WRITTEN_DATE_MAX]);

/*
 * A date from outside, "Thu, 07 Nov 2024 01:09:00 GMT" of a page's metadata,
 * say, as date.h reads it; what date.h reads stays as it is.  False: it is
 * none, or nothing says what 7/11/2024 means.
 */
bool written_date_clean(const char *s, size_t len, char out[WRITTEN_DATE_MAX]);

/* 1 Monday .. 7 of a full date; 0: it is none. */
unsigned written_date_weekday(const struct written_date *d);

#endif
