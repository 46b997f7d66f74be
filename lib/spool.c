/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spool.c - records in a file: each its length (8 bytes, as the machine has
 * them) and its bytes, through one buffer
 */
#include "spool.h"

#include "scratch.h"
#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SPOOL_BUFFER = 256 << 10
};

struct spool {
	int fd;
	uint64_t bytes, records; /* added */
	uint64_t written;	 /* of bytes, in the file */
	uint64_t read, nread;	 /* bytes, records */
	uint64_t held_at;	 /* reading: where buffer begins */
	struct buf buffer;
};

enum trawl_status spool_new(const char *dir, struct spool **out,
			    struct trawl_error *err)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (!s)
		return fail_nomem(err);
	buf_init(&s->buffer, SIZE_MAX / 2);
	s->fd = scratch_open(dir);
	if (s->fd < 0) {
		free(s);
		return fail(err, TRAWL_IO, "cannot make a file in %s: %s", dir,
			    strerror(errno));
	}
	*out = s;
	return TRAWL_OK;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	close(s->fd);
	buf_release(&s->buffer);
	free(s);
}

/* What a large record has made grow is not kept. */
static void empty(struct buf *b)
{
	if (b->alloc > 4 * SPOOL_BUFFER)
		buf_release(b);
	buf_reset(b);
}

static enum trawl_status write_out(struct spool *s, struct trawl_error *err)
{
	if (!scratch_write(s->fd, s->buffer.data, s->buffer.len, s->written))
		return fail(err, TRAWL_IO, "cannot write documents aside: %s",
			    strerror(errno));
	s->written += s->buffer.len;
	empty(&s->buffer);
	return TRAWL_OK;
}

enum trawl_status spool_add(struct spool *s, const char *bytes, size_t len,
			    struct trawl_error *err)
{
	const uint64_t n = len;

	buf_add(&s->buffer, &n, sizeof(n));
	buf_add(&s->buffer, bytes, len);
	if (s->buffer.failed)
		return fail_nomem(err);
	s->bytes += sizeof(n) + len;
	s->records++;
	return s->buffer.len >= SPOOL_BUFFER ? write_out(s, err) : TRAWL_OK;
}

uint64_t spool_bytes(const struct spool *s)
{
	return s->bytes;
}

uint64_t spool_records(const struct spool *s)
{
	return s->records;
}

/* Lend n bytes at s->read; what follows them is read with them. */
static enum trawl_status take(struct spool *s, size_t n, const char **out,
			      struct trawl_error *err)
{
	uint64_t held = s->held_at + s->buffer.len - s->read;
	uint64_t left = s->bytes - s->read;

	if (held < n) {
		size_t want = n > SPOOL_BUFFER ? n : SPOOL_BUFFER;

		want = want > left ? left : want;
		buf_reset(&s->buffer);
		if (!buf_reserve(&s->buffer, want))
			return fail_nomem(err);
		if (want < n ||
		    !scratch_read(s->fd, s->buffer.data, want, s->read))
			return fail(err, TRAWL_IO,
				    "cannot read back what was written "
				    "aside: %s",
				    strerror(errno));
		s->buffer.len = want;
		s->held_at = s->read;
	}
	*out = s->buffer.data + (s->read - s->held_at);
	s->read += n;
	return TRAWL_OK;
}

enum trawl_status spool_read(struct spool *s, struct buf *out, bool *more,
			     struct trawl_error *err)
{
	const char *at = NULL;
	enum trawl_status st = TRAWL_OK;
	uint64_t n = 0;

	*more = s->nread < s->records;
	if (!*more)
		return TRAWL_OK;
	if (!s->nread) {
		st = write_out(s, err);
		s->held_at = s->read = 0;
	}
	if (st == TRAWL_OK)
		st = take(s, sizeof(n), &at, err);
	if (st != TRAWL_OK)
		return st;
	memcpy(&n, at, sizeof(n));
	st = take(s, n, &at, err);
	if (st != TRAWL_OK)
		return st;
	buf_reset(out);
	buf_add(out, at, n);
	s->nread++;
	if (n > SPOOL_BUFFER) {
		empty(&s->buffer);
		s->held_at = s->read;
	}
	return out->failed ? fail_nomem(err) : TRAWL_OK;
}

enum trawl_status spool_empty(struct spool *s, struct trawl_error *err)
{
	if (ftruncate(s->fd, 0))
		return fail(err, TRAWL_IO, "cannot empty a file: %s",
			    strerror(errno));
	s->bytes = s->records = s->written = s->read = s->nread = 0;
	s->held_at = 0;
	buf_reset(&s->buffer);
	return TRAWL_OK;
}
