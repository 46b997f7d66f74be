/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.h - an answer, for eyes
 */
#ifndef CLIENT_SHOW_H
#define CLIENT_SHOW_H

struct buf;
struct term;
struct trawl_error;
struct trawl_result;
struct trawl_doc;
struct trawl_words;

/* Hits, facets and timeline as bars, then what there is to know about the
 * answer: total, time, what was ignored, corrected or cut off. */
void show_result(struct buf *out, const struct term *t,
		 const struct trawl_result *res, unsigned offset);
void show_document(struct buf *out, const struct term *t,
		   const struct trawl_doc *doc);
void show_words(struct buf *out, const struct term *t,
		const struct trawl_words *words);
/* The same as JSON, an object a line. */
void write_words(struct buf *out, const struct trawl_words *words);
/* The error's line and, when it has a column, as much of the query as fits
 * on a line, with a caret. */
void show_error(struct buf *out, const struct term *t, const char *query,
		const struct trawl_error *err);

#endif
