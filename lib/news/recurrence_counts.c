/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts of lines, kept from one run to the next.  Of each source:
 *
 *	varint first day of any line + 1 (0: none is dated), varint documents
 *	{ varint gap << 2 | KEPT_..., what follows by that } ...
 *
 * by ascending keys; gap: from the bits of the key before that tell lines
 * apart, of the first those themselves.  A line of one document is at most
 * KEPT_DATED, and its day follows, from the first day of all; of others:
 *
 *	varint documents, varint counted << 1 | prose, varint dated and, unless
 *	that is 0, varint first day, varint last day - first day
 */
#include "recurrence_parts.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	VARINT_MAX = 10,
	KEPT_BITS = 2,
	CHANCE_SHARE = 32, /* of what there is room for: left free */
	DAY_MAX = 4000000  /* after the year 9999 */
};

enum kept {
	KEPT_BARE,  /* one document, which has no text of its own */
	KEPT_OWN,   /* one document, which has */
	KEPT_DATED, /* and is dated */
	KEPT_MORE
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

static bool get_day(const char **at, const char *end, int64_t base,
		    int32_t *day)
{
	uint64_t v;

	if (!get(at, end, &v) || base < 0 || v > DAY_MAX ||
	    base + (int64_t)v > DAY_MAX)
		return false;
	*day = (int32_t)(base + (int64_t)v);
	return true;
}

static bool get_more(const char **at, const char *end, int64_t base,
		     struct recurrence_count *c)
{
	uint64_t documents, counted, dated;

	if (!get(at, end, &documents) || !get(at, end, &counted) ||
	    !get(at, end, &dated) || documents > UINT32_MAX ||
	    counted >> 1 > documents || dated > counted >> 1)
		return false;
	c->key |= counted & 1 ? RECURRENCE_PROSE : 0;
	c->documents = (uint32_t)documents;
	c->counted = (uint32_t)(counted >> 1);
	c->dated = (uint32_t)dated;
	return !dated || (get_day(at, end, base, &c->first) &&
			  get_day(at, end, c->first, &c->last));
}

/* line: of the one before. */
static bool get_count(const char **at, const char *end, int64_t base,
		      uint64_t *line, struct recurrence_count *c)
{
	uint64_t v;

	if (!get(at, end, &v) || !(v >> KEPT_BITS) ||
	    v >> KEPT_BITS >= (UINT64_C(1) << KEY_LINE_BITS) - *line)
		return false;
	*line += v >> KEPT_BITS;
	c->key = *line << KEY_LINE_SHIFT;
	c->first = c->last = -1;
	v &= (1 << KEPT_BITS) - 1;
	if (v == KEPT_MORE)
		return get_more(at, end, base, c);
	c->documents = 1;
	c->counted = v != KEPT_BARE;
	c->dated = v == KEPT_DATED;
	if (c->dated && !get_day(at, end, base, &c->first))
		return false;
	c->last = c->first;
	return true;
}

enum trawl_status recurrence_load(struct recurrence *r, uint64_t source,
				  const char *bytes, size_t len,
				  struct trawl_error *err)
{
	struct recurrence_count c = { 0 };
	const char *end = bytes + len;
	uint64_t base, pages, line = 0;

