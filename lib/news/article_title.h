/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article_title.h - which of the lines above the body is the title
 */
#ifndef LIB_NEWS_ARTICLE_TITLE_H
#define LIB_NEWS_ARTICLE_TITLE_H

#include "article_lines.h"
#include "guess_list.h"

/* A title and the site's name that stands beside it. */
struct title_parts {
	const char *title, *site; /* site: NULL none */
	size_t title_len, site_len;
	size_t bars;	   /* "|" and the like: many are a menu's */
	double confidence; /* that it is a site's name */
};

/* "Floods recede | Harbour Post", "Floods recede - Harbour Post" */
void title_cut(const char *s, size_t len, struct title_parts *out);

/*
 * Adds the likeliest lines, and sites named in them.  Returns the number of the
 * likeliest line, h->n when there is none.
 */
size_t guess_titles(const struct article_head *h, struct guess_list *out);

#endif
