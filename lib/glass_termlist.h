/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_termlist.h - the tags of the termlist table
 *
 * Key sort-uint docid: nothing when there are no terms; else varint length
 * (sum of wdf), varint number of terms; the first: byte len, bytes, varint wdf;
 * each further one, with r bytes shared with the one before, of p bytes:
 *	(wdf + 1) * (p + 1) + r as one byte when wdf < 127 and it fits,
 *	byte len - r, the rest
 *	else byte r, byte len - r, the rest, varint wdf
 * Key sort-uint docid 00, of documents with values: their slots: varint first,
 * then varint difference - 1.
 */
#ifndef LIB_GLASS_TERMLIST_H
#define LIB_GLASS_TERMLIST_H

#include "glass.h"
#include "xap.h"

struct buf;

/*
 * Append the tag of a document; terms in byte order.  They are read by whole
 * words: 8, 16, ... bytes, as those of a dictionary may be (terms.h).  *length:
 * the sum of wdf; false: over 32 bits, or without memory (out->failed).
 */
bool glass_put_termlist(struct buf *out, const struct xap_posting *p, size_t n,
			uint32_t *length);
/* Append the tag of its slots, ascending; those with an empty value are passed
 * by, and nothing is appended when all are. */
void glass_put_slots(struct buf *out, const struct xap_value *values, size_t n);

#endif
