/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * column.c - windows of lengths and of values, read when they are wanted
 *
 * A slot's values are in chunks, each a row of documents; nothing but the key
 * of the next chunk says where one ends.
 */
#include "column.h"

#include <stdlib.h>
#include <string.h>

enum {
	HEAD = 8, /* bytes of a value */
	KEY_ROOM = 2 + GLASS_VARINT_MAX + GLASS_SORT_UINT_MAX
};

/* Where a slot is read: at a document's value, in a chunk. */
struct reader {
	struct glass_cursor cursor;
	unsigned char key[KEY_ROOM]; /* what those of the slot begin with */
	size_t keylen;
	bool open;		       /* there is a chunk */
	const unsigned char *at, *end; /* what follows the value */
	uint32_t docid;
	struct xap_bytes value;
};

struct column {
	struct glass_db *db;
	void **window;
	size_t n, window_size;
	void *nothing; /* the window of those that have nothing */
	size_t bytes;

	/* Lengths: the list stands in front of the window of that base, or is
	 * not open. */
	struct posting_list list;
	bool open;
	uint32_t next;

	struct reader values;
};

static bool corrupt(struct column *c, const char *what)
{
	c->values.open = false;
	return glass_db_corrupt(c->db, GLASS_POSTLIST, what);
}

static bool failed(const struct column *c)
{
	return glass_db_status(c->db, NULL) != TRAWL_OK;
}

/* ------------------------------------------------------------- windows -- */

static struct column *column_new(struct glass_db *db, size_t window_size)
{
	struct column *c = calloc(1, sizeof(*c));

	if (c) {
		c->db = db;
		c->window_size = window_size;
		c->n = glass_db_version(db)->last_docid / COLUMN_WINDOW + 1;
		c->window = calloc(c->n, sizeof(*c->window));
		c->nothing = calloc(1, window_size);
		c->bytes = sizeof(*c) + c->n * sizeof(*c->window) + window_size;
		glass_cursor_init(&c->values.cursor, db, GLASS_POSTLIST);
	}
	if (!c || !c->window || !c->nothing) {
		column_free(c);
		glass_db_nomem(db);
		return NULL;
	}
	return c;
}

static void close_list(struct column *c)
{
	if (c->open)
		posting_list_close(&c->list);
	c->open = false;
}

void column_free(struct column *c)
{
	if (!c)
		return;
	for (size_t i = 0; c->window && i < c->n; i++)
		if (c->window[i] != c->nothing)
			free(c->window[i]);
	close_list(c);
	glass_cursor_release(&c->values.cursor);
	free(c->window);
	free(c->nothing);
	free(c);
}

size_t column_bytes(const struct column *c)
{
	return c->bytes;
}

/* The window of base, filled when it is not yet there; NULL: a failure. */
static const void *window_at(struct column *c, uint32_t base,
			     bool fill(struct column *c, uint32_t base,
				       void *window, bool *any))
{
	size_t i = base / COLUMN_WINDOW;
	bool any = false;
	void *window;

	if (i >= c->n)
		return c->nothing;
	if (c->window[i])
		return c->window[i];
	window = calloc(1, c->window_size);
	if (!window) {
		glass_db_nomem(c->db);
		return NULL;
	}
	if (!fill(c, (uint32_t)i * COLUMN_WINDOW, window, &any)) {
		free(window);
		return NULL;
	}
	if (!any) {
		free(window);
		window = c->nothing;
	}
	c->bytes += any ? c->window_size : 0;
	return c->window[i] = window;
}

/* The docid behind a window. */
static uint32_t window_end(uint32_t base)
{
	return base > UINT32_MAX - COLUMN_WINDOW ? UINT32_MAX
						 : base + COLUMN_WINDOW;
}

/* ------------------------------------------------------------- lengths -- */

struct column *column_lengths(struct glass_db *db)
{
	return column_new(db, COLUMN_WINDOW * sizeof(uint32_t));
}

/* The list goes forward only. */
static bool go_to(struct column *c, uint32_t base)
{
	if (c->next > base)
		close_list(c);
	if (!c->open) {
		c->open = true;
		if (!posting_list_open_lengths(&c->list, c->db))
			return false;
	}
	c->next = window_end(base);
	return posting_list_skip(&c->list, base);
}

