/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - what preparers and care read of a writer
 */
#ifndef LIB_WRITER_H
#define LIB_WRITER_H

#include "meta.h"

#include <limits.h>

/* Language and schema: set when the writer was opened and never changed, so
 * that any thread may read them. */
const struct meta *writer_meta(const struct trawl_writer *w);

/* A preparer's part of a build; NULL when it is Xapian that builds. */
struct builder_share;
enum trawl_status writer_share_new(struct trawl_writer *w,
				   struct builder_share **out,
				   struct trawl_error *err);

/* Where a preparer of pages counts their names; NULL: nowhere. */
struct news_counter;
enum trawl_status writer_counter_new(struct trawl_writer *w,
				     struct news_counter **out,
				     struct trawl_error *err);

/*
 * Make an empty database of ours in a new directory, ready for its first
 * document: metadata written, compression off, synced, nobody has it open.
 */
enum trawl_status database_create(const char *path, const struct meta *meta,
				  struct trawl_error *err);

#endif
