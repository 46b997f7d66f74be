/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * direct_file.h - a large file, written front to back, past the page cache
 *
 * What is written once and not read soon has no use for a copy in the page
 * cache, and to make that copy costs more than the disk does.  So buffers go
 * to the disk as they are (O_DIRECT), by a thread of their own while the next
 * one is filled.  Where a file system has no O_DIRECT it is an ordinary file.
 *
 *	unsigned char *to = direct_file_open(f, path);
 *	... fill DIRECT_FILE_BUFFER bytes ...
 *	to = direct_file_next(f);
 *	... fill n bytes ...
 *	direct_file_close(f, n, true);
 */
#ifndef BASE_DIRECT_FILE_H
#define BASE_DIRECT_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	DIRECT_FILE_BUFFER = 1 << 20,
	DIRECT_FILE_ALIGN = 4096 /* bytes written are a multiple of that */
};

struct direct_file;

/* NULL without memory. */
struct direct_file *direct_file_new(void);
void direct_file_free(struct direct_file *f);

/* Make the file, which must not exist; the first buffer, or NULL: errno. */
unsigned char *direct_file_open(struct direct_file *f, const char *path);
/* The buffer is full: the next one, or NULL: errno, of an earlier buffer, too. */
unsigned char *direct_file_next(struct direct_file *f);
/* The buffer has n bytes more, a multiple of DIRECT_FILE_ALIGN, and that was
 * all.  sync: wait until they are on the disk.  False: errno. */
bool direct_file_close(struct direct_file *f, size_t n, bool sync);

#endif
