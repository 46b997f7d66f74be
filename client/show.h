/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.h - an answer, for eyes
 */
#ifndef CLIENT_SHOW_H
#define CLIENT_SHOW_H

#include <stddef.h>

struct buf;
struct response;
struct term;
struct trawl_doc;
struct trawl_error;
struct trawl_word;

/* Hits, facets and timeline as bars, then what there is to know about the
 * answer: total, time, what was ignored, corrected or cut off. */
void show_response(struct buf *out, const struct term *t,
		   const struct response *r, unsigned offset);
void show_document(struct buf *out, const struct term *t,
		   const struct trawl_doc *doc);
void show_words(struct buf *out, const struct term *t,
		const struct trawl_word *words, size_t n);
/* The lines of INFO, a fact a line, and of STATS, an object a line. */
void show_info(struct buf *out, const struct term *t, const char *lines);
void show_stats(struct buf *out, const struct term *t, const char *lines);
/* The first line of a prompt: where it asks, by name, and what INFO says that
 * there is. */
void show_greeting(struct buf *out, const char *name, const char *lines);
/* The error's line and, when it has a column, as much of the query as fits
 * on a line, with a caret. */
void show_error(struct buf *out, const struct term *t, const char *query,
		const struct trawl_error *err);

#endif
