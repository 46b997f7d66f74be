/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_date.h - dates as people read them, and as an axis counts them; pure
 */
#ifndef DAEMON_PAGE_DATE_H
#define DAEMON_PAGE_DATE_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

struct page_date {
	int year;	     /* 0..9999 */
	unsigned month, day; /* 0: not given */
};

/* "2024", "2024-11", "2024-11-07", and what comes behind T or a blank of a
 * longer one is left alone; false: it is none of these. */
bool page_date_read(const char *s, struct page_date *out);

/* Days since 1970-01-01, of a whole date; and back. */
int64_t page_date_days(struct page_date d);
struct page_date page_date_of(int64_t days);
/* The first and the last day of what d says. */
struct page_date page_date_first(struct page_date d);
struct page_date page_date_last(struct page_date d);

enum {
	PAGE_DATE_MAX = 16
};

/* "2024-11-07", as much as there is of it. */
void page_date_print(struct page_date d, char out[PAGE_DATE_MAX]);
/* "7 November 2024", "November 2024", "2024" */
void add_date(struct buf *out, struct page_date d);
/* "7 Nov", "Nov 2024", "2024": where there is little room. */
void add_short_date(struct buf *out, struct page_date d);
/* <time datetime="2024-11-07">7 November 2024</time>; a date that is none is
 * shown as it is. */
void add_time(struct buf *out, const char *date);
/* "November 2024", "1 May 2024 to 7 June 2024", "Since 2024", "Until 2024": of
 * two dates as given, one of which may be NULL. */
void add_period(struct buf *out, const char *since, const char *until);

#endif
