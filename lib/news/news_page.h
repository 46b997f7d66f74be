/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * news_page.h - a document between the two passes over an input
 *
 * The first pass reads what a document alone tells: fields that it seems to
 * have, furniture by form, language.  A page is that, printed as a record.  The
 * second pass, which knows what recurs in its source, makes the document that is
 * indexed of it.
 */
#ifndef LIB_NEWS_NEWS_PAGE_H
#define LIB_NEWS_NEWS_PAGE_H

#include "arena.h"
#include "recurrence.h"
#include "span.h"

struct page {
	struct trawl_doc doc;	  /* its fields: given, and then guessed */
	struct trawl_field *room; /* doc.fields, with room for three more */
	uint64_t source;	  /* for struct recurrence */
	int32_t day;		  /* of its date since 0000-01-01, or -1 */
	const char *guessed;	  /* derived.h; "" none */
	struct spans furniture;	  /* in an arena: not to be released */
	const struct recurring_line *lines;
	size_t nlines;
};

struct page_reader; /* one thread's */

enum trawl_status page_reader_new(unsigned news, struct page_reader **out,
				  struct trawl_error *err);
void page_reader_free(struct page_reader *r);
/* Count the names of what is read from now on, until they are merged; counter
 * outlives r, or is NULL. */
struct news_counter;
void page_reader_count(struct page_reader *r, struct news_counter *counter);
/* First pass: read doc, and append its record to out. */
enum trawl_status page_read(struct page_reader *r, const struct trawl_doc *doc,
			    struct buf *out, struct trawl_error *err);

/* Of a record; what it points to is in record or in arena.  False without
 * memory. */
bool page_parse(const char *record, size_t len, struct arena *arena,
		struct page *out);
/* What the counts of recurrence need: page's lines, as they were read. */
struct recurring_lines page_lines(const struct page *p);

/*
 * Second pass: furniture with what recurs, mentions, and the fields that say so
 * added to page->doc.  False without memory.
 */
bool page_finish(struct page *p, unsigned news, const struct recurrence *r,
		 struct arena *arena);

/* Days since 0000-01-01 of a date as it is given, or -1. */
int32_t page_day(const char *date);

#endif
