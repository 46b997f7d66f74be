/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_deflate.h - tags smaller, when Xapian can read them back
 *
 * Raw deflate (libdeflate).  Xapian's reader inflates in steps of 8,192 bytes
 * and stops when its input is used up, even if output is pending: so a tag of
 * more than 8,192 bytes whose last step is short is inflated the same way here,
 * and stored plain when that would fail.
 */
#ifndef LIB_GLASS_DEFLATE_H
#define LIB_GLASS_DEFLATE_H

#include "trawl.h"

struct buf;
struct glass_deflater; /* of one thread */

/* level: libdeflate's, 1..12.  NULL without memory. */
struct glass_deflater *glass_deflater_new(int level);
void glass_deflater_free(struct glass_deflater *d);

/*
 * Replace out's content by the deflated tag and return true; false: it would
 * not be smaller or not be read, and stays plain (out is then of no use).
 * Tags below 19 bytes are never tried.  Without memory it stays plain.
 */
bool glass_deflate(struct glass_deflater *d, const void *tag, size_t len,
		   struct buf *out);

#endif
