/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * column.h - what each document has one of: its length, and its values
 *
 * By docid, in windows of COLUMN_WINDOW docids that are read from the snapshot
 * when they are first asked for and kept as long as it is.  A window is that of
 * docids base .. base + COLUMN_WINDOW - 1, base a multiple of COLUMN_WINDOW.
 */
#ifndef LIB_COLUMN_H
#define LIB_COLUMN_H

#include "glass_db.h"
#include "posting_list.h"
#include "xap.h"
#include "xap.h"

enum {
	COLUMN_WINDOW = 2048,
	COLUMN_WORDS = COLUMN_WINDOW / 64
};

struct column;

/* Of all documents' lengths; NULL without memory (glass_db_nomem()). */
struct column *column_lengths(struct glass_db *db);
/* Of a slot's values. */
struct column *column_values(struct glass_db *db, uint32_t slot);
void column_free(struct column *c);
/* Bytes that it holds. */
size_t column_bytes(const struct column *c);

/* Lengths of a window's documents, 0 where there is none; NULL: a failure. */
const uint32_t *column_lengths_at(struct column *c, uint32_t base);

/*
 * Values of a window's documents.  head: the first eight bytes, as a big-endian
 * number, 0 where there are fewer, so that their order is that of the values
 * as far as eight bytes tell; has: a bit for each document that has a value.
 */
struct column_values {
	const uint64_t *head, *has;
};
bool column_values_at(struct column *c, uint32_t base,
		      struct column_values *out);
/* The whole value of a document, lent until the next call; length 0 when it has
 * none.  False: a failure. */
bool column_value(struct column *c, uint32_t docid, struct xap_bytes *out);

#endif
