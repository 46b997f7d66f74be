/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_item.h"

#include <libdeflate.h>
#include <stdlib.h>

bool glass_root_check(const struct glass_root *root)
{
	return root->block_size >= GLASS_BLOCK_SIZE_MIN &&
	       root->block_size <= GLASS_BLOCK_SIZE_MAX &&
	       !(root->block_size & (root->block_size - 1)) &&
	       root->level < GLASS_LEVELS_MAX && root->root < root->blocks;
}

/* Where there is room for its head: the rest, too? */
static inline bool fits(const unsigned char *at, unsigned room, bool branch)
{
	const unsigned flags = get16(at);
	const unsigned head =
		ITEM_HEAD + at[2] + (flags & ITEM_FIRST ? 0 : ITEM_COMPONENT);
	const unsigned size = (flags & ITEM_SIZE) + ITEM_HEAD;

	if (branch)
		return room - BRANCH_HEAD >= at[BRANCH_CHILD];
	return (size <= room) & (head <= size);
}

/* Blocks are read often, and have many items: branch is a constant. */
static inline const char *check_items(const unsigned char *block, unsigned size,
				      unsigned dir_end, bool branch)
{
	for (unsigned i = BLOCK_DIR; i < dir_end; i += DIR_ENTRY) {
		const unsigned at = get16(block + i);

		if (at < dir_end || at >= size)
			return "an item is outside";
		if (size - at < (branch ? BRANCH_HEAD : ITEM_HEAD))
			return "an item is cut";
		if (!fits(block + at, size - at, branch))
			return branch ? "an item is cut"
				      : "an item has no such size";
	}
	return NULL;
}

const char *glass_block_check(const unsigned char *block, unsigned size,
			      unsigned level)
{
	const unsigned dir_end = get16(block + BLOCK_DIR_END);

	if (block[BLOCK_LEVEL] != level)
		return "its level is not as it must be";
	if (dir_end <= BLOCK_DIR || dir_end > size ||
	    (dir_end - BLOCK_DIR) % DIR_ENTRY)
		return "its directory has no such end";
	return level ? check_items(block, size, dir_end, true)
		     : check_items(block, size, dir_end, false);
}

/* ----------------------------------------------------------- inflating -- */

static enum trawl_status grow(unsigned char **plain, size_t *room, size_t size,
			      const char **why)
{
	unsigned char *grown;

	if (size <= *room)
		return TRAWL_OK;
	if (size > GLASS_TAG_MAX) {
		*why = "a tag is too long";
		return TRAWL_CORRUPT;
	}
	grown = malloc(size);
	if (!grown)
		return TRAWL_NOMEM;
	free(*plain);
	*plain = grown;
	*room = size;
	return TRAWL_OK;
}

enum trawl_status glass_inflate(struct libdeflate_decompressor *inflater,
				const unsigned char *tag, size_t taglen,
				unsigned char **plain, size_t *room,
				size_t *plain_len, const char **why)
{
	enum libdeflate_result r;
	size_t size = GLASS_BLOCK_SIZE_MIN;

	do {
		enum trawl_status st;

		size *= 2;
		st = grow(plain, room, size, why);
		if (st != TRAWL_OK)
			return st;
		size = *room;
		r = libdeflate_deflate_decompress(inflater, tag, taglen, *plain,
						  size, plain_len);
	} while (r == LIBDEFLATE_INSUFFICIENT_SPACE);
	if (r == LIBDEFLATE_SUCCESS)
		return TRAWL_OK;
	*why = "a tag does not inflate";
	return TRAWL_CORRUPT;
}
