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

static const char *check_leaf_item(const unsigned char *at, unsigned room)
{
	unsigned head, size;

	if (room < ITEM_HEAD)
		return "an item is cut";
	head = ITEM_HEAD + at[2];
	if (!(get16(at) & ITEM_FIRST))
		head += ITEM_COMPONENT;
	size = (get16(at) & ITEM_SIZE) + ITEM_HEAD;
	return size > room || head > size ? "an item has no such size" : NULL;
}

static const char *check_branch_item(const unsigned char *at, unsigned room)
{
	return room < BRANCH_HEAD || room - BRANCH_HEAD < at[BRANCH_CHILD]
		       ? "an item is cut"
		       : NULL;
}

const char *glass_block_check(const unsigned char *block, unsigned size,
			      unsigned level)
{
	unsigned dir_end = get16(block + BLOCK_DIR_END);
	const char *why = NULL;

	if (block[BLOCK_LEVEL] != level)
		return "its level is not as it must be";
	if (dir_end <= BLOCK_DIR || dir_end > size ||
	    (dir_end - BLOCK_DIR) % DIR_ENTRY)
		return "its directory has no such end";
	for (unsigned i = BLOCK_DIR; i < dir_end && !why; i += DIR_ENTRY) {
		unsigned at = get16(block + i);

		if (at < dir_end || at >= size)
			return "an item is outside";
		why = level ? check_branch_item(block + at, size - at)
			    : check_leaf_item(block + at, size - at);
	}
	return why;
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
