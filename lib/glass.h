/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass.h - Xapian's database on disk: sizes and encodings
 *
 * The format is "glass" of Xapian 1.4, stamp 2016-03-14.  Written here: the
 * encodings that its tables share.  glass_table.h has the B-tree that they are
 * all kept in, glass_version.h the file that names their roots, and
 * glass_postlist.h, glass_position.h and glass_termlist.h what is in them.
 *
 *	varint     7 bits a byte, least significant first, bit 7 on all but
 *	           the last
 *	last-uint  little-endian bytes without zeros at the end; 0 is empty
 *	sort-uint  big-endian with its length in the first byte, so that byte
 *	           order is the order of the numbers
 *	sort-str   bytes, each 00 followed by FF; a 00 at the end, unless it is
 *	           the end of the key
 */
#ifndef LIB_GLASS_H
#define LIB_GLASS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	GLASS_BLOCK = 8192,
	GLASS_KEY_MAX = 255,
	GLASS_TERM_MAX = 245, /* bytes of a term in a key; each NUL is two */
	GLASS_CHUNK = 2000,   /* bytes at which a chunk is closed */
	GLASS_VARINT_MAX = 10,
	GLASS_SORT_UINT_MAX = 5
};

/* Each writes at to and returns the end of what it wrote. */
static inline unsigned char *glass_put_varint(unsigned char *to, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*to++ = (unsigned char)(v | 0x80);
	*to++ = (unsigned char)v;
	return to;
}

static inline unsigned char *glass_put_last_uint(unsigned char *to, uint64_t v)
{
	for (; v; v >>= 8)
		*to++ = (unsigned char)v;
	return to;
}

static inline unsigned char *glass_put_sort_uint(unsigned char *to, uint32_t v)
{
	if (v < 1u << 15) {
		*to++ = (unsigned char)(v >> 8);
	} else if (v < 1u << 22) {
		*to++ = (unsigned char)(v >> 16 | 0x80);
		*to++ = (unsigned char)(v >> 8);
	} else if (v < 1u << 29) {
		*to++ = (unsigned char)(v >> 24 | 0xC0);
		*to++ = (unsigned char)(v >> 16);
		*to++ = (unsigned char)(v >> 8);
	} else {
		*to++ = 0xE0;
		*to++ = (unsigned char)(v >> 24);
		*to++ = (unsigned char)(v >> 16);
		*to++ = (unsigned char)(v >> 8);
	}
	*to++ = (unsigned char)v;
	return to;
}

/* At most 2 * len + 1 bytes; end: with the 00 behind. */
static inline unsigned char *
glass_put_sort_str(unsigned char *to, const char *s, size_t len, int end)
{
	if (!memchr(s, 0, len)) {
		memcpy(to, s, len);
		to += len;
	} else {
		for (size_t i = 0; i < len; i++) {
			*to++ = (unsigned char)s[i];
			if (!s[i])
				*to++ = 0xFF;
		}
	}
	if (end)
		*to++ = 0;
	return to;
}

/* Reading: each returns the byte behind what it read, or NULL when there is
 * no such thing between at and end. */
static inline const unsigned char *
glass_get_varint(const unsigned char *at, const unsigned char *end, uint64_t *v)
{
	unsigned shift = 0;

	for (*v = 0; at < end && shift < 64; shift += 7) {
		*v |= (uint64_t)(*at & 0x7F) << shift;
		if (!(*at++ & 0x80))
			return at;
	}
	return NULL;
}

const unsigned char *glass_get_sort_uint(const unsigned char *at,
					 const unsigned char *end, uint32_t *v);
/* Copies the bytes, without what was put in, to out (of end - at bytes);
 * *last: it went to the end of the key, without a 00. */
const unsigned char *glass_get_sort_str(const unsigned char *at,
					const unsigned char *end, char *out,
					size_t *len, int *last);

#endif
