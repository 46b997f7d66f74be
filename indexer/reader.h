/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader.h - one regular file, opened with care and read whole
 */
#ifndef INDEXER_READER_H
#define INDEXER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct arena;
struct problem;

enum {
	FILE_BYTES_MAX = 64 << 20 /* of a file that is one document */
};

/*
 * Open name (relative to dirfd) for reading: never waits for a FIFO, never
 * opens a device; -1 and *why when it is no regular file.  A symbolic link is
 * followed when beneath is NULL or the file it leads to lies under beneath.
 */
int reader_open(int dirfd, const char *name, const char *beneath,
		struct stat *st, struct problem *why);

/* Read it all into memory of the arena; *st is as of then.  E_EMPTY, E_TOOBIG,
 * E_CHANGED, ... */
bool reader_read(int fd, struct stat *st, struct arena *to, const char **out,
		 size_t *len, struct problem *why);

#endif