	if (!recurrence_source(r, source, &c.source))
		return fail_nomem(err);
	if (!get(&bytes, end, &base) || base > DAY_MAX ||
	    !get(&bytes, end, &pages) || pages > UINT32_MAX)
		goto damaged;
	r->pages[c.source] += pages;
	while (bytes < end) {
		if (!get_count(&bytes, end, (int64_t)base - 1, &line, &c))
			goto damaged;
		if (!recurrence_counts_add(&r->old, &c))
			return fail_nomem(err);
	}
	return TRAWL_OK;
damaged:
	return fail(err, TRAWL_CORRUPT,
		    "damaged counts of recurring lines: rebuild the index");
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

struct saving {
	const struct recurrence *r;
	size_t from, to; /* in r->order */
	uint32_t least;	 /* documents of a line that is kept */
	int32_t base;	 /* first day, or -1 */
	/* When there are too many lines of so few documents: those whose
	 * scrambled key is at most so much. */
	uint64_t salt, most;
};

static const struct recurrence_count *count_at(const struct saving *s, size_t i)
{
	return &s->r->now.at[s->r->order[i]];
}

static size_t lines_of(const struct saving *s, uint32_t least)
{
	size_t n = 0;

	for (size_t i = s->from; i < s->to; i++)
		n += count_at(s, i)->documents >= least;
	return n;
}

/*
 * So many documents have a line that is kept that there is room for all; of
 * those that few less have, a part is kept.  Which is another part each time, or
 * a line that does not fall to it would never be known.
 */
static void choose(struct saving *s)
{
	size_t kept = 0, room, n = lines_of(s, 1);

	s->least = 1;
	s->most = UINT64_MAX;
	if (n <= RECURRENCE_SAVED_MAX)
		return;
	for (size_t i = s->from; i < s->to; i++)
		s->salt += count_at(s, i)->key * count_at(s, i)->documents;
	for (uint32_t next = 1;; next += 1 + next / 8) {
		kept = lines_of(s, next + 1 + next / 8);
		s->least = next;
		if (kept <= RECURRENCE_SAVED_MAX || next > UINT32_MAX / 4)
			break;
		n = kept;
	}
	if (kept >= RECURRENCE_SAVED_MAX)
		return;
	/* Chance makes a few more or less of it. */
	room = RECURRENCE_SAVED_MAX - kept;
	room -= room / CHANCE_SHARE;
	s->most = UINT64_MAX / (n - kept) * room;
}

static bool is_kept(const struct saving *s, const struct recurrence_count *c)
{
	uint32_t above = s->least + 1 + s->least / 8;

	if (c->documents < s->least)
		return false;
	return c->documents >= above ||
	       recurrence_scramble(c->key ^ s->salt) <= s->most;
}

static void put_count(const struct saving *s, const struct recurrence_count *c,
		      uint64_t gap, struct buf *out)
{
	enum kept kept = c->dated     ? KEPT_DATED
			 : c->counted ? KEPT_OWN
				      : KEPT_BARE;
	bool prose = (c->key & KEY_WORDS_MAX) >= RECURRENCE_PROSE;

	if (c->documents > 1 || prose)
		kept = KEPT_MORE;
	put(out, gap << KEPT_BITS | kept);
	if (kept == KEPT_MORE) {
		put(out, c->documents);
		put(out, (uint64_t)c->counted << 1 | prose);
		put(out, c->dated);
	}
	if (c->dated)
		put(out, (uint64_t)(c->first - s->base));
	if (c->dated && kept == KEPT_MORE)
		put(out, (uint64_t)(c->last - c->first));
}

static void save_source(struct saving *s, uint64_t pages, struct buf *out)
{
	size_t n = 0;
	uint64_t line = 0;

	choose(s);
	s->base = -1;
	for (size_t i = s->from; i < s->to; i++) {
		int32_t first = count_at(s, i)->first;

		if (first >= 0 && (s->base < 0 || first < s->base))
			s->base = first;
	}
	put(out, (uint64_t)(s->base + 1));
	put(out, pages < UINT32_MAX ? pages : UINT32_MAX);
	for (size_t i = s->from; i < s->to; i++) {
		const struct recurrence_count *c = count_at(s, i);

		if (n == RECURRENCE_SAVED_MAX || !is_kept(s, c) ||
		    c->key >> KEY_LINE_SHIFT == line)
			continue;
		put_count(s, c, (c->key >> KEY_LINE_SHIFT) - line, out);
		line = c->key >> KEY_LINE_SHIFT;
		n++;
	}
}

bool recurrence_save(const struct recurrence *r, size_t *at, uint64_t *source,
		     struct buf *out)
{
	while (r->of_source && *at < r->nsources) {
		size_t i = (*at)++;
		struct saving s = { .r = r };

		s.from = r->of_source[i];
		s.to = r->of_source[i + 1];
		if (s.from == s.to)
			continue;
		*source = r->source[i];
		save_source(&s, r->pages[i], out);
		return true;
	}
	return false;
}
