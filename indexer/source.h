/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the thread that finds and reads the inputs, in order
 *
 * What has not changed since the index was written is not read: a file's size
 * and mtime and a failure's are remembered by id, a file of JSON Lines' by its
 * root.  JSON Lines in a directory are read again, since their documents
 * belong to the directory's root; its unchanged lines are kept by the workers.
 */
#ifndef INDEXER_SOURCE_H
#define INDEXER_SOURCE_H

#include "cmdline.h"

#include <stdatomic.h>
#include <time.h>

struct input;
struct pipeline;
struct trawl_index;

struct source {
	const struct cmdline *cl;
	const struct input *inputs;
	size_t ninputs;
	struct trawl_index *ix; /* NULL: nothing is unchanged */
	struct pipeline *pipeline;
	bool count_first; /* sum up sizes, for a progress bar */
	/* For the progress bar: of the files, as they lie on the disk; total
	 * is 0 while it is not known. */
	_Atomic uint64_t bytes, total;
	_Atomic uint64_t text; /* bytes read, without compression */
};

/*
 * The sizes of all files of the inputs that may have changed since, as they lie
 * on the disk; false: one of the inputs is a pipe.
 */
bool source_bytes(const struct cmdline *cl, const struct input *inputs,
		  size_t n, const struct timespec *since, uint64_t *sum);

/* Of pthread_create(); arg is a struct source. */
void *source_run(void *arg);

#endif
