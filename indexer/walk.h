/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - the files of a directory, in the order of their paths' bytes
 *
 * Names that begin with a dot are skipped, and so is the directory skip_dev,
 * skip_ino (the index).  Symbolic links to directories are not followed: they
 * are named.  Memory: the names of the directories on the way down.
 */
#ifndef INDEXER_WALK_H
#define INDEXER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct problem;

enum {
	WALK_DEPTH_MAX = 256,	    /* directories in directories */
	WALK_PATH_MAX = 16 << 10,   /* bytes of a path from the root */
	WALK_ENTRIES_MAX = 16 << 20 /* names in one directory */
};

struct walk {
	dev_t skip_dev;
	ino_t skip_ino;
	const char *const *include; /* NULL at the end; empty: all */
	const char *const *exclude;

	/* A file (or a link to one): path is from the root, name from dirfd.
	 * False stops the walk. */
	bool (*file)(void *ctx, int dirfd, const char *name, const char *path,
		     const struct stat *st);
	/* What cannot be walked; path is from the root.  part: files may lie
	 * beneath that were not seen. */
	bool (*bad)(void *ctx, const char *path, const struct problem *why,
		    bool part);
	void *ctx;
};

/* Walk the directory fd, which stays the caller's.  False: stopped. */
bool walk(const struct walk *w, int fd);

#endif
