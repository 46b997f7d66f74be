/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Docids are compared as the eight bytes where they begin in a key, without
 * those behind the length of the one that is looked for: a sort-uint's first
 * byte says how long it is, and so the bytes behind a shorter one do not matter.
 * An item that looks like the one sought is compared as a whole: keys out of
 * order make it be missed, not another be found.
 */
#include "glass_series.h"

#include "glass_cache.h"
#include "glass_item.h"

#include <endian.h>
#include <limits.h>

enum {
	WORD = 8
};

/* What is looked for; an item's docid and it are equal when those bits are. */
struct want {
	uint64_t docid, mask;
	size_t len;
};

void glass_series_init(struct glass_series *s, struct glass_db *db,
		       enum glass_table_id table, const unsigned char *key,
		       size_t keylen)
{
	glass_cursor_init(&s->cursor, db, table);
	s->leaf = NULL;
	s->keylen = keylen;
	memcpy(s->key, key, keylen);
}

void glass_series_release(struct glass_series *s)
{
	s->leaf = NULL;
	glass_cursor_release(&s->cursor);
}

/* ---------------------------------------------------------- in the leaf -- */

/* Where a word would reach behind the block, or the key is too short. */
static uint64_t docid_of_edge(const unsigned char *item, size_t keylen)
{
	uint64_t v = 0;

	for (size_t i = 0; i < WORD; i++)
		v = v << 8 |
		    (keylen + i < item[2] ? item[ITEM_HEAD + keylen + i] : 0);
	return v;
}

static inline uint64_t docid_of(const struct glass_series *s, unsigned i)
{
	const struct glass_block *b = s->leaf;
	const unsigned char *item = glass_item_at(b->bytes, i);
	size_t at = (size_t)(item - b->bytes) + ITEM_HEAD + s->keylen;
	uint64_t v;

	if (at + sizeof(v) > b->size)
		return docid_of_edge(item, s->keylen);
	memcpy(&v, b->bytes + at, sizeof(v));
	return be64toh(v);
}

/* As glass_put_sort_uint() has it, without a way through memory. */
static struct want want_of(uint32_t docid)
{
	const unsigned len = docid < 1u << 15	? 2
			     : docid < 1u << 22 ? 3
			     : docid < 1u << 29 ? 4
						: 5;
	const uint64_t first[] = { 0, 0x80, 0xC0, 0xE0 };
	const unsigned rest = 8 * (WORD - len);

	return (struct want){ first[len - 2] << 56 | (uint64_t)docid << rest,
			      UINT64_MAX << rest, len };
}

/* Forward to the last item that is not above docid, or to one that is equal.
 * here: the docid where the cursor stands, which is not above. */
static void move_on(struct glass_series *s, const struct want *w)
{
	unsigned low = s->cursor.step[0].at, high = s->to + 1, step = 1;

	while (high - low > 1 && (s->here & w->mask) != w->docid) {
		const unsigned next =
			step < high - low ? low + step : (low + high) / 2;
		const uint64_t docid = docid_of(s, next);

		if ((docid & w->mask) > w->docid) {
			high = next;
			step = UINT_MAX;
		} else {
			low = next;
			s->here = docid;
			step = step < UINT_MAX / 2 ? 2 * step : step;
		}
	}
	s->cursor.step[0].at = low;
}

static bool is_of_series(const struct glass_series *s, unsigned i)
{
	const unsigned char *item = glass_item_at(s->leaf->bytes, i);

	return item[2] > s->keylen &&
	       !memcmp(item + ITEM_HEAD, s->key, s->keylen);
}

/* The last item of the leaf that is of the series: low is. */
static unsigned find_last(const struct glass_series *s, unsigned low)
{
	unsigned high = s->leaf->count;

	if (is_of_series(s, high - 1))
		return high - 1;
	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (is_of_series(s, middle))
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The cursor stands anew. */
static void look_at_leaf(struct glass_series *s)
{
	const unsigned at = s->cursor.step[0].at;

	s->leaf = s->cursor.step[0].block;
	if (is_of_series(s, at)) {
		s->to = find_last(s, at);
		s->last = docid_of(s, s->to);
		s->here = docid_of(s, at);
	} else {
		s->leaf = NULL;
	}
}

/* ------------------------------------------------------------- look-ups -- */

/* From the top. */
static bool seek(struct glass_series *s, uint32_t docid, struct glass_tag *out)
{
	struct glass_cursor *c = &s->cursor;
	const unsigned char *end =
		glass_put_sort_uint(s->key + s->keylen, docid);
	bool exact = false, ok;

	s->leaf = NULL;
	ok = glass_cursor_seek(c, s->key, (size_t)(end - s->key), &exact);
	if (ok && exact) {
		out->data = glass_cursor_tag(c, &out->len);
		out->room = out->len;
		ok = out->data;
	}
	if (!ok)
		return glass_db_status(c->db, NULL) == TRAWL_OK;
	look_at_leaf(s);
	return true;
}

/* Is the cursor's item, where it can be taken as it stands, the one sought? */
static bool take(struct glass_series *s, const struct want *w,
		 struct glass_tag *out)
{
	struct glass_cursor *c = &s->cursor;
	struct glass_component p;

	glass_leaf_item(s->leaf->bytes, c->step[0].at, &p);
	if ((p.flags & (ITEM_FIRST | ITEM_LAST | ITEM_DEFLATED)) !=
		    (ITEM_FIRST | ITEM_LAST) ||
	    p.keylen != s->keylen + w->len ||
	    memcmp(p.key, s->key, s->keylen) != 0)
		return false;
	c->key = p.key;
	c->keylen = p.keylen;
	out->data = p.data;
	out->len = p.len;
	out->room = (size_t)(s->leaf->bytes + s->leaf->size - p.data);
	return true;
}

bool glass_series_find(struct glass_series *s, uint32_t docid,
		       struct glass_tag *out)
{
	const struct want w = want_of(docid);

	*out = (struct glass_tag){ 0 };
	if (!s->leaf || (s->last & w.mask) < w.docid ||
	    (s->here & w.mask) > w.docid)
		return seek(s, docid, out);
	move_on(s, &w);
	return (s->here & w.mask) != w.docid || take(s, &w, out) ||
	       seek(s, docid, out);
}
