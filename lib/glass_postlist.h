/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_postlist.h - the postlist table: metadata, values, lengths, postings
 *
 * In this order of keys:
 *	00 C0 name                           metadata: its value
 *	00 D0 last-uint slot                 value statistics: varint frequency,
 *	                                     lower bound with its length before
 *	                                     it, upper bound unless equal
 *	00 D8 varint slot sort-uint docid    values from that docid on: the value
 *	                                     with its length before it, then for
 *	                                     each further one varint gap - 1 and
 *	                                     the value likewise
 *	00 E0 [sort-uint docid]              lengths: chunks, as of postings
 *	sort-str term                        first chunk: varint termfreq,
 *	                                     collfreq, first docid - 1, then
 *	sort-str term 00 sort-uint docid     (and later chunks) '1' when it is
 *	                                     the last, else '0'; varint last
 *	                                     docid - first, wdf of the first, and
 *	                                     { varint gap - 1, wdf }
 * A chunk is closed once its entries (values: its tag) hold GLASS_CHUNK bytes.
 */
#ifndef LIB_GLASS_POSTLIST_H
#define LIB_GLASS_POSTLIST_H

#include "glass_table.h"
#include "posting_source.h"

/* ------------------------------------------------- values and lengths -- */

/*
 * What comes with each document and is written when all are known: values and
 * lengths, in finished chunks.  They wait in a file without a name in dir.
 */
struct columns;

enum {
	COLUMN_SLOTS_MAX = 1000, /* different ones, of all documents */
	VALUE_MAX = 16 << 20	 /* bytes of a value */
};

enum trawl_status columns_new(const char *dir, struct columns **out,
			      struct trawl_error *err);
void columns_free(struct columns *c);
/*
 * docid: above all before.  Values that are empty are passed by; slots
 * ascending.  Failure is sticky, and told by glass_postlist_columns(): INTERNAL
 * when the order is broken, REFUSED with more than COLUMN_SLOTS_MAX slots or
 * VALUE_MAX bytes, IO, NOMEM.
 */
bool columns_add(struct columns *c, uint32_t docid, uint32_t length,
		 const struct xap_value *values, size_t n);
/* The same in parts: docids ascend in each slot, and among the lengths. */
bool columns_add_length(struct columns *c, uint32_t docid, uint32_t length);
bool columns_add_value(struct columns *c, uint32_t slot, uint32_t docid,
		       const struct xap_bytes *value);

/* ------------------------------------------------------------ writing -- */

/* One key of the metadata: 1..GLASS_TERM_MAX bytes; values are not empty. */
struct metadata_entry {
	struct xap_bytes key, value;
};

/*
 * In this order, on a table that is new; entries in byte order of keys.  A
 * table that fails ends them: OK then, and glass_table_finish() says why.
 */
enum trawl_status glass_postlist_metadata(struct glass_table *t,
					  const struct metadata_entry *entries,
					  size_t n, struct trawl_error *err);
/* c is at its end with that: nothing may be added, nor written again. */
enum trawl_status glass_postlist_columns(struct glass_table *t,
					 struct columns *c,
					 struct trawl_error *err);
/* *wdf_max: the highest wdf of all.  REFUSED: a termfreq or collection
 * frequency beyond 32 bits. */
enum trawl_status glass_postlist_postings(struct glass_table *t,
					  struct source *postings,
					  uint32_t *wdf_max,
					  struct trawl_error *err);

#endif
