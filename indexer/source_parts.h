/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_parts.h - what the files of the source share
 *
 * Items are put into the open batch and go to the pipeline with it, when it is
 * full, when lines are to go behind them, and at the end of their input.
 */
#ifndef INDEXER_SOURCE_PARTS_H
#define INDEXER_SOURCE_PARTS_H

#include "batch.h"

struct extractor;
struct problem;
struct source;
struct stat;

/* One input's walk. */
struct visit {
	struct source *s;
	const struct input *in;
	const struct extractor *format;
	struct batch *batch; /* open; NULL: none */
	uint64_t files;
	bool whole;
};

/* The open batch, which has room for so many bytes of a file; NULL: stopped. */
struct batch *visit_room(struct visit *v, uint64_t bytes);
/* After an item was added; false: stopped. */
bool visit_added(struct visit *v);
/* Hand over what there is; false: stopped. */
bool visit_flush(struct visit *v);
/* where and id (which may be NULL) are copied; false: stopped. */
bool visit_problem(struct visit *v, const char *where, const char *id,
		   const struct trawl_origin *origin,
		   const struct problem *why);

struct trawl_origin visit_origin(const struct visit *v, const struct stat *st);

/*
 * The lines of fd, one file of JSON Lines.  False: stopped.  What cannot be
 * read becomes a problem.
 */
bool visit_lines(struct visit *v, int fd, const char *where, const char *id,
		 const struct trawl_origin *origin);

#endif
