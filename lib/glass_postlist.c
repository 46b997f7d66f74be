/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_postlist.h"

#include "glass_chunks.h"
#include "status.h"

enum trawl_status glass_postlist_metadata(struct glass_table *t,
					  const struct metadata_entry *entries,
					  size_t n, struct trawl_error *err)
{
	unsigned char key[2 + GLASS_TERM_MAX] = { 0x00, 0xC0 };

	for (size_t i = 0; i < n; i++) {
		const struct metadata_entry *e = &entries[i];

		if (!e->key.len || e->key.len > GLASS_TERM_MAX || !e->value.len)
			return fail(err, TRAWL_INVAL,
				    "metadata: a key has 1 to %d bytes, and "
				    "its value at least one",
				    GLASS_TERM_MAX);
		memcpy(key + 2, e->key.data, e->key.len);
		if (!glass_table_add(t, key, 2 + e->key.len, e->value.data,
				     e->value.len, false))
			return TRAWL_OK;
	}
	return TRAWL_OK;
}

/* ----------------------------------------------------------- postings -- */

/* The term at hand. */
struct list {
	struct glass_chunks chunks;
	struct glass_list_key key;
	uint64_t termfreq, collfreq;
	uint32_t wdf_max; /* of all terms */
};

static void count_batch(struct list *l, const struct source *s)
{
	for (size_t i = 0; i < s->n; i++) {
		l->collfreq += s->entry[i].n;
		if (s->entry[i].n > l->wdf_max)
			l->wdf_max = s->entry[i].n;
	}
	l->termfreq += s->n;
}

static enum trawl_status read_list(struct list *l, struct source *s,
				   struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	glass_chunks_reset(&l->chunks);
	l->termfreq = l->collfreq = 0;
	while (st == TRAWL_OK && source_fill(s)) {
		count_batch(l, s);
		st = glass_chunks_add(&l->chunks, s->entry, s->n, err);
	}
	if (st != TRAWL_OK || l->collfreq <= UINT32_MAX)
		return st;
	return fail(err, TRAWL_REFUSED,
		    "a term comes %llu times, the limit is 4,294,967,295: "
		    "divide the documents among several indexes",
		    (unsigned long long)l->collfreq);
}

/* The first chunk's key has no 00 behind the term. */
static enum trawl_status set_key(struct glass_list_key *key,
				 const struct xap_bytes *term,
				 struct trawl_error *err)
{
	if (!term->len || term->len > GLASS_TERM_MAX)
		return fail(err, TRAWL_INTERNAL,
			    "a term of %zu bytes, the limit is %d", term->len,
			    GLASS_TERM_MAX);
	key->len = (size_t)(glass_put_sort_str(key->bytes, term->data,
					       term->len, 1) -
			    key->bytes);
	key->first_len = key->len - 1;
	return TRAWL_OK;
}

static enum trawl_status write_lists(struct list *l, struct glass_table *t,
				     struct source *s, struct trawl_error *err)
{
	while (source_next_term(s)) {
		enum trawl_status st = set_key(&l->key, &s->term, err);

		if (st == TRAWL_OK)
			st = read_list(l, s, err);
		if (st != TRAWL_OK)
			return st;
		if (!glass_chunks_write(&l->chunks, t, &l->key,
					(uint32_t)l->termfreq,
					(uint32_t)l->collfreq))
			return TRAWL_OK;
	}
	return s->st == TRAWL_OK ? TRAWL_OK
				 : fail(err, s->st, "%s", s->err.text);
}

enum trawl_status glass_postlist_postings(struct glass_table *t,
					  struct source *postings,
					  uint32_t *wdf_max,
					  struct trawl_error *err)
{
	struct list l = { .wdf_max = 0 };
	enum trawl_status st;

	glass_chunks_init(&l.chunks);
	st = write_lists(&l, t, postings, err);
	glass_chunks_release(&l.chunks);
	*wdf_max = l.wdf_max;
	return st;
}
