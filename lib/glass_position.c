/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_position.h"

#include "status.h"

#include <endian.h>

enum {
	DEPTH_MAX = 32 /* halvings of a list of at most 2^32 */
};

/* Fewer than 8 bits wait in acc between any two calls. */
struct bits {
	unsigned char *to;
	uint64_t acc;
	unsigned n;
};

/* n: at most 32.  Up to 8 bytes at to are written over. */
static inline void put_bits(struct bits *b, uint64_t v, unsigned n)
{
	uint64_t out;

	b->acc |= v << b->n;
	b->n += n;
	out = htole64(b->acc);
	memcpy(b->to, &out, sizeof(out));
	b->to += b->n / 8;
	b->acc >>= b->n & ~7u;
	b->n &= 7;
}

/*
 * enc(v, m), m >= 2.  top is the highest bit of m - 1.  The bits below it are
 * enough when they are m - top or more: with top v would not be below m.
 */
static inline void put_below(struct bits *b, uint32_t v, uint32_t m)
{
	unsigned bits = 32 - (unsigned)__builtin_clz(m - 1);
	uint32_t top = 1u << (bits - 1);

	put_bits(b, v, bits - (v - (m - top) < top - (m - top)));
}

/*
 * What is between the first and the last of n: the middle one, then what is
 * left of it, then what is right.  Of a range without gaps nothing is told.
 */
static void put_inner(struct bits *out, const uint32_t *pos, size_t n)
{
	struct bits b = *out; /* in registers */
	size_t right[DEPTH_MAX], depth = 0;
	size_t lo = 0, hi = n - 1;

	for (;;) {
		uint32_t spare = pos[hi] - pos[lo] - (uint32_t)(hi - lo);

		if (hi - lo > 1 && spare) {
			size_t mid = lo + (hi - lo) / 2;

			put_below(&b, pos[mid] - pos[lo] - (uint32_t)(mid - lo),
				  spare + 1);
			right[depth++] = hi;
			hi = mid;
		} else if (depth) {
			lo = hi;
			hi = right[--depth];
		} else {
			break;
		}
	}
	*out = b;
}

static unsigned char *put_many(unsigned char *to, const uint32_t *pos, size_t n)
{
	struct bits b = { .to = to };
	uint32_t first = pos[0], last = pos[n - 1];

	put_below(&b, first, last);
	if (last - first > 1)
		put_below(&b, (uint32_t)n - 2, last - first);
	if (n > 2)
		put_inner(&b, pos, n);
	return b.to + (b.n > 0);
}

unsigned char *glass_put_positions(unsigned char *to, const uint32_t *positions,
				   size_t n)
{
	to = glass_put_varint(to, positions[n - 1]);
	return n == 1 ? to : put_many(to, positions, n);
}

/* ---------------------------------------------------------- the table -- */

/* False when the table failed. */
static bool write_batch(struct glass_table *t, const struct source *s,
			unsigned char *key, size_t termlen)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct source_entry *e = &s->entry[i];
		unsigned char *end =
			glass_put_sort_uint(key + termlen, e->docid);

		if (!glass_table_add(t, key, (size_t)(end - key), e->tag, e->n,
				     false))
			return false;
	}
	return true;
}

enum trawl_status glass_position_write(struct glass_table *t,
				       struct source *positions,
				       struct trawl_error *err)
{
	unsigned char key[2 * GLASS_TERM_MAX + 1 + GLASS_SORT_UINT_MAX];
	struct source *s = positions;

	while (source_next_term(s)) {
		size_t len;

		if (s->term.len > GLASS_TERM_MAX)
			return fail(err, TRAWL_INTERNAL,
				    "a term of %zu bytes, the limit is %d",
				    s->term.len, GLASS_TERM_MAX);
		len = (size_t)(glass_put_sort_str(key, s->term.data,
						  s->term.len, 1) -
			       key);
		while (source_fill(s))
			if (!write_batch(t, s, key, len))
				return TRAWL_OK;
	}
	return s->st == TRAWL_OK ? TRAWL_OK
				 : fail(err, s->st, "%s", s->err.text);
}
