/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * column_rows.h - short values of a slot, by docid, for those asked for often
 *
 * Ranking reads a value of each of a hundred documents that lie anywhere, search
 * after search.  A window (column.h) of which some have been read is read as a
 * whole and kept, a row of COLUMN_ROW bytes a document, as long as there is room
 * for it; else each value is looked up in the tables.
 */
#ifndef LIB_COLUMN_ROWS_H
#define LIB_COLUMN_ROWS_H

#include "column.h"

enum {
	COLUMN_ROW = 128, /* bytes of a value; longer ones are cut */
	COLUMN_ROWS_BYTES = 16 << 20, /* that are kept of one slot, at most */
	COLUMN_ROWS_PATIENCE = 8 /* values looked up before a window is kept */
};

struct column_rows;

/* values: the slot's, which outlive it.  NULL without memory. */
struct column_rows *column_rows_new(struct glass_db *db, struct column *values);
void column_rows_free(struct column_rows *r);

/* Lent until the next call; length 0 when there is none.  False: a failure. */
bool column_rows_at(struct column_rows *r, uint32_t docid,
		    struct xap_bytes *out);

#endif
