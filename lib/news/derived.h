/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * derived.h - what news reading adds to a document, as fields of it
 *
 *	boilerplate  "0-14 navigation,3300-3945 author": bytes begin-end of the
 *	             text (end is the first that is none of them), in order
 *	guessed      "title 0.93 the line above the body; date 0.90 ...": fields
 *	             that were not given, with confidence and reason
 *	mentions     "2024-11-07,2024-11": dates that the text mentions
 *
 * They are stored with the document, and strings, so that its line of JSON stays
 * simple.  Hits show them only when they are asked for by name.
 */
#ifndef LIB_NEWS_DERIVED_H
#define LIB_NEWS_DERIVED_H

#include "arena.h"
#include "buf.h"
#include "span.h"
#include "trawl.h"

#define FIELD_BOILERPLATE "boilerplate"
#define FIELD_GUESSED	  "guessed"
#define FIELD_MENTIONS	  "mentions"
#define PREFIX_MENTIONS	  "XMENTIONS:"
/* Words of furniture, and in a query those of the whole page. */
#define FIELD_RAW	  "raw"
#define PREFIX_RAW	  "XRAW:"

bool is_derived_field(const char *name);
/* Is a field named in what a document has as "guessed"? */
bool is_guessed_field(const char *guessed, const char *name);

void spans_print(const struct spans *s, struct buf *out);
/* What is no span of a text of text_len bytes is left out. */
void spans_parse(const char *s, size_t text_len, struct spans *out);
/* The same of a document that has been read; none when it has none. */
void spans_of(const struct trawl_doc *doc, struct spans *out);
/* Make doc's text a copy in arena with line feeds for its furniture, so that
 * what is left stands where it stood; doc is as it was when it has none.  False
 * without memory. */
bool blank_furniture(struct trawl_doc *doc, struct arena *arena);

#endif
