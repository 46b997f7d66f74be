/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_source.h - the tables of a database, read to be written anew
 *
 * glass_walk.h believes nothing about blocks; here nothing is believed about
 * what is in them.  Documents that are to be left out do not come.
 */
#ifndef LIB_GLASS_SOURCE_H
#define LIB_GLASS_SOURCE_H

#include "glass_version.h"
#include "glass_walk.h"
#include "seen.h"
#include "posting_source.h"

/* A table, an item ahead. */
struct glass_input {
	struct glass_walk *walk;
	const char *dir, *name;
	uint32_t above, last; /* docids there may be: above + 1..last */
	const struct docid_set *without; /* or NULL */
	struct glass_item item;
	bool there; /* item is; false: the end, or it failed */
};

/* Its range of docids and without are the caller's to set. */
enum trawl_status glass_input_open(struct glass_input *in, const char *dir,
				   enum glass_table_id id,
				   const struct glass_root *root,
				   struct trawl_error *err);
void glass_input_close(struct glass_input *in);
/* Go to the next item; what there is to say is in glass_input_status(). */
bool glass_input_next(struct glass_input *in);
enum trawl_status glass_input_status(const struct glass_input *in,
				     struct trawl_error *err);
/* CORRUPT: says of the table what it is. */
enum trawl_status glass_input_damaged(const struct glass_input *in,
				      const char *what,
				      struct trawl_error *err);

static inline bool glass_input_has(const struct glass_input *in, uint64_t docid)
{
	return docid > in->above && docid <= in->last;
}

static inline bool glass_input_keeps(const struct glass_input *in,
				     uint32_t docid)
{
	return !in->without || !docid_set_has(in->without, docid);
}

/* The sort-uint at at, in the item's key; NULL: it is no docid there may be, or
 * not the one way to write it.  So docids ascend as keys do. */
const unsigned char *glass_input_docid(const struct glass_input *in,
				       const unsigned char *at,
				       uint32_t *docid);

/*
 * The postlist table from its lengths on; they come first, as a term without
 * bytes whose entries have the lengths for their wdf.  in is not closed with
 * the source.
 */
enum trawl_status glass_postings_source(struct glass_input *in,
					struct source **out,
					struct trawl_error *err);
/* The position table. */
enum trawl_status glass_positions_source(struct glass_input *in,
					 struct source **out,
					 struct trawl_error *err);

#endif
