/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_query.h - filters in a query's text: found, added, taken out; pure
 *
 * A filter is a field and a value that stand by themselves in a query
 * (doc/query.md): source:"Kyiv Post", -lang:de, date:2024-11.  The queries here
 * are those that needed no forgiving, so that quotes and brackets are in pairs.
 *
 * Side by side with words a keyword narrows what they find, but two of one
 * field widen each other, and OR binds looser than that.  So
 *
 *	summit                     summit source:"Reuters"
 *	summit OR talks            (summit OR talks) source:"Reuters"
 *	topic:"a" summit           (topic:"a" summit) AND topic:"b"
 *
 * and + is never used: what stands beside it need not be there any more.
 */
#ifndef DAEMON_PAGE_QUERY_H
#define DAEMON_PAGE_QUERY_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum {
	PAGE_VALUE_MAX = 200, /* bytes of a value that is offered as a filter */
	PAGE_QUERY_MAX = 4000 /* bytes of a query that may still grow */
};

struct page_filter {
	const char *begin, *end; /* all of it, in the query */
	bool negative, quoted;
	const char *name, *value; /* without quotes; escapes as they are */
	size_t name_len, value_len;
};

struct page_filters {
	const char *at, *query;
	unsigned depth;
	const char *before; /* the operator before at, or NULL */
};

/* Those that can be taken out one by one, in their order. */
void page_filters_begin(struct page_filters *f, const char *query);
bool page_filters_next(struct page_filters *f, struct page_filter *out);

/* Append a filter's value as it was before it was written into a query. */
void page_filter_value(const struct page_filter *f, struct buf *out);

/* Append query so that field is value, too.  ranked: the field is one of text,
 * whose words do not narrow by themselves.  False: it cannot be said. */
bool page_query_narrow(const char *query, const char *field, bool ranked,
		       const char *value, struct buf *out);
/* Append query without one of its filters. */
void page_query_without(const char *query, const struct page_filter *f,
			struct buf *out);

#endif
