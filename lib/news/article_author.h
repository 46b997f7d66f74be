/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article_author.h - who wrote it: "By Jo Smith and Kim Lee", "Author: Jo Smith"
 */
#ifndef LIB_NEWS_ARTICLE_AUTHOR_H
#define LIB_NEWS_ARTICLE_AUTHOR_H

#include "article_lines.h"
#include "guess_list.h"

enum {
	BYLINE_NAMES = 6,
	NAME_WORDS_MAX = 5,
	NAME_BYTES_MAX = 80
};

struct byline {
	struct {
		const char *s;
		size_t len;
	} name[BYLINE_NAMES];
	size_t n;
	double confidence;
	const char *reason;
};

/* False: no byline. */
bool byline_read(const char *line, size_t len, struct byline *out);
/* "Jo Smith in Kyiv": a byline without a label, or a headline. */
bool is_person_in_place(const char *line, size_t len);

/* From bylines above the body, and labels below it; title: the number of its
 * line, or h->n. */
void guess_authors(const struct article_head *h, size_t title,
		   struct guess_list *out);

#endif
