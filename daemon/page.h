/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - the search page, as HTML; pure
 *
 * Everything is here before any script runs: page.js only saves loading pages
 * whole.  All that is not ours goes through html_add(): titles, texts, names
 * and addresses of documents, the request itself.  The one exception are
 * snippets and marked texts, which the library has escaped (mark=html).
 *
 * A page's address says all there is to know of it:
 *
 *	/?q=&in=&sort=&match=&ranking=&group=none&story=ID&since=&until=
 *	 &similar=ID&offset=&explain=1
 *	/view/ID?q=&in=&match=&index=
 *
 * What is empty is as if it were not there: forms send what was not filled in.
 * Narrowing by a facet is a part of q, in the query language (page_query.h).
 */
#ifndef DAEMON_PAGE_H
#define DAEMON_PAGE_H

#include "buf.h"
#include "html.h"
#include "line.h"
#include "trawl.h"

enum {
	PAGE_HITS = 10,
	PAGE_SNIPPETS = 2,
	PAGE_OFFSET_MAX = 10000 - PAGE_HITS,
	PAGE_FACETS = 4,
	PAGE_FACETS_BYTES = PAGE_FACETS * 64, /* of their names */
	PAGE_DAYS = 62,		 /* as long a time is asked for by the day */
	PAGE_BARS = 62,		 /* of a timeline, at most */
	PAGE_TEXT_MAX = 1 << 20, /* bytes of a document's text that are shown */
	PAGE_MATCHES = 1000	 /* matches of one that have a number */
};

struct page_index {
	const char *name;
	uint64_t documents;
	bool broken;
};

/* What is around a page: of the daemon, and of the request. */
struct page {
	const struct line_request *rq; /* q, in, offset, sort, ... as given;
					  NULL: not known */
	const struct page_index *index;
	size_t nindexes;
	const struct trawl_info *info; /* of what was searched, or NULL */
	const char *target;	       /* path and query as sent, or NULL */
	const char *version;	       /* of what is compiled in, or NULL */
};

/* Is nothing asked for yet?  Then page_home(), else page_results(). */
bool page_is_home(const struct page *p);
/*
 * What a page asks for beside its address's options: so many hits, of each story
 * the best (unless group= or story= says otherwise), facets
 * (their names go to facets) and a timeline, as fit the index; info may be NULL.
 */
void page_request(const struct page *p, const struct trawl_info *info,
		  struct trawl_request *rq, char facets[PAGE_FACETS_BYTES]);

/* No query yet. */
void page_home(struct buf *out, const struct page *p);
/* The answer to a query; similar_to: id of the document it is like, or NULL. */
void page_results(struct buf *out, const struct page *p,
		  const struct trawl_request *rq,
		  const struct trawl_result *res, const char *similar_to);
/* A document; marked: its text up to PAGE_TEXT_MAX, from trawl_mark(). */
void page_document(struct buf *out, const struct page *p,
		   const struct trawl_doc *doc, const char *marked, size_t n);
/* An error, with what to do about it; status 401 asks for the token. */
void page_error(struct buf *out, const struct page *p, unsigned status,
		const char *slug, const char *text);

#endif
