/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_ld.h - what a page says of its article in JSON-LD (schema.org)
 *
 * Read are articles (NewsArticle, BlogPosting and so on) and the WebPage round
 * them, alone, in arrays and in @graph; not what else has dates: videos,
 * events, comments.  More than a few articles are a list of others.
 */
#ifndef INDEXER_JSON_LD_H
#define INDEXER_JSON_LD_H

#include <stddef.h>

struct document;

/* One script's text; what it says becomes guesses of doc. */
void json_ld_read(struct document *doc, const char *text, size_t len);

#endif
