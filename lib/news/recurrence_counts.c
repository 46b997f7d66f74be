/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts of lines, kept from one run to the next.  Of each source:
 *
 *	{ varint gap, varint documents, varint counted, varint dated,
 *	  varint first day + 1, varint last day - first day } ...
 *
 * by ascending keys; gap: from the key before, of the first the key itself.
 */
#include "recurrence_parts.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	VARINT_MAX = 10,
	NUMBERS = 6,
	DAY_MAX = 4000000 /* after the year 9999 */
};

static void put(struct buf *out, uint64_t v)
{
	char bytes[VARINT_MAX];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		bytes[n++] = (char)(v | 0x80);
	bytes[n++] = (char)v;
	buf_add(out, bytes, n);
}

static bool get(const char **at, const char *end, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)*(*at)++;

		*v |= (uint64_t)(c & 0x7F) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

static bool get_count(const char **at, const char *end,
		      struct recurrence_count *c)
{
	uint64_t v[NUMBERS];

	for (size_t i = 0; i < NUMBERS; i++)
		if (!get(at, end, &v[i]))
			return false;
	if (!v[0] || v[1] > UINT32_MAX || v[2] > v[1] || v[3] > v[2] ||
	    v[4] > DAY_MAX || v[5] > DAY_MAX || v[0] > UINT64_MAX - c->key)
		return false;
	c->key += v[0];
	c->documents = (uint32_t)v[1];
	c->counted = (uint32_t)v[2];
	c->dated = (uint32_t)v[3];
	c->first = (int32_t)v[4] - 1;
	c->last = c->first + (int32_t)v[5];
	return true;
}

enum trawl_status recurrence_load(struct recurrence *r, uint64_t source,
				  const char *bytes, size_t len,
				  struct trawl_error *err)
{
	struct recurrence_count c = { 0 };
	const char *end = bytes + len;

	if (!recurrence_source(r, source, &c.source))
		return fail_nomem(err);
	while (bytes < end) {
		if (!get_count(&bytes, end, &c))
			return fail(err, TRAWL_CORRUPT,
				    "damaged counts of recurring lines: "
				    "rebuild the index");
		if (!recurrence_counts_add(&r->old, &c))
			return fail_nomem(err);
	}
	return TRAWL_OK;
}

/* Counts by source, those of one by their keys: order[of_source[i]] .. */
bool recurrence_counts_order(struct recurrence *r)
{
	size_t begin = 0;

	r->of_source = calloc(r->nsources + 2, sizeof(*r->of_source));
	r->order = calloc(r->now.n + 1, sizeof(*r->order));
	if (!r->of_source || !r->order)
		return false;
	for (size_t i = 0; i < r->now.n; i++)
		r->of_source[r->now.at[i].source + 2]++;
	for (size_t i = 2; i < r->nsources + 2; i++) {
		begin += r->of_source[i];
		r->of_source[i] = begin;
	}
	for (size_t i = 0; i < r->now.n; i++)
		r->order[r->of_source[r->now.at[i].source + 1]++] = (uint32_t)i;
	return true;
}

static size_t lines_of(const struct recurrence *r, size_t from, size_t to,
		       uint32_t least)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += r->now.at[r->order[i]].documents >= least;
	return n;
}

/* So many documents have a line at least that is kept: no more lines than
 * there is room for. */
static uint32_t least_kept(const struct recurrence *r, size_t from, size_t to)
{
	uint32_t least = 2;

	while (lines_of(r, from, to, least) > RECURRENCE_SAVED_MAX &&
	       least < UINT32_MAX / 2)
		least += 1 + least / 8;
	return least;
}

static void save_source(const struct recurrence *r, size_t from, size_t to,
			struct buf *out)
{
	uint32_t least = least_kept(r, from, to);
	uint64_t key = 0;

	for (size_t i = from; i < to; i++) {
		const struct recurrence_count *c = &r->now.at[r->order[i]];

		if (c->documents < least)
			continue;
		put(out, c->key - key);
		put(out, c->documents);
		put(out, c->counted);
		put(out, c->dated);
		put(out, (uint64_t)(c->first + 1));
		put(out, (uint64_t)(c->last - c->first));
		key = c->key;
	}
}

bool recurrence_save(const struct recurrence *r, size_t *at, uint64_t *source,
		     struct buf *out)
{
	while (r->of_source && *at < r->nsources) {
		size_t i = (*at)++;

		if (r->of_source[i] == r->of_source[i + 1])
			continue;
		*source = r->source[i];
		save_source(r, r->of_source[i], r->of_source[i + 1], out);
		return true;
	}
	return false;
}
