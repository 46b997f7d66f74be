/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_chunks.h"

#include "status.h"

enum {
	VARINT32_MAX = 5,
	ENTRY_MAX = 2 * VARINT32_MAX,
	HEAD_MAX = 4 * VARINT32_MAX + 1
};

/* As many entries as there can be docids. */
static const size_t LIST_MAX = (size_t)ENTRY_MAX << 32;

void glass_chunks_init(struct glass_chunks *c)
{
	*c = (struct glass_chunks){ .bytes = BUF_INIT(LIST_MAX) };
}

void glass_chunks_release(struct glass_chunks *c)
{
	buf_release(&c->bytes);
	free(c->chunk);
	glass_chunks_init(c);
}

void glass_chunks_reset(struct glass_chunks *c)
{
	c->bytes.len = 0;
	c->n = c->full = 0;
	c->last = 0;
}

/* Room for n entries, each with a chunk of its own. */
static bool reserve(struct glass_chunks *c, size_t n)
{
	struct glass_chunk *grown;
	size_t want = 2 * (c->n + n);

	if (!buf_reserve(&c->bytes, n * (HEAD_MAX + ENTRY_MAX)))
		return false;
	if (c->n + n <= c->alloc)
		return true;
	grown = realloc(c->chunk, want * sizeof(*grown));
	if (!grown)
		return false;
	c->chunk = grown;
	c->alloc = want;
	return true;
}

static unsigned char *begin_chunk(struct glass_chunks *c, unsigned char *to,
				  uint32_t docid)
{
	size_t at;

	if (c->n)
		c->chunk[c->n - 1].last = c->last;
	to += HEAD_MAX;
	at = (size_t)(to - (unsigned char *)c->bytes.data);
	c->chunk[c->n++] = (struct glass_chunk){ .at = at, .first = docid };
	c->full = at + GLASS_CHUNK;
	return to;
}

enum trawl_status glass_chunks_add(struct glass_chunks *c,
				   const struct source_entry *entry, size_t n,
				   struct trawl_error *err)
{
	unsigned char *base, *to;

	if (!reserve(c, n))
		return fail_nomem(err);
	base = (unsigned char *)c->bytes.data;
	to = base + c->bytes.len;
	for (size_t i = 0; i < n; i++) {
		uint32_t docid = entry[i].docid;

		if (docid <= c->last)
			return fail(err, TRAWL_INTERNAL,
				    "document %u comes after %u in a list",
				    docid, c->last);
		if ((size_t)(to - base) >= c->full)
			to = begin_chunk(c, to, docid);
		else
			to = glass_put_varint(to, docid - c->last - 1);
		to = glass_put_varint(to, entry[i].n);
		c->last = docid;
	}
	c->bytes.len = (size_t)(to - base);
	return TRAWL_OK;
}

/* Chunk i with its head, which goes before its entries. */
static bool write_chunk(struct glass_chunks *c, size_t i, struct glass_table *t,
			const unsigned char *key, size_t keylen,
			uint32_t termfreq, uint32_t collfreq)
{
	const struct glass_chunk *chunk = &c->chunk[i];
	bool is_last = i + 1 == c->n;
	size_t end = is_last ? c->bytes.len : chunk[1].at - HEAD_MAX;
	unsigned char head[HEAD_MAX], *to = head;
	char *tag = c->bytes.data + chunk->at;

	if (!i) {
		to = glass_put_varint(to, termfreq);
		to = glass_put_varint(to, collfreq);
		to = glass_put_varint(to, chunk->first - 1);
	}
	*to++ = is_last ? '1' : '0';
	to = glass_put_varint(to, chunk->last - chunk->first);
	tag -= to - head;
	memcpy(tag, head, (size_t)(to - head));
	return glass_table_add(t, key, keylen, tag,
			       (size_t)(c->bytes.data + end - tag), false);
}

bool glass_chunks_write(struct glass_chunks *c, struct glass_table *t,
			struct glass_list_key *key, uint32_t termfreq,
			uint32_t collfreq)
{
	size_t keylen = key->first_len;

	if (c->n)
		c->chunk[c->n - 1].last = c->last;
	for (size_t i = 0; i < c->n; i++) {
		if (i)
			keylen = (size_t)(glass_put_sort_uint(
						  key->bytes + key->len,
						  c->chunk[i].first) -
					  key->bytes);
		if (!write_chunk(c, i, t, key->bytes, keylen, termfreq,
				 collfreq))
			return false;
	}
	return true;
}
