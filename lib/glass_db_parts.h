/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_db_parts.h - between glass_db.c and glass_cursor.c
 */
#ifndef LIB_GLASS_DB_PARTS_H
#define LIB_GLASS_DB_PARTS_H

#include "glass_db.h"

/* NULL: the table is not there. */
const struct glass_root *glass_db_root(const struct glass_db *db,
				       enum glass_table_id table);
/* Held, and checked (glass_block_check()); NULL: a failure. */
struct glass_block *glass_db_block(struct glass_db *db,
				   enum glass_table_id table, uint32_t number,
				   unsigned level);
/* Another cache, of that size; no cursor may stand anywhere.  For tests. */
bool glass_db_cache_size(struct glass_db *db, size_t size);
/* As glass_inflate(), but a failure is db's. */
bool glass_db_inflate(struct glass_db *db, enum glass_table_id table,
		      const unsigned char *tag, size_t taglen,
		      unsigned char **plain, size_t *room, size_t *plain_len);

#endif
