/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - lines of a file that may be compressed with gzip, xz or zstd
 *
 * The compression is recognised by content.  Memory: one line.
 */
#ifndef INDEXER_STREAM_H
#define INDEXER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problem;
struct stream;

/* fd stays the caller's; NULL: *why says why. */
struct stream *stream_open(int fd, struct problem *why);
void stream_close(struct stream *s);

enum stream_event {
	STREAM_LINE, /* *line, *len: without its line feed, until next call */
	STREAM_LONG, /* a line over the limit was skipped */
	STREAM_END,
	STREAM_FAILED /* *why: the rest cannot be read */
};

/* max: bytes of a line. */
enum stream_event stream_next(struct stream *s, size_t max, const char **line,
			      size_t *len, struct problem *why);

/* The line that stream_next() gave last, or its end, as the caller's own: a long
 * one without a second copy of it.  To be called once. */
char *stream_take(struct stream *s, const char *line, size_t len);

/* Bytes of the file read so far. */
uint64_t stream_position(const struct stream *s);

#endif
