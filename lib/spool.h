/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spool.h - records on their way from one pass over the documents to the next
 *
 * Written to the end of a file without a name, then read back in their order.
 * One thread at a time.
 */
#ifndef LIB_SPOOL_H
#define LIB_SPOOL_H

#include "buf.h"
#include "trawl.h"

struct spool;

enum trawl_status spool_new(const char *dir, struct spool **out,
			    struct trawl_error *err);
void spool_free(struct spool *s);
enum trawl_status spool_add(struct spool *s, const char *bytes, size_t len,
			    struct trawl_error *err);
/* Bytes and records that were added since it was emptied. */
uint64_t spool_bytes(const struct spool *s);
uint64_t spool_records(const struct spool *s);
/* The next record, in out instead of what was there; *more is false after the
 * last. */
enum trawl_status spool_read(struct spool *s, struct buf *out, bool *more,
			     struct trawl_error *err);
/* Forget what was added, and begin anew. */
enum trawl_status spool_empty(struct spool *s, struct trawl_error *err);

#endif
