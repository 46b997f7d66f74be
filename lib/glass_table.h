/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_table.h - one table of a database, written from its first key to its
 * last
 *
 * A table is a B-tree in blocks of GLASS_BLOCK bytes.  Items come in ascending
 * order of keys, so that each level has one open block: a leaf that is full is
 * written behind the one before it, and its separator goes to the open block
 * of the level above.  The file is written front to back, never read, and the
 * root is its last block.  The table's last keys may come first, when they are
 * known earlier than the others: their leaves stand before all others then, and
 * their separators wait for the end.
 *
 * Block (all numbers big-endian):
 *	0  4  revision        7  2  free bytes in all (= the gap)
 *	4  1  level, 0 leaf   9  2  end of the directory, D
 *	5  2  gap            11 2n  offsets of the items, in order of keys
 * Items are packed at the end of the block, the newest lowest.
 *
 * Leaf item:    I(2) K(1) key [X(2)] data.  I: low 13 bits the item's size - 3;
 *               0x8000 deflated, 0x4000 last component, 0x2000 first component.
 *               X, the component's number, only when it is not the first.
 * Branch item:  block(4) K(1) key X(2).  The first of a block has K = 0, X = 0.
 * The very first item of a table is 60 00 00: no key, no tag, not counted.
 */
#ifndef LIB_GLASS_TABLE_H
#define LIB_GLASS_TABLE_H

#include "glass.h"
#include "trawl.h"

enum {
	GLASS_LEVELS_MAX = 10,
	GLASS_REVISION = 1 /* of all that is written here */
};

/* What iamglass says of a table. */
struct glass_root {
	bool there;	       /* a file with entries, or one that must be */
	bool sequential;       /* leaves stand in the order of their keys */
	unsigned level;	       /* of the root: 0 a leaf */
	uint32_t root;	       /* its block */
	uint32_t blocks;       /* in the file */
	uint64_t entries;      /* keys, without the null item */
	unsigned compress_min; /* tags longer than that Xapian may deflate, when
				  it changes them; 0 never */
	unsigned block_size;
	uint32_t revision; /* of the free list */
};

struct glass_table;

/*
 * The table dir/name.glass, which is made when its first item comes, or by
 * glass_table_finish() when it is required.  IO, NOMEM.
 */
enum trawl_status glass_table_new(const char *dir, const char *name,
				  bool required, struct glass_table **out,
				  struct trawl_error *err);

/*
 * The next item: key is above all that came before, 1..GLASS_KEY_MAX bytes.
 * deflated: the tag is a raw deflate stream.  Failure (IO, NOMEM; INTERNAL: a
 * key out of order, or a tag of more than 65,535 components) is sticky and
 * told by glass_table_finish(); false then.
 */
bool glass_table_add(struct glass_table *t, const void *key, size_t keylen,
		     const void *tag, size_t taglen, bool deflated);
bool glass_table_failed(const struct glass_table *t);

/*
 * On a table that is new: what is added until glass_table_turn() are its last
 * keys; what comes after it is below them.  Such a table is not sequential.
 */
bool glass_table_last_first(struct glass_table *t);
bool glass_table_turn(struct glass_table *t);

/* Write what is open; sync: and wait until it is on disk. */
enum trawl_status glass_table_finish(struct glass_table *t, bool sync,
				     struct glass_root *out,
				     struct trawl_error *err);
void glass_table_free(struct glass_table *t);

#endif
