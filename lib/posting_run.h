/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_run.h - documents turned into lists of postings, in memory or on disk
 *
 * Each thread of a build has a run of its own.  A document has a ticket there,
 * not yet its docid: tickets ascend within a run, and so do the docids that
 * they become.  For each term there is a stream of bytes:
 *
 *	{ varint gap, varint 2 * wdf, or 2 * wdf + 1 and varint n, n bytes }
 * gap: the ticket less that of the entry before; of the first the ticket itself
 * plus 1.  (So no gap is 0.)  The n bytes, for documents that have positions of
 * the term, are the position table's tag, which is final from the start
 * (glass_position.h).  Two tables are made of the one stream, and what reads it
 * says for which: to append to a second one would cost a second cache miss.
 *
 * In memory a stream is a chain of chunks, each larger than the one before; no
 * entry is cut by their borders.  On disk a run is a file:
 *
 *	{ byte len, term, byte positions (0: no entry has any, 1), varint bytes,
 *	  that many bytes of stream } ... byte 0
 * with terms in byte order.  The file has no name, and is gone when the process
 * is.
 */
#ifndef LIB_POSTING_RUN_H
#define LIB_POSTING_RUN_H

#include "posting_source.h"
#include "terms.h"
#include "xap.h"

/* What is wanted of the entries: all with their wdf, or the tags. */
enum stream_kind {
	STREAM_POSTINGS,
	STREAM_POSITIONS
};

struct run;
struct run_files; /* a run on disk */

/* terms outlives it. */
struct run *run_new(struct terms *terms);
void run_free(struct run *r);

/*
 * The terms of one document: distinct, in any order, each with its number in
 * the dictionary; positions ascending from 1.  ticket is above all before
 * and below UINT32_MAX.  False without memory: the run is then of no use.
 */
bool run_add(struct run *r, uint32_t ticket, const struct xap_posting *p,
	     size_t n);
/* Memory in use, without the dictionary's; what it keeps from before a spill is
 * used again before it takes more. */
size_t run_bytes(const struct run *r);
uint32_t run_documents(const struct run *r);

/* Write it to a file in dir and empty it; the dictionary may be emptied then. */
enum trawl_status run_spill(struct run *r, const char *dir,
			    struct run_files **out, struct trawl_error *err);
void run_files_free(struct run_files *f);

/*
 * Read the streams, as often as you like and of both kinds at once, from
 * two threads.  docids[ticket] is each document's docid, 0 of those left out;
 * it outlives the source.  Nothing may be added to a run while it is read; the
 * run's terms must have been put in order by run_order() before, which gives
 * back what memory it does not need.
 */
bool run_order(struct run *r);
enum trawl_status run_source(const struct run *r, enum stream_kind kind,
			     const uint32_t *docids, struct source **out,
			     struct trawl_error *err);
enum trawl_status run_files_source(const struct run_files *f,
				   enum stream_kind kind,
				   const uint32_t *docids, struct source **out,
				   struct trawl_error *err);

#endif
