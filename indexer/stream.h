/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - lines of a file that may be compressed with gzip, xz or zstd
 *
 * The compression is recognised by content.  Lines come as they were read,
 * many at a time, in memory that becomes the caller's: nothing is copied but
 * what is read of a line that ends later.
 */
#ifndef INDEXER_STREAM_H
#define INDEXER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problem;
struct stream;

enum {
	STREAM_BLOCK = 64 << 10 /* bytes that are read at once */
};

/* fd stays the caller's; NULL: *why says why. */
struct stream *stream_open(int fd, struct problem *why);
void stream_close(struct stream *s);

enum stream_event {
	STREAM_LINES, /* *lines, *len: whole lines, each with its line feed;
			 the file's last may lack it.  To free() */
	STREAM_LONG,  /* a line over the limit was skipped */
	STREAM_END,
	STREAM_FAILED /* *why: the rest cannot be read */
};

/* max: bytes of a line, STREAM_BLOCK or more.  Waits for one line, not for
 * more of them. */
enum stream_event stream_next(struct stream *s, size_t max, char **lines,
			      size_t *len, struct problem *why);

/* Bytes of the file read so far. */
uint64_t stream_position(const struct stream *s);

#endif
