/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * span.h - parts of a text, and why they were singled out
 */
#ifndef LIB_NEWS_SPAN_H
#define LIB_NEWS_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a part of a page is no part of its article. */
enum furniture {
	FURNITURE_NONE,
	FURNITURE_RECURRING,  /* stands on many pages of its source */
	FURNITURE_NAVIGATION, /* "Skip links", menus, breadcrumbs */
	FURNITURE_CONSENT,    /* cookies, privacy, terms */
	FURNITURE_SHARING,    /* share bars, "Follow us" */
	FURNITURE_NEWSLETTER, /* "Sign up", subscriptions, donations */
	FURNITURE_RELATED,    /* "Read more", lists of other headlines */
	FURNITURE_AUTHOR,     /* a biography, a box about the author */
	FURNITURE_CREDIT,     /* of photographs; copyright, wires */
	FURNITURE_META,	      /* "2 min read", labels, dates on their own */
	FURNITURE_ADVERT,     /* "Advertisement", "Story continues below" */
	FURNITURE_OTHER,      /* a second item that was pasted below */
	FURNITURE_KINDS
};

/* "navigation" and so on; static. */
const char *furniture_name(enum furniture kind);

/* Bytes begin..end - 1 of a text, whole lines, their line feed included. */
struct span {
	uint32_t begin, end;
	enum furniture kind;
};

/* In the order of the text; no two overlap. */
struct spans {
	struct span *at;
	size_t n, alloc;
	bool failed; /* out of memory; sticky until spans_reset() */
};

void spans_reset(struct spans *s);
void spans_release(struct spans *s);
/* At its place; what overlaps with one that is there is left out.  Touching
 * spans stay apart, since their kinds may differ. */
void spans_add(struct spans *s, uint32_t begin, uint32_t end,
	       enum furniture kind);
/* Is byte at in one of n spans? */
bool spans_have(const struct span *spans, size_t n, uint32_t at);

#endif
