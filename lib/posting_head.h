/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_head.h - what stands before a term's first chunk (glass_postlist.h)
 */
#ifndef LIB_POSTING_HEAD_H
#define LIB_POSTING_HEAD_H

#include "glass_block.h"

struct posting_head {
	uint32_t termfreq, collfreq;
	uint32_t before; /* the first docid - 1 */
};

/* A varint, mostly of one byte or two.  NULL: it is cut, or too large. */
static inline const unsigned char *
posting_get_u32(const unsigned char *at, const unsigned char *end, uint32_t *v)
{
	uint64_t wide;

	if (at < end && at[0] < 0x80) {
		*v = at[0];
		return at + 1;
	}
	if (end - at > 1 && at[1] < 0x80) {
		*v = (at[0] & 0x7Fu) | (uint32_t)at[1] << 7;
		return at + 2;
	}
	at = glass_get_varint(at, end, &wide);
	*v = (uint32_t)wide;
	return at && wide <= UINT32_MAX ? at : NULL;
}

/* Where the chunk begins; NULL: there is no such head. */
static inline const unsigned char *posting_get_head(const unsigned char *at,
						    const unsigned char *end,
						    struct posting_head *out)
{
	at = posting_get_u32(at, end, &out->termfreq);
	at = at ? posting_get_u32(at, end, &out->collfreq) : NULL;
	return at ? posting_get_u32(at, end, &out->before) : NULL;
}

#endif
