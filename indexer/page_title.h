/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_title.h - a page's <title> without the name of its site
 */
#ifndef INDEXER_PAGE_TITLE_H
#define INDEXER_PAGE_TITLE_H

#include <stddef.h>

/*
 * title: "Flood and fog | Harbour Post".  Where the headline is: headlines are
 * what else says it (og:title, h1), sites the site's names; NULL are skipped.
 * A part is cut off only when one of them tells which.  Returns where the title
 * begins, len its length; all of it when there is nothing to cut.
 */
const char *page_title_cut(const char *title, const char *const *headlines,
			   size_t nheadlines, const char *const *sites,
			   size_t nsites, size_t *len);

#endif
