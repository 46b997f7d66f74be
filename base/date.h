/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * date.h - dates as they are written, and keys that sort by them
 *
 * YYYY, YYYY-MM, YYYY-MM-DD or RFC 3339 (2024-11-07T01:09:00Z, with offset,
 * with fractions of a second, which are dropped; a blank may stand for T).
 * Without an offset it is UTC; seconds may be left out: that minute.
 * Proleptic Gregorian calendar, UTC, years 0000 to 9999; a leap second is the
 * one before it.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A date is a period: of a year, a month, a day, a minute or a second. */
struct date {
	int64_t first, last; /* seconds from 0000-01-01T00:00:00Z, inclusive */
	unsigned year, month, day; /* month, day: 0 when not given; UTC */
	bool has_time;
};

bool date_parse(const char *s, size_t len, struct date *out);

/* The last n decimal digits of value; where they end. */
char *date_digits(char *to, unsigned value, unsigned n);

/* "YYYYMMDD", or "YYYYMMDDhhmmss" when not midnight. */
void date_key(int64_t seconds, char out[16]);
bool date_from_key(const char *key, size_t len, int64_t *seconds);

/* Five bytes that sort newer dates first; dated false: undated, which is last. */
void date_order_key(bool dated, int64_t seconds, unsigned char out[5]);

#endif
