/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article_lines.h - the head of a page, line by line, to where prose begins
 *
 * Blank lines are left out.  Reading stops soon after the body's first line, at
 * HEAD_LINES lines or at HEAD_BYTES bytes; a page without prose up to there has
 * no body.
 */
#ifndef LIB_NEWS_ARTICLE_LINES_H
#define LIB_NEWS_ARTICLE_LINES_H

#include "span.h"

enum {
	HEAD_LINES = 96,
	HEAD_BYTES = 8192,
	LINE_WORDS_MAX = 40, /* more are not counted */
	LINE_BYTES = 600     /* of a line that are looked at */
};

enum line_flag {
	LINE_STOP = 1,	     /* ends as a sentence does */
	LINE_SENTENCE = 2,   /* a sentence ends in it */
	LINE_FURNITURE = 4,  /* by form */
	LINE_META = 8,	     /* "2 min read", a label, a date on its own */
	LINE_BYLINE = 16,    /* "by Jo Smith" */
	LINE_CAPTION = 32,   /* of a picture, or its credit */
	LINE_ADDRESS = 64,   /* of the web */
	LINE_DATELINE = 128, /* "KYIV (Reuters) -" */
	LINE_DATED = 256     /* a date stands in it */
};

struct head_line {
	uint32_t begin, end; /* without blanks around */
	uint16_t words;	     /* two characters of Chinese are one */
	uint16_t flags;
};

struct article_head {
	const char *text;
	size_t len;
	const struct spans *furniture; /* of the whole text */
	struct head_line line[HEAD_LINES];
	size_t n;
	size_t body; /* the line where prose begins; n: none */
};

void article_head_read(const char *text, size_t len,
		       const struct spans *furniture, struct article_head *out);

/* The byte where prose begins; len when it does not. */
uint32_t article_head_body(const struct article_head *h);

#endif
