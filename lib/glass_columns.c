/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_columns.c - values and lengths, from the documents to their chunks
 *
 * A chunk of values that is full goes to the end of one spool for all slots,
 * and its slot remembers where.  The spool's end is in memory; what comes
 * before, once there is much, in a file.  No chunk is in both.
 */
#include "glass_postlist.h"

#include "buf.h"
#include "glass_chunks.h"
#include "scratch.h"
#include "status.h"

#include <errno.h>
#include <unistd.h>

enum {
	SPOOL_BUFFER = 256 << 10,
	CHUNK_MAX = VALUE_MAX + GLASS_CHUNK + 2 * GLASS_VARINT_MAX,
	KEY_MAX = 2 + GLASS_VARINT_MAX + GLASS_SORT_UINT_MAX
};

struct spool {
	char *dir;
	int fd;		  /* -1: not yet */
	uint64_t written; /* to the file */
	struct buf end;
};

struct value_chunk {
	uint64_t at;
	uint32_t len, first; /* docid */
};

/* The values of a slot. */
struct column {
	uint32_t slot, frequency;
	struct buf low, high; /* of all values */
	struct buf open;      /* chunk */
	uint32_t first, last; /* docids of it */
	struct value_chunk *chunk;
	size_t n, alloc;
};

struct columns {
	struct column *column; /* by slot */
	size_t n, alloc;
	struct spool spool;
	struct glass_chunks lengths;
	enum trawl_status st;
	struct trawl_error err;
};

static enum trawl_status fail_spool(struct trawl_error *err, const char *what,
				    const struct spool *s)
{
	int e = errno;

	return fail(err, e == ENOMEM ? TRAWL_NOMEM : TRAWL_IO,
		    "cannot %s a temporary file in %s: %s", what, s->dir,
		    strerror(e));
}

/* -------------------------------------------------------------- spool -- */

static enum trawl_status spool_flush(struct spool *s, struct trawl_error *err)
{
	if (s->fd < 0)
		s->fd = scratch_open(s->dir);
	if (s->fd < 0)
		return fail_spool(err, "make", s);
	if (!scratch_write(s->fd, s->end.data, s->end.len, s->written))
		return fail_spool(err, "write", s);
	s->written += s->end.len;
	buf_reset(&s->end);
	return TRAWL_OK;
}

static enum trawl_status spool_add(struct spool *s, const struct buf *bytes,
				   uint64_t *at, struct trawl_error *err)
{
	if (s->end.len && s->end.len + bytes->len > SPOOL_BUFFER) {
		enum trawl_status st = spool_flush(s, err);

		if (st != TRAWL_OK)
			return st;
	}
	*at = s->written + s->end.len;
	buf_add(&s->end, bytes->data, bytes->len);
	return s->end.failed ? fail_nomem(err) : TRAWL_OK;
}

/* *bytes: until the next call. */
static enum trawl_status spool_get(const struct spool *s,
				   const struct value_chunk *c,
				   struct buf *scratch, const char **bytes,
				   struct trawl_error *err)
{
	if (c->at >= s->written) {
		*bytes = s->end.data + (c->at - s->written);
		return TRAWL_OK;
	}
	buf_reset(scratch);
	if (!buf_reserve(scratch, c->len))
		return fail_nomem(err);
	if (!scratch_read(s->fd, scratch->data, c->len, c->at))
		return fail_spool(err, "read", s);
	*bytes = scratch->data;
	return TRAWL_OK;
}

/* ------------------------------------------------------------- columns -- */

enum trawl_status columns_new(const char *dir, struct columns **out,
			      struct trawl_error *err)
{
	struct columns *c = calloc(1, sizeof(*c));

	if (!c)
		return fail_nomem(err);
	glass_chunks_init(&c->lengths);
	buf_init(&c->spool.end, SPOOL_BUFFER + CHUNK_MAX);
	c->spool.fd = -1;
	c->spool.dir = strdup(dir);
	if (!c->spool.dir) {
		columns_free(c);
		return fail_nomem(err);
	}
	*out = c;
	return TRAWL_OK;
}

static void column_init(struct column *col, uint32_t slot)
{
	*col = (struct column){ .slot = slot };
	buf_init(&col->low, VALUE_MAX);
	buf_init(&col->high, VALUE_MAX);
	buf_init(&col->open, CHUNK_MAX);
}

static void column_release(struct column *col)
{
	buf_release(&col->low);
	buf_release(&col->high);
	buf_release(&col->open);
	free(col->chunk);
}

void columns_free(struct columns *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		column_release(&c->column[i]);
	free(c->column);
	glass_chunks_release(&c->lengths);
	buf_release(&c->spool.end);
	if (c->spool.fd >= 0)
		close(c->spool.fd);
	free(c->spool.dir);
	free(c);
}

