/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_block.h - where things stand in a block; glass_table.h has the picture
 */
#ifndef LIB_GLASS_BLOCK_H
#define LIB_GLASS_BLOCK_H

#include "glass_table.h"

enum {
	BLOCK_LEVEL = 4,
	BLOCK_GAP = 5,
	BLOCK_FREE = 7,
	BLOCK_DIR_END = 9,
	BLOCK_DIR = 11, /* the directory begins */
	DIR_ENTRY = 2,

	/* A leaf item without key, component number and data. */
	ITEM_HEAD = 3,
	ITEM_COMPONENT = 2,
	ITEM_DEFLATED = 0x8000,
	ITEM_LAST = 0x4000,
	ITEM_FIRST = 0x2000,
	ITEM_SIZE = 0x1FFF, /* the size - ITEM_HEAD */

	/* A branch item without key. */
	BRANCH_CHILD = 4,
	BRANCH_HEAD = 7
};

static inline void put16(unsigned char *to, unsigned v)
{
	to[0] = (unsigned char)(v >> 8);
	to[1] = (unsigned char)v;
}

static inline void put32(unsigned char *to, uint32_t v)
{
	put16(to, v >> 16);
	put16(to + 2, v & 0xFFFF);
}

static inline unsigned get16(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static inline uint32_t get32(const unsigned char *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* Below 0: a comes before b.  Bytes first, then the shorter. */
static inline int key_compare(const void *a, size_t na, const void *b,
			      size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	return c ? c : (na > nb) - (na < nb);
}

#endif
