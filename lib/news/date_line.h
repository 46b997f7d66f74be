/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * date_line.h - a line with dates in it, and what else it says
 */
#ifndef LIB_NEWS_DATE_LINE_H
#define LIB_NEWS_DATE_LINE_H

#include "written_date.h"

enum date_label {
	DATE_LABEL_NONE,
	DATE_LABEL_DATE, /* "date", "Datum" */
	DATE_LABEL_POSTED,
	DATE_LABEL_PUBLISHED,
	DATE_LABEL_UPDATED
};

enum {
	DATE_LINE_DATES = 4, /* of a line; further ones are left out */
	DATE_LINE_BYTES = 400
};

struct labelled_date {
	struct written_date date;
	enum date_label label; /* the last one before it */
};

struct date_line {
	struct labelled_date at[DATE_LINE_DATES]; /* with a day and a year */
	size_t n;
	unsigned words;	 /* that belong to no date, time or label */
	unsigned others; /* of these, written small and of no date's company */
	unsigned capitals; /* of these, names */
	bool byline;	   /* begins with "by" */
	bool read_time;	   /* "2 min read" */
	bool excluded;	   /* a caption's, a copyright's, an address's words */
	bool odd_label;	   /* "End of watch:" before a date */
	bool american;	   /* a time in EST, PDT and so on */
	bool foreign;	   /* a label that is not English */
	bool stop;	   /* ends with a full stop */
};

/* False: no full date in it, or it is longer than DATE_LINE_BYTES. */
bool date_line_read(const char *s, size_t len, enum date_order order,
		    struct date_line *out);

#endif
