/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_list.h - a term's postings, read from a snapshot in order of docids
 *
 * Chunks between the docids that are asked for are passed over by the table's
 * B-tree.  glass_postlist.h has the format.
 */
#ifndef LIB_POSTING_LIST_H
#define LIB_POSTING_LIST_H

#include "glass_db.h"

#define POSTING_END UINT32_MAX /* a docid behind all */

struct posting_list {
	struct glass_cursor cursor;
	uint32_t termfreq, collfreq; /* 0 of a term that is nowhere */
	uint32_t wdf_bound;	     /* no wdf is above it */
	uint32_t docid;		     /* the next posting's, or POSTING_END */
	uint32_t wdf;		     /* and its wdf */

	/* The open chunk: what follows the next posting; its last docid. */
	const unsigned char *at, *end;
	uint32_t chunk_last;
	bool is_last;
	/* Keys of all chunks but the first begin with that. */
	unsigned char key[GLASS_KEY_MAX + 1];
	size_t keylen;
};

/*
 * At its first posting.  False: a failure (glass_db_status()).  A term that is
 * nowhere is a list without postings.  posting_list_close() in any case.
 */
bool posting_list_open(struct posting_list *pl, struct glass_db *db,
		       const char *term, size_t len);
/* Once more, of another term: cheapest when that is close to the last one. */
bool posting_list_reopen(struct posting_list *pl, const char *term, size_t len);
/* to is not initialised; pl must be opened again, or closed. */
void posting_list_hand_over(struct posting_list *pl, struct posting_list *to);
/* The documents' lengths as a list: wdf is the length; no frequencies. */
bool posting_list_open_lengths(struct posting_list *pl, struct glass_db *db);
void posting_list_close(struct posting_list *pl);

/*
 * Forward, to the first posting at docid or behind it.  False: a failure; the
 * list is then at its end.
 */
bool posting_list_skip(struct posting_list *pl, uint32_t docid);
/*
 * All postings from the next one on whose docid is below to; the one behind
 * them is then the next.  The arrays have room for to - pl->docid.  Docids
 * ascend and are not above the snapshot's last_docid, whatever the file says.
 * Returns how many; less than there are on a failure.
 */
size_t posting_list_read(struct posting_list *pl, uint32_t to, uint32_t *docid,
			 uint32_t *wdf);
/* The same: each wdf is added to sum[docid - base], and for one that is 0 a bit
 * of zero is set.  base is not above pl->docid. */
void posting_list_add(struct posting_list *pl, uint32_t base, uint32_t to,
		      uint32_t *sum, uint64_t *zero);
/* All that is left, max postings at most. */
size_t posting_list_read_rest(struct posting_list *pl, size_t max,
			      uint32_t *docid, uint32_t *wdf);

#endif
