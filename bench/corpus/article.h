/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article.h - the n-th document of a collection that a seed names
 *
 * Its length is log-normal.  It has a topic and a second one, from which half
 * of its rarer words come; such a word, once used, is used again, and half of
 * them have another one that likes to follow.  One in 25 is an edited copy of
 * one of the fifty before it.  All of this moves words between documents and
 * leaves their frequencies in the collection as ranks.h says.
 */
#ifndef BENCH_ARTICLE_H
#define BENCH_ARTICLE_H

#include "buf.h"

#include <stdint.h>

struct writer;

/* NULL: out of memory. */
struct writer *writer_new(uint64_t seed);
void writer_free(struct writer *w);

/* Append the document as one line of JSON with "id", "title", "text", "date"
 * and "source"; *text and *len: where the value of "text" stands in out, its
 * escapes \n and \" alone.  out may fail. */
void writer_add(struct writer *w, uint64_t n, struct buf *out, size_t *text,
		size_t *len);

#endif
