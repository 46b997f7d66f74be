/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch.h - documents on their way from the source to the writer, some at a
 * time
 *
 * A batch holds either lines of one file of JSON Lines, of which a worker makes
 * items, or items that the source has made, whose files' bytes a worker reads.
 * What an item points to is the batch's, but prep; so is what was allocated
 * from its arena.
 */
#ifndef INDEXER_BATCH_H
#define INDEXER_BATCH_H

#include "arena.h"

#include <trawl.h>

struct extractor;
struct input;
struct problem;

enum {
	BATCH_BYTES = 64 << 10, /* of files; one may be larger */
	BATCH_ITEMS = 64	/* that the source makes */
};

enum item_kind {
	ITEM_FILE,	/* to extract: bytes of a file */
	ITEM_PUT,	/* what becomes of it, and of a line: prep */
	ITEM_KEEP,	/* unchanged: id */
	ITEM_KEEP_ROOT, /* an unchanged file of JSON Lines: all of its root */
	ITEM_PROBLEM,	/* problem; id, when there is one */
	ITEM_END	/* of an input */
};

struct item {
	enum item_kind kind;
	uint64_t line;	   /* of JSON Lines; 0: a file, or an input */
	const char *where; /* for people: "dir/file"; see batch_where() */
	const char *id;
	struct trawl_origin origin;

	/* ITEM_FILE */
	const char *bytes;
	size_t len;

	/* made of them */
	struct trawl_prepared *prep;
	const struct problem *problem; /* ITEM_PROBLEM alone */
	size_t replaced;	       /* malformed parts that became U+FFFD */

	/* ITEM_PROBLEM */
	bool remembered; /* by the index, from an earlier run */

	/* ITEM_END */
	bool whole;	/* nothing of it could hide unseen */
	uint64_t files; /* or lines, that were seen */
	uint64_t known; /* documents that the index has of this root */
};

struct batch {
	const struct input *input;
	struct arena arena;
	struct item *items;
	size_t n, alloc;

	/* Until they are read: lines, or the bytes of files. */
	char *lines;
	size_t len, nlines;
	const char *where, *id; /* of the lines' file */
	struct trawl_origin origin;
	uint64_t first; /* the number of the first line */
	struct arena files;
	const struct extractor *format; /* of the files; NULL: auto */

	enum trawl_status fatal; /* not OK: after these items the run ends */
	struct trawl_error err;

	bool large; /* it was: memory is given back after it */

	/* the pipeline's */
	uint64_t weight;
	bool done;
};

struct batch *batch_new(const struct input *in);
void batch_free(struct batch *b);

/* A new item at the end, of that kind and all zero but origin.root.  It moves
 * when the next one is added. */
struct item *batch_add(struct batch *b, enum item_kind kind);
/* Make a problem of an item; false. */
bool batch_problem(struct batch *b, struct item *it, const struct problem *why);
char *batch_strdup(struct batch *b, const char *s);
char *batch_printf(struct batch *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* For people: what an item is of: "dir/file", "file.jsonl:12". */
const char *batch_where(struct batch *b, const struct item *it);

/* Is there anything that a worker must read? */
bool batch_needs_work(const struct batch *b);
/* It has been read. */
void batch_drop_input(struct batch *b);
/* What it costs in memory, about, now or while a worker is at it. */
uint64_t batch_weight(const struct batch *b);

/* Is the document of that id in the index with that size, mtime and root? */
bool item_is_unchanged(const struct item *it, struct trawl_index *ix);

#endif
