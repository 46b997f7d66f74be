/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * furniture_line.h - what a line of a page is by itself
 */
#ifndef LIB_NEWS_FURNITURE_LINE_H
#define LIB_NEWS_FURNITURE_LINE_H

#include "span.h"

enum {
	LINE_PROSE_MIN = 90,  /* bytes of a line of prose, at least */
	LINE_SHORT_MAX = 160, /* of a label, a menu, a date */
	LINE_STOP_MAX = 60,   /* the same, with a full stop at its end */
	LINE_CAPTION_MAX = 500,
	CLOCK_MAX = 10, /* bytes of "11:22 p.m." */
	LAST_WORD_MAX = 16,
	OTHER_WORDS = 2,   /* that are no names, after "Reporting by" */
	CREDIT_WORDS = 10, /* in brackets */
	BAR_PART_MAX = 30  /* "Science & Environment" */
};

enum line_how {
	LINE_UNKNOWN,
	LINE_WEAK,    /* furniture in company, outside the prose */
	LINE_OUTSIDE, /* furniture outside the prose */
	LINE_LIST,    /* furniture, and a list may follow */
	LINE_SURE
};

struct page_line {
	uint32_t begin, end; /* line feed included */
	uint32_t text, len;  /* without the white space around it */
	uint8_t kind;	     /* enum furniture */
	uint8_t how;	     /* enum line_how */
	bool prose;	     /* long, and ends as a sentence does */
	bool apart;	     /* an empty line before it */
};

/* Sets kind, how and prose from text[l->text .. l->text + l->len - 1]. */
void page_line_judge(const char *text, struct page_line *l);
/* Furniture that shows only above the prose and below it. */
enum furniture page_line_outside(const char *s, size_t n);
/* Does a line begin with a name of two words or more? */
bool page_line_names(const char *s, size_t n);
/* Does a line read as an author's biography?  *name: bytes of the name that it
 * begins with. */
bool page_line_biography(const char *s, size_t n, size_t *name);

#endif