static enum trawl_status insert_column(struct columns *c, size_t at,
				       uint32_t slot)
{
	if (c->n == COLUMN_SLOTS_MAX)
		return fail(&c->err, TRAWL_REFUSED,
			    "values in more than %d different slots: "
			    "use fewer",
			    COLUMN_SLOTS_MAX);
	if (c->n == c->alloc) {
		size_t want = c->alloc ? 2 * c->alloc : 16;
		struct column *grown =
			realloc(c->column, want * sizeof(*grown));

		if (!grown)
			return fail_nomem(&c->err);
		c->column = grown;
		c->alloc = want;
	}
	memmove(c->column + at + 1, c->column + at,
		(c->n - at) * sizeof(*c->column));
	column_init(&c->column[at], slot);
	c->n++;
	return TRAWL_OK;
}

/* At from or behind it, where it is, or is to be put. */
static size_t find_column(const struct columns *c, size_t from, uint32_t slot)
{
	size_t n = c->n;

	while (from < n) {
		size_t mid = from + (n - from) / 2;

		if (c->column[mid].slot < slot)
			from = mid + 1;
		else
			n = mid;
	}
	return from;
}

/* -------------------------------------------------------------- adding -- */

static enum trawl_status close_chunk(struct columns *c, struct column *col)
{
	struct value_chunk *chunk;
	enum trawl_status st;

	if (col->n == col->alloc) {
		size_t want = col->alloc ? 2 * col->alloc : 16;

		chunk = realloc(col->chunk, want * sizeof(*chunk));
		if (!chunk)
			return fail_nomem(&c->err);
		col->chunk = chunk;
		col->alloc = want;
	}
	chunk = &col->chunk[col->n++];
	chunk->first = col->first;
	chunk->len = (uint32_t)col->open.len;
	st = spool_add(&c->spool, &col->open, &chunk->at, &c->err);
	buf_reset(&col->open);
	return st;
}

static void put_value(struct column *col, uint32_t docid,
		      const struct xap_bytes *value)
{
	unsigned char head[2 * GLASS_VARINT_MAX], *to = head;

	if (col->open.len)
		to = glass_put_varint(to, docid - col->last - 1);
	else
		col->first = docid;
	to = glass_put_varint(to, value->len);
	buf_add(&col->open, head, (size_t)(to - head));
	buf_add(&col->open, value->data, value->len);
	col->last = docid;
}

