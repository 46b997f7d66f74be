/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_walk.h - every item of a table, in the order of its keys
 *
 * From the root down, as after any number of updates leaves need not stand in
 * order.  Components of a tag are put together and inflated.  Nothing that is
 * in the file is believed: what does not fit is CORRUPT.
 */
#ifndef LIB_GLASS_WALK_H
#define LIB_GLASS_WALK_H

#include "glass_table.h"

struct glass_walk;

struct glass_item {
	const unsigned char *key, *tag; /* until the next call */
	size_t keylen, taglen;
	bool deflated; /* the tag is; only after glass_walk_raw() */
};

/* root: as iamglass has it (glass_version_read()). */
enum trawl_status glass_walk_open(const char *dir, const char *name,
				  const struct glass_root *root,
				  struct glass_walk **out,
				  struct trawl_error *err);
/* From now on tags are not inflated. */
void glass_walk_raw(struct glass_walk *w);
/* False at the end, and when it failed. */
bool glass_walk_next(struct glass_walk *w, struct glass_item *out);
/*
 * Go to the first item whose key is not below key; forward only.  For the next
 * glass_walk_next().  False when it failed.
 */
bool glass_walk_seek(struct glass_walk *w, const void *key, size_t keylen);
/* OK, or why glass_walk_next() ended early: CORRUPT, IO, NOMEM. */
enum trawl_status glass_walk_status(const struct glass_walk *w,
				    struct trawl_error *err);
void glass_walk_close(struct glass_walk *w);

#endif