static bool fill_lengths(struct column *c, uint32_t base, void *window,
			 bool *any)
{
	uint32_t docid[COLUMN_WINDOW], wdf[COLUMN_WINDOW], *length = window;
	size_t n = 0;

	if (go_to(c, base))
		n = posting_list_read(&c->list, c->next, docid, wdf);
	if (failed(c)) {
		close_list(c);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		length[docid[i] - base] = wdf[i];
	*any = n > 0;
	return true;
}

const uint32_t *column_lengths_at(struct column *c, uint32_t base)
{
	return window_at(c, base, fill_lengths);
}

/* -------------------------------------------------------------- reader -- */

static bool get_value(struct column *c)
{
	struct reader *r = &c->values;
	uint64_t len;

	r->at = glass_get_varint(r->at, r->end, &len);
	if (!r->at || len > (size_t)(r->end - r->at))
		return corrupt(c, "a value is cut");
	r->value = (struct xap_bytes){ (const char *)r->at, (size_t)len };
	r->at += len;
	return true;
}

/* The chunk at the cursor, if it is the slot's; its first value. */
static bool open_chunk(struct column *c, uint32_t above)
{
	struct reader *r = &c->values;
	const unsigned char *key = r->cursor.key + r->keylen;
	const unsigned char *end = r->cursor.key + r->cursor.keylen;
	size_t len;

	r->open = false;
	if (r->cursor.keylen < r->keylen ||
	    memcmp(r->cursor.key, r->key, r->keylen) != 0)
		return true;
	if (glass_get_sort_uint(key, end, &r->docid) != end ||
	    r->docid <= above || r->docid > glass_db_version(c->db)->last_docid)
		return corrupt(c, "a key of values has no document");
	r->at = r->end = glass_cursor_tag(&r->cursor, &len);
	if (!r->at)
		return false;
	r->end += len;
	r->open = true;
	return get_value(c);
}

static bool next_chunk(struct column *c, uint32_t above)
{
	if (glass_cursor_next(&c->values.cursor))
		return open_chunk(c, above);
	c->values.open = false;
	return !failed(c);
}

/* The next value of the chunk; *end: there is none. */
static bool next_value(struct column *c, bool *end)
{
	struct reader *r = &c->values;
	uint64_t gap;

	*end = r->at == r->end;
	if (*end)
		return true;
	r->at = glass_get_varint(r->at, r->end, &gap);
	if (!r->at || gap >= glass_db_version(c->db)->last_docid - r->docid)
		return corrupt(c, "a value's document is none");
	r->docid += (uint32_t)gap + 1;
	return get_value(c);
}

/* To the last chunk that begins at docid or before it; if there is none, to
 * the first behind it. */
static bool seek_chunk(struct column *c, uint32_t docid)
{
	struct reader *r = &c->values;
	size_t len = (size_t)(glass_put_sort_uint(r->key + r->keylen, docid) -
			      r->key);
	bool exact;

	r->open = false;
	if (glass_cursor_seek(&r->cursor, r->key, len, &exact)) {
		if (!open_chunk(c, 0))
			return false;
		if (r->open)
			return true;
	}
	return !failed(c) && next_chunk(c, 0);
}

/* Within the chunk, to the first value at docid or behind it. */
static bool scan(struct column *c, uint32_t docid, bool *end)
{
	*end = false;
	while (!*end && c->values.docid < docid)
		if (!next_value(c, end))
			return false;
	return true;
}

/* -------------------------------------------------------------- values -- */

struct column *column_values(struct glass_db *db, uint32_t slot)
{
	struct column *c = column_new(db, (COLUMN_WINDOW + COLUMN_WORDS) *
						  sizeof(uint64_t));
	unsigned char *end;

	if (!c)
		return NULL;
	c->values.key[0] = 0x00;
	c->values.key[1] = 0xD8;
	end = glass_put_varint(c->values.key + 2, slot);
	c->values.keylen = (size_t)(end - c->values.key);
	return c;
}

static uint64_t head_of(const struct xap_bytes *value)
{
	uint64_t head = 0;

	for (size_t i = 0; i < HEAD; i++) {
		head <<= 8;
		if (i < value->len)
			head |= (unsigned char)value->data[i];
	}
	return head;
}

static void keep_value(const struct reader *r, uint32_t base, uint64_t *window)
{
	uint32_t i = r->docid - base;

	if (!r->value.len)
		return;
	window[i / 64] |= UINT64_C(1) << i % 64;
	window[COLUMN_WORDS + i] = head_of(&r->value);
}

static bool fill_values(struct column *c, uint32_t base, void *window,
			bool *any)
{
	struct reader *r = &c->values;
	uint64_t stop = (uint64_t)base + COLUMN_WINDOW;
	bool end;

	if (!seek_chunk(c, base) || (r->open && !scan(c, base, &end)))
		return false;
	while (r->open && r->docid < stop) {
		if (r->docid >= base) {
			keep_value(r, base, window);
			*any = true;
		}
		if (!next_value(c, &end) || (end && !next_chunk(c, r->docid)))
			return false;
	}
	return true;
}

bool column_values_at(struct column *c, uint32_t base,
		      struct column_values *out)
{
	const uint64_t *window = window_at(c, base, fill_values);

	if (!window)
		return false;
	out->has = window;
	out->head = window + COLUMN_WORDS;
	return true;
}

bool column_value(struct column *c, uint32_t docid, struct xap_bytes *out)
{
	struct reader *r = &c->values;
	bool end = true;

	*out = (struct xap_bytes){ "", 0 };
	if (r->open && r->docid <= docid && !scan(c, docid, &end))
		return false;
	if (end &&
	    (!seek_chunk(c, docid) || (r->open && !scan(c, docid, &end))))
		return false;
	if (r->open && r->docid == docid)
		*out = r->value;
	return true;
}
