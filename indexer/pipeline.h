/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.h - reading, analysing and writing side by side, in order
 *
 *	source thread        worker threads           writer (main) thread
 *	pipeline_push() -->  extract, prepare  -->    pipeline_next()
 *
 * One ring of items is both queues.  The writer gets the items in the order
 * in which they were pushed, so the index does not depend on the threads.  The
 * ring is bounded by count and by bytes: a push waits for room, but an item
 * that is larger than all the room gets the ring for itself.
 *
 * An item belongs to one side at a time: to the source until it is pushed, to
 * the pipeline until pipeline_next() returns it, to the writer after that; its
 * bytes count until the writer asks for the next one.
 */
#ifndef INDEXER_PIPELINE_H
#define INDEXER_PIPELINE_H

#include "input.h"
#include "problem.h"

#include <trawl.h>

struct extractor;
struct pipeline;

enum item_kind {
	ITEM_FILE,	/* to extract: bytes of a file */
	ITEM_LINE,	/* to read: a line of JSON */
	ITEM_PUT,	/* what becomes of those two: prep */
	ITEM_KEEP,	/* unchanged: id */
	ITEM_KEEP_ROOT, /* an unchanged file of JSON Lines: all of its root */
	ITEM_PROBLEM,	/* problem; id, when there is one */
	ITEM_END	/* of an input */
};

struct item {
	enum item_kind kind;
	const struct input *input;
	char *where; /* for people: "dir/file", "file.jsonl:12" */
	char *id;
	struct trawl_origin origin;
	bool is_line; /* of JSON Lines */

	/* ITEM_FILE, ITEM_LINE */
	char *bytes;
	size_t len;
	const struct extractor *format; /* NULL: auto */

	/* made of them */
	struct trawl_prepared *prep;
	struct problem problem;
	size_t replaced; /* malformed parts that became U+FFFD */

	/* ITEM_PROBLEM */
	bool remembered; /* by the index, from an earlier run */

	/* ITEM_END */
	uint64_t files; /* or lines, that were seen */
	bool whole;	/* nothing of it could hide unseen */
	uint64_t known; /* documents that the index has of this root */

	/* the pipeline's */
	uint64_t weight;
	bool done;
	enum trawl_status fatal; /* not OK: the run must end */
	struct trawl_error err;
};

struct item *item_new(enum item_kind kind, const struct input *in);
void item_free(struct item *it);

struct pipeline_options {
	struct trawl_writer *writer;
	const char *index; /* where unchanged lines are looked up, or NULL */
	unsigned threads;
	uint64_t bytes; /* to hold at most */
};

/* NULL: *st and *err say why. */
struct pipeline *pipeline_start(const struct pipeline_options *o,
				enum trawl_status *st, struct trawl_error *err);
/* Stops the workers; what is in the ring is dropped. */
void pipeline_free(struct pipeline *p);

/* Source: hand over an item; false (and it is freed) once stopped. */
bool pipeline_push(struct pipeline *p, struct item *it);
/* Source: that was the last one. */
void pipeline_finish(struct pipeline *p);

/* Writer: the next item; NULL with *more after ms milliseconds without one,
 * NULL without *more at the end. */
struct item *pipeline_next(struct pipeline *p, unsigned ms, bool *more);
/* Writer: no more is wanted; pushes fail from now on, and the workers have
 * ended when it returns.  The source may still be at work. */
void pipeline_stop(struct pipeline *p);

/* Is the document of that id in the index with that size, mtime and root? */
bool is_unchanged(struct trawl_index *ix, const char *id,
		  const struct trawl_origin *now);

#endif
