/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where Xapian's reader fails.  It gives inflate() one component after the
 * other, and room for STEP bytes until the component's input is used up.  So
 * the end is lost when the room is just full while the input has been taken:
 * what its last byte alone brings (a match and more, up to some 1,000 bytes)
 * is pending then.  In most streams that byte brings nothing but the end of
 * the block, and there is no such place.
 *
 * Steps are counted from where a component begins.  That is known for a tag of
 * one item; longer ones are cut anew by every compaction, and must be safe
 * wherever the cuts are.
 */
#include "glass_deflate.h"

#include "buf.h"

#define ZLIB_CONST
#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	TAG_MIN = 19,
	STEP = 8192,
	ONE_ITEM = 1785, /* bytes that are one item under every key */
	SCRATCH = 32768,
	RAW = -15 /* zlib: a window of 32 KiB and no header */
};

struct glass_deflater {
	struct libdeflate_compressor *compressor;
	z_stream reader;
	unsigned char scratch[SCRATCH];
};

struct glass_deflater *glass_deflater_new(int level)
{
	struct glass_deflater *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->compressor = libdeflate_alloc_compressor(level);
	if (!d->compressor || inflateInit2(&d->reader, RAW) != Z_OK) {
		glass_deflater_free(d);
		return NULL;
	}
	return d;
}

void glass_deflater_free(struct glass_deflater *d)
{
	if (!d)
		return;
	inflateEnd(&d->reader);
	libdeflate_free_compressor(d->compressor);
	free(d);
}

/* Bytes that inflating the first n brings; len + 1 when it fails. */
static size_t inflated(struct glass_deflater *d, const char *deflated, size_t n,
		       size_t len)
{
	z_stream *z = &d->reader;
	int e = inflateReset(z);

	z->next_in = (const unsigned char *)deflated;
	z->avail_in = (uInt)n;
	do {
		z->next_out = d->scratch;
		z->avail_out = SCRATCH;
		if (e == Z_OK)
			e = inflate(z, Z_SYNC_FLUSH);
	} while (e == Z_OK && !z->avail_out);
	return e == Z_OK || e == Z_BUF_ERROR ? z->total_out : len + 1;
}

static bool can_be_read(struct glass_deflater *d, const char *deflated,
			size_t n, size_t len)
{
	size_t before, step = len % STEP;

	if (len <= STEP)
		return true;
	before = inflated(d, deflated, n - 1, len);
	if (before >= len)
		return before == len;
	return n <= ONE_ITEM && (!step || len - step < before);
}

bool glass_deflate(struct glass_deflater *d, const void *tag, size_t len,
		   struct buf *out)
{
	size_t n;

	buf_reset(out);
	if (len < TAG_MIN || len > UINT32_MAX || !buf_reserve(out, len))
		return false;
	n = libdeflate_deflate_compress(d->compressor, tag, len, out->data,
					len - 1);
	if (!n || !can_be_read(d, out->data, n, len))
		return false;
	out->data[n] = '\0';
	out->len = n;
	return true;
}
