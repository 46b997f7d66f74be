/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_position.h - the position table
 *
 * Key: sort-str term 00 sort-uint docid.  Tag: varint last position; when there
 * are more, from the next byte on a stream of bits, least significant first:
 * enc(first, last), enc(count - 2, last - first), then the inner positions by
 * interpolative coding (Moffat and Stuiver 2000).  enc(v, m), 0 <= v < m, takes
 * the bits that m - 1 needs, or one less for the values in the middle.
 */
#ifndef LIB_GLASS_POSITION_H
#define LIB_GLASS_POSITION_H

#include "glass_table.h"
#include "posting_source.h"

/* Bytes that the tag of n positions has at most. */
static inline size_t glass_position_room(size_t n)
{
	return 16 + 4 * n + n / 4;
}

/* Ascending, distinct, from 1; n at least 1.  Returns the end. */
unsigned char *glass_put_positions(unsigned char *to, const uint32_t *positions,
				   size_t n);

/* A table that fails ends it: OK then, and glass_table_finish() says why. */
enum trawl_status glass_position_write(struct glass_table *t,
				       struct source *positions,
				       struct trawl_error *err);

#endif