static int compare(const struct xap_bytes *a, const struct buf *b)
{
	int order = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static void copy(struct buf *to, const struct xap_bytes *value)
{
	buf_reset(to);
	buf_add(to, value->data, value->len);
}

static void count_value(struct column *col, const struct xap_bytes *value)
{
	if (!col->frequency || compare(value, &col->low) < 0)
		copy(&col->low, value);
	if (!col->frequency || compare(value, &col->high) > 0)
		copy(&col->high, value);
	col->frequency++;
}

static enum trawl_status add_value(struct columns *c, struct column *col,
				   uint32_t docid,
				   const struct xap_bytes *value)
{
	if (col->frequency && docid <= col->last)
		return fail(&c->err, TRAWL_INTERNAL,
			    "document %u comes after %u in slot %u", docid,
			    col->last, col->slot);
	if (value->len > VALUE_MAX)
		return fail(&c->err, TRAWL_REFUSED,
			    "slot %u: a value of %zu bytes, the limit is %d",
			    col->slot, value->len, VALUE_MAX);
	put_value(col, docid, value);
	count_value(col, value);
	if (col->open.failed || col->low.failed || col->high.failed)
		return fail_nomem(&c->err);
	return col->open.len >= GLASS_CHUNK ? close_chunk(c, col) : TRAWL_OK;
}

/* at: as find_column() has it. */
static enum trawl_status add_at(struct columns *c, size_t at, uint32_t slot,
				uint32_t docid, const struct xap_bytes *value)
{
	enum trawl_status st = TRAWL_OK;

	if (at == c->n || c->column[at].slot != slot)
		st = insert_column(c, at, slot);
	return st == TRAWL_OK ? add_value(c, &c->column[at], docid, value) : st;
}

static enum trawl_status add_values(struct columns *c, uint32_t docid,
				    const struct xap_value *v, size_t n)
{
	enum trawl_status st = TRAWL_OK;
	size_t at = 0;

	for (size_t i = 0; st == TRAWL_OK && i < n; i++) {
		if (!v[i].value.len)
			continue;
		if (i && v[i].slot <= v[i - 1].slot)
			return fail(&c->err, TRAWL_INTERNAL,
				    "slot %u comes after %u", v[i].slot,
				    v[i - 1].slot);
		at = find_column(c, at, v[i].slot);
		st = add_at(c, at, v[i].slot, docid, &v[i].value);
	}
	return st;
}

bool columns_add_length(struct columns *c, uint32_t docid, uint32_t length)
{
	const struct source_entry entry = { .docid = docid, .n = length };

	if (c->st == TRAWL_OK)
		c->st = glass_chunks_add(&c->lengths, &entry, 1, &c->err);
	return c->st == TRAWL_OK;
}

bool columns_add_value(struct columns *c, uint32_t slot, uint32_t docid,
		       const struct xap_bytes *value)
{
	if (c->st == TRAWL_OK && value->len)
		c->st = add_at(c, find_column(c, 0, slot), slot, docid, value);
	return c->st == TRAWL_OK;
}

bool columns_add(struct columns *c, uint32_t docid, uint32_t length,
		 const struct xap_value *values, size_t n)
{
	if (columns_add_length(c, docid, length))
		c->st = add_values(c, docid, values, n);
	return c->st == TRAWL_OK;
}

/* ------------------------------------------------------------- writing -- */

/* What the keys of a column begin with: their order is that of bytes, not
 * that of slots. */
struct column_key {
	unsigned char bytes[KEY_MAX];
	size_t len;
	struct column *column;
};

static int by_key(const void *a, const void *b)
{
	const struct column_key *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->bytes, y->bytes, n);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void sort_keys(struct columns *c, struct column_key *keys,
		      unsigned char kind,
		      unsigned char *put_slot(unsigned char *to, uint64_t slot))
{
	for (size_t i = 0; i < c->n; i++) {
		struct column_key *k = &keys[i];

		k->column = &c->column[i];
		k->bytes[0] = 0x00;
		k->bytes[1] = kind;
		k->len = (size_t)(put_slot(k->bytes + 2, k->column->slot) -
				  k->bytes);
	}
	qsort(keys, c->n, sizeof(*keys), by_key);
}

static void put_statistics(struct buf *tag, const struct column *col)
{
	unsigned char head[2 * GLASS_VARINT_MAX], *to = head;

	buf_reset(tag);
	to = glass_put_varint(to, col->frequency);
	to = glass_put_varint(to, col->low.len);
	buf_add(tag, head, (size_t)(to - head));
	buf_add(tag, col->low.data, col->low.len);
	if (col->low.len != col->high.len ||
	    memcmp(col->low.data, col->high.data, col->low.len))
		buf_add(tag, col->high.data, col->high.len);
}

static enum trawl_status write_statistics(struct columns *c,
					  struct glass_table *t,
					  struct column_key *keys,
					  struct trawl_error *err)
{
	struct buf tag = BUF_INIT(2 * CHUNK_MAX);
	bool ok = true;

	sort_keys(c, keys, 0xD0, glass_put_last_uint);
	for (size_t i = 0; ok && i < c->n; i++) {
		put_statistics(&tag, keys[i].column);
		ok = !tag.failed &&
		     glass_table_add(t, keys[i].bytes, keys[i].len, tag.data,
				     tag.len, false);
	}
	ok = !tag.failed; /* the table's failure is its own */
	buf_release(&tag);
	return ok ? TRAWL_OK : fail_nomem(err);
}

static enum trawl_status write_column(const struct columns *c,
				      struct glass_table *t,
				      struct column_key *key,
				      struct buf *scratch,
				      struct trawl_error *err)
{
	const struct column *col = key->column;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < col->n; i++) {
		const char *tag = NULL;
		const unsigned char *end = glass_put_sort_uint(
			key->bytes + key->len, col->chunk[i].first);

		st = spool_get(&c->spool, &col->chunk[i], scratch, &tag, err);
		if (st == TRAWL_OK &&
		    !glass_table_add(t, key->bytes, (size_t)(end - key->bytes),
				     tag, col->chunk[i].len, false))
			break;
	}
	return st;
}

static enum trawl_status write_values(struct columns *c, struct glass_table *t,
				      struct column_key *keys,
				      struct trawl_error *err)
{
	struct buf scratch = BUF_INIT(CHUNK_MAX);
	enum trawl_status st = write_statistics(c, t, keys, err);

	sort_keys(c, keys, 0xD8, glass_put_varint);
	for (size_t i = 0; st == TRAWL_OK && i < c->n; i++)
		st = write_column(c, t, &keys[i], &scratch, err);
	buf_release(&scratch);
	return st;
}

static enum trawl_status close_chunks(struct columns *c)
{
	for (size_t i = 0; c->st == TRAWL_OK && i < c->n; i++)
		if (c->column[i].open.len)
			c->st = close_chunk(c, &c->column[i]);
	return c->st;
}

/* Like a term's, but that nobody counts them. */
static void write_lengths(struct columns *c, struct glass_table *t)
{
	struct glass_list_key key = {
		.bytes = { 0x00, 0xE0 },
		.first_len = 2,
		.len = 2,
	};

	glass_chunks_write(&c->lengths, t, &key, 0, 0);
}

enum trawl_status glass_postlist_columns(struct glass_table *t,
					 struct columns *c,
					 struct trawl_error *err)
{
	struct column_key *keys;
	enum trawl_status st;

	if (close_chunks(c) != TRAWL_OK)
		return fail(err, c->st, "%s", c->err.text);
	keys = calloc(c->n + 1, sizeof(*keys));
	if (!keys)
		return fail_nomem(err);
	st = write_values(c, t, keys, err);
	if (st == TRAWL_OK)
		write_lengths(c, t);
	free(keys);
	return st;
}
