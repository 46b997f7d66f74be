/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_parts.h - what the files of the page have in common
 *
 * page.c is the frame: head, search form, help, home, errors.  page_link.c
 * makes addresses, page_results.c hits and what is above and below them,
 * page_notes.c what an honest answer says beside, page_side.c facets and the
 * range of dates, page_timeline.c the histogram, page_document.c a document.
 */
#ifndef DAEMON_PAGE_PARTS_H
#define DAEMON_PAGE_PARTS_H

#include "page.h"

/* ---------------------------------------------------------------- links -- */

/* The parameters of a page's address, in the order they have in every link. */
enum page_key {
	KEY_Q,
	KEY_IN,
	KEY_SORT,
	KEY_MATCH,
	KEY_RANKING,
	KEY_GROUP,
	KEY_STORY,
	KEY_SINCE,
	KEY_UNTIL,
	KEY_SIMILAR,
	KEY_OFFSET,
	KEY_EXPLAIN,
	KEY_INDEX,
	PAGE_KEYS
};

/* What a link says otherwise than the request: NULL as there, "" nothing.
 * Similar, offset, explain and index are said only when they are named here. */
struct page_link {
	const char *value[PAGE_KEYS];
	unsigned hit; /* "#hit-3"; 0: none */
};

/* What the request says; NULL: nothing. */
const char *page_value(const struct page *p, enum page_key key);
/* Append ` href="/?..."`, or another path. */
void page_href(struct buf *out, const struct page *p, const char *path,
	       const struct page_link *link);
/* ` href="/view/ID?..."`; index: where of several it is, or NULL. */
void page_view_href(struct buf *out, const struct page *p, const char *id,
		    const char *index);
/* Append path and the id: "/doc/a%20b", or "/doc?id=..%2Fa" when what is between
 * would read another path out of it. */
void page_add_id(struct buf *out, const char *path, const char *id);
/* <input type="hidden"> of those of keys (bits) that the request has. */
void page_hidden(struct buf *out, const struct page *p, unsigned keys);

/* ---------------------------------------------------------------- frame -- */

struct page_head {
	const char *class; /* of body */
	const char *title; /* "" none but ours */
	/* A search that has a feed, or NULL. */
	const char *feed;
};

void page_begin(struct buf *out, const struct page *p,
		const struct page_head *head);
void page_end(struct buf *out);

/* A field's name as people read it: "Source", "Language". */
void add_label(struct buf *out, const char *name, size_t len);
/* ` lang="de"`, when that can be one. */
void add_lang(struct buf *out, const char *lang);
/* Where something is from, and when; all may be NULL.  Without one of them there
 * is nothing; a url that is not the web's counts as none. */
struct page_facts {
	const char *source, *date, *index, *url;
};
void add_facts(struct buf *out, const struct page_facts *facts);

/* -------------------------------------------------------------- results -- */

struct view {
	const struct page *p;
	const struct trawl_request *rq;
	const struct trawl_result *res;
	const struct trawl_head *head;
	const char *similar; /* id, or NULL */
	/* The query that was run, as text that needs no forgiving, so that
	 * it can be added to; not what the form shows. */
	const char *query;
};

/* Are there fewer hits than documents, or may there be? */
bool view_is_folded(const struct view *v);
/* Is that a field which filters?  text: it is one of words. */
bool view_has_field(const struct view *v, const char *name, size_t len,
		    bool *text);
/* A link for what narrows by a value, or for what it was before.  False: there
 * is none, and nothing is appended. */
bool add_narrow_href(struct buf *out, const struct view *v, const char *field,
		     const char *value, bool *in_use);

void page_notes(struct buf *out, const struct view *v);
void page_chips(struct buf *out, const struct view *v);
void page_empty(struct buf *out, const struct view *v);
void page_side(struct buf *out, const struct view *v);
void page_timeline(struct buf *out, const struct view *v);
/* Has it bars, or facets? */
bool page_has_side(const struct view *v);

#endif
