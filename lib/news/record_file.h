/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record_file.h - records of any length in a file without a name
 *
 *	record_file_add() ... -> record_file_flush() -> record_file_read() ...
 *
 * They are known by their numbers, from 0.  Memory holds 8 bytes a record and one
 * buffer.
 */
#ifndef LIB_NEWS_RECORD_FILE_H
#define LIB_NEWS_RECORD_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RECORD_MAX = 16 << 10 /* bytes */
};

struct record_file;

/* NULL: see errno. */
struct record_file *record_file_new(const char *dir);
void record_file_free(struct record_file *f);
/* n <= RECORD_MAX.  False: see errno. */
bool record_file_add(struct record_file *f, const void *record, size_t n);
/* To be called between the last that is added and the first that is read. */
bool record_file_flush(struct record_file *f);
size_t record_file_count(const struct record_file *f);
/* For another thread that reads: no more is added, and f outlives it.  NULL
 * without memory. */
struct record_file *record_file_view(const struct record_file *f);
/* Record i, until the next call; NULL: see errno.  Fast when they are read in turn. */
const char *record_file_read(struct record_file *f, size_t i, size_t *n);

#endif
