/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article_date.h - the publication date of a page of plain text
 *
 * Taken from a label (Published, Updated), a line of its own above the body, a
 * byline, a dateline and a label below the body; never from prose, captions,
 * lists of other articles and copyright lines.
 */
#ifndef LIB_NEWS_ARTICLE_DATE_H
#define LIB_NEWS_ARTICLE_DATE_H

#include "arena.h"
#include "trawl.h"
#include "written_date.h"

enum {
	ARTICLE_DATES_MAX = 8 /* guesses that one page gives at most */
};

/*
 * Up to max guesses of "date", the likeliest first; values live in arena, as
 * date.h reads them.  body: byte at which the prose begins, len when there is
 * none; title_line: byte at which the title's line begins, or UINT32_MAX.
 * Without memory there are fewer: arena->failed tells.
 */
size_t article_dates(const char *text, size_t len, uint32_t body,
		     uint32_t title_line, struct arena *arena,
		     struct trawl_guess *out, size_t max);

/* The same where other documents of the source decided what 7/11/2024 means. */
size_t article_dates_in_order(const char *text, size_t len, uint32_t body,
			      uint32_t title_line, enum date_order order,
			      struct arena *arena, struct trawl_guess *out,
			      size_t max);

/* What dates above the body say that 7/11/2024 means there: 28/11/2024 does. */
enum date_order article_date_order(const char *text, size_t len, uint32_t body);

#endif
