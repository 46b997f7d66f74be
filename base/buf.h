/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - a growable byte buffer that cannot grow for ever
 *
 * Invariants, between any two calls:
 *   - data[len] is '\0', so data is always a C string (embedded NULs allowed)
 *   - len <= max
 *   - once failed is set, every append is a no-op until buf_reset()
 *
 * So a builder appends without looking and asks once, at the end:
 *
 *	struct buf out = BUF_INIT(4096);
 *
 *	buf_adds(&out, "n=");
 *	buf_addf(&out, "%zu", n);
 *	if (out.failed)
 *		...
 *	buf_release(&out);
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t alloc; /* 0: data is the shared empty string */
	size_t max;
	bool failed; /* over max, or out of memory */
};

extern char buf_empty[1];

#define BUF_INIT(limit)                                                        \
	{                                                                      \
		.data = buf_empty, .max = (limit)                              \
	}

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_reset(struct buf *b);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Make room for n more bytes; false (and failed) when there is none. */
bool buf_reserve(struct buf *b, size_t n);
/* Shorten to len bytes; len <= b->len. */
void buf_truncate(struct buf *b, size_t len);
/* Hand the bytes over, to free(); NULL when failed.  The buffer is emptied. */
char *buf_detach(struct buf *b);

#endif
