/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_chunks.h - a list of postings on its way into chunks
 *
 * The head of the first chunk says how many entries all of them have, so that
 * they wait in memory until the list is at its end: a frequent word's takes 3
 * bytes a document.  Before each chunk there is room for its head.
 */
#ifndef LIB_GLASS_CHUNKS_H
#define LIB_GLASS_CHUNKS_H

#include "buf.h"
#include "glass_table.h"
#include "posting_source.h"

struct glass_chunk {
	size_t at; /* of its entries, in bytes */
	uint32_t first, last;
};

struct glass_chunks {
	struct buf bytes;
	struct glass_chunk *chunk;
	size_t n, alloc;
	size_t full;   /* length of bytes at which the next one is begun */
	uint32_t last; /* docid */
};

/* The keys of a list: the first chunk's, and what those of the others begin
 * with. */
struct glass_list_key {
	unsigned char bytes[2 * GLASS_TERM_MAX + 1 + GLASS_SORT_UINT_MAX];
	size_t first_len, len;
};

void glass_chunks_init(struct glass_chunks *c);
void glass_chunks_release(struct glass_chunks *c);
/* Empty it, for the next list. */
void glass_chunks_reset(struct glass_chunks *c);

/* NOMEM; INTERNAL: docids are not ascending. */
enum trawl_status glass_chunks_add(struct glass_chunks *c,
				   const struct source_entry *entry, size_t n,
				   struct trawl_error *err);
/* Nothing when it is empty; false when the table failed. */
bool glass_chunks_write(struct glass_chunks *c, struct glass_table *t,
			struct glass_list_key *key, uint32_t termfreq,
			uint32_t collfreq);

#endif
