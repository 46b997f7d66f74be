/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_series.h - the items of a table whose keys differ in a docid alone
 *
 * A term's position lists: its key, then a sort-uint.  Most look-ups are a few
 * items behind the last one, in the same leaf: there nothing but the docids'
 * bytes is looked at.
 */
#ifndef LIB_GLASS_SERIES_H
#define LIB_GLASS_SERIES_H

#include "glass_db.h"

enum {
	GLASS_SERIES_KEY_MAX = 2 * GLASS_TERM_MAX + 1
};

struct glass_series {
	struct glass_cursor cursor;
	const struct glass_block *leaf; /* the cursor's; NULL: not known yet */
	unsigned to;	     /* its last item that is of the series */
	uint64_t here, last; /* docids where the cursor is, and of that one, as
			      * they are compared */
	size_t keylen;	     /* of what all keys begin with */
	unsigned char key[GLASS_SERIES_KEY_MAX + GLASS_SORT_UINT_MAX];
};

/* Lent until the next look-up.  room: bytes that may be read, len or more. */
struct glass_tag {
	const unsigned char *data; /* NULL: there is none, or a failure */
	size_t len, room;
};

/* keylen: at most GLASS_SERIES_KEY_MAX */
void glass_series_init(struct glass_series *s, struct glass_db *db,
		       enum glass_table_id table, const unsigned char *key,
		       size_t keylen);
void glass_series_release(struct glass_series *s);

/* Cheapest when docids ascend.  False: a failure (glass_db_status()). */
bool glass_series_find(struct glass_series *s, uint32_t docid,
		       struct glass_tag *out);

#endif
