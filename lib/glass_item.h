/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_item.h - the items of a block, for those who read tables
 *
 * glass_block_check() looks at a block once, at all its items.  After it the
 * inline functions stay within the block, whatever it holds; but the order of
 * its keys is not known.
 */
#ifndef LIB_GLASS_ITEM_H
#define LIB_GLASS_ITEM_H

#include "glass_block.h"

struct libdeflate_decompressor;

enum {
	GLASS_TAG_MAX = 256 << 20, /* put together, or inflated */
	GLASS_BLOCK_SIZE_MIN = 2048,
	GLASS_BLOCK_SIZE_MAX = 65536
};

/* A component of a tag; or what separates two blocks, which has no data. */
struct glass_component {
	const unsigned char *key, *data;
	size_t keylen, len;
	unsigned flags, number; /* from 1 */
};

/* Is such a root possible? */
bool glass_root_check(const struct glass_root *root);

/* NULL, or what is wrong with a block that must be of that level. */
const char *glass_block_check(const unsigned char *block, unsigned size,
			      unsigned level);

/* Items, at least 1. */
static inline unsigned glass_block_count(const unsigned char *block)
{
	return (get16(block + BLOCK_DIR_END) - BLOCK_DIR) / DIR_ENTRY;
}

static inline const unsigned char *glass_item_at(const unsigned char *block,
						 unsigned i)
{
	return block + get16(block + BLOCK_DIR + i * DIR_ENTRY);
}

static inline void glass_leaf_item(const unsigned char *block, unsigned i,
				   struct glass_component *out)
{
	const unsigned char *at = glass_item_at(block, i);
	size_t head = ITEM_HEAD + (size_t)at[2];

	out->flags = get16(at);
	out->key = at + ITEM_HEAD;
	out->keylen = at[2];
	out->number = 1;
	if (!(out->flags & ITEM_FIRST)) {
		out->number = get16(at + head);
		head += ITEM_COMPONENT;
	}
	out->data = at + head;
	out->len = (out->flags & ITEM_SIZE) + ITEM_HEAD - head;
}

static inline void glass_branch_item(const unsigned char *block, unsigned i,
				     struct glass_component *out)
{
	const unsigned char *at = glass_item_at(block, i) + BRANCH_CHILD;

	out->flags = 0;
	out->keylen = *at;
	out->key = at + 1;
	out->number = get16(out->key + out->keylen);
	out->data = NULL;
	out->len = 0;
}

static inline uint32_t glass_branch_child(const unsigned char *block,
					  unsigned i)
{
	return get32(glass_item_at(block, i));
}

/* Below 0: the part comes before that one of key's tag. */
static inline int glass_component_compare(const struct glass_component *p,
					  const void *key, size_t keylen,
					  unsigned number)
{
	int c = key_compare(p->key, p->keylen, key, keylen);

	return c ? c : (p->number > number) - (p->number < number);
}

/*
 * Inflate a tag into *plain, which has *room bytes and is made larger as
 * needed.  CORRUPT, and *why; NOMEM.
 */
enum trawl_status glass_inflate(struct libdeflate_decompressor *inflater,
				const unsigned char *tag, size_t taglen,
				unsigned char **plain, size_t *room,
				size_t *plain_len, const char **why);

#endif
