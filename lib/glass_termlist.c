/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_termlist.h"

#include "buf.h"

#include <endian.h>

enum {
	VARINT32_MAX = 5,
	OVERRUN = 8, /* bytes that put_rest() may write more */
	SUM_MAX = 255
};

/* 8 bytes, the first the lowest. */
static inline uint64_t load(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline void store(unsigned char *to, uint64_t v)
{
	v = htole64(v);
	memcpy(to, &v, sizeof(v));
}

/* Bytes that a and b begin with alike. */
static inline size_t shared_prefix(const struct xap_bytes *a,
				   const struct xap_bytes *b)
{
	size_t n = a->len < b->len ? a->len : b->len;

	for (size_t i = 0; i < n; i += 8) {
		/* They differ at the latest where one ends. */
		uint64_t end = n - i < 8 ? (uint64_t)1 << 8 * (n - i) : 0;
		uint64_t differ = (load(a->data + i) ^ load(b->data + i)) | end;

		if (differ)
			return i + (size_t)__builtin_ctzll(differ) / 8;
	}
	return n;
}

/* A term from byte at on; up to 7 bytes behind it are written over. */
static inline unsigned char *put_rest(unsigned char *to,
				      const struct xap_bytes *term, size_t at)
{
	size_t word = at & ~(size_t)7;
	unsigned char *end = to + term->len - at;

	store(to, load(term->data + word) >> 8 * (at - word));
	to += 8 - (at - word);
	while (to < end) {
		word += 8;
		store(to, load(term->data + word));
		to += 8;
	}
	return end;
}

static unsigned char *put_first(unsigned char *to, const struct xap_posting *p)
{
	*to++ = (unsigned char)p->term.len;
	to = put_rest(to, &p->term, 0);
	return glass_put_varint(to, p->wdf);
}

/* p: one that has another before it. */
static inline unsigned char *put_next(unsigned char *to,
				      const struct xap_posting *p)
{
	const struct xap_bytes *before = &p[-1].term;
	size_t shared = shared_prefix(before, &p->term);
	uint64_t sum = ((uint64_t)p->wdf + 1) * (before->len + 1) + shared;
	bool fits = sum <= SUM_MAX; /* so wdf is below 127 */

	*to++ = (unsigned char)(fits ? sum : shared);
	*to++ = (unsigned char)(p->term.len - shared);
	to = put_rest(to, &p->term, shared);
	return fits ? to : glass_put_varint(to, p->wdf);
}

/* Both of all terms; and terms are on their way from memory when they are
 * read. */
static size_t measure(const struct xap_posting *p, size_t n, uint64_t *length)
{
	size_t room = 2 * VARINT32_MAX + OVERRUN;

	*length = 0;
	for (size_t i = 0; i < n; i++) {
		__builtin_prefetch(p[i].term.data);
		*length += p[i].wdf;
		room += 2 + p[i].term.len + VARINT32_MAX;
	}
	return room;
}

bool glass_put_termlist(struct buf *out, const struct xap_posting *p, size_t n,
			uint32_t *length)
{
	uint64_t sum;
	size_t room = measure(p, n, &sum);
	unsigned char *to;

	*length = (uint32_t)sum;
	if (!n)
		return true;
	if (sum > UINT32_MAX || !buf_reserve(out, room))
		return false;
	to = (unsigned char *)out->data + out->len;
	to = glass_put_varint(to, sum);
	to = glass_put_varint(to, n);
	to = put_first(to, p);
	for (size_t i = 1; i < n; i++)
		to = put_next(to, &p[i]);
	buf_truncate(out, (size_t)(to - (unsigned char *)out->data));
	return true;
}

void glass_put_slots(struct buf *out, const struct xap_value *values, size_t n)
{
	uint32_t next = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char gap[VARINT32_MAX];

		if (!values[i].value.len)
			continue;
		buf_add(out, gap,
			(size_t)(glass_put_varint(gap, values[i].slot - next) -
				 gap));
		next = values[i].slot + 1;
	}
}
