/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder.c - what a build does in the order of the documents: docids, data,
 * term lists, values, lengths, metadata
 */
#include "builder_parts.h"

#include "glass_termlist.h"
#include "status.h"

enum {
	KEY_MAX = GLASS_SORT_UINT_MAX + 1,
	SLOTS_MAX = 1 << 16, /* bytes of a document's list of slots */
	METADATA_VALUE_MAX = 64 << 20
};

static enum trawl_status open_tables(struct builder *b, struct trawl_error *err)
{
	enum trawl_status st;

	st = glass_table_new(b->path, glass_table_names[GLASS_DOCDATA], false,
			     &b->docdata, err);
	if (st == TRAWL_OK)
		st = glass_table_new(b->path, glass_table_names[GLASS_TERMLIST],
				     true, &b->termlist, err);
	return st == TRAWL_OK ? columns_new(b->path, &b->columns, err) : st;
}

enum trawl_status builder_new(const struct builder_options *options,
			      struct builder **out, struct trawl_error *err)
{
	struct builder *b = calloc(1, sizeof(*b));
	enum trawl_status st;

	if (!b)
		return fail_nomem(err);
	b->options = *options;
	b->path = strdup(options->path);
	b->options.path = b->path;
	if (options->first_docid)
		b->version.last_docid = options->first_docid - 1;
	if (options->reproducible)
		b->content = XXH3_createState();
	pthread_mutex_init(&b->lock, NULL);
	terms_init(&b->metadata.keys);
	builder_synonyms_init(&b->synonyms);
	buf_init(&b->key, KEY_MAX);
	buf_init(&b->slots, SLOTS_MAX);
	st = b->path && (b->content || !options->reproducible)
		     ? open_tables(b, err)
		     : fail_nomem(err);
	if (st != TRAWL_OK) {
		builder_free(b);
		return st;
	}
	if (b->content)
		XXH3_128bits_reset(b->content);
	*out = b;
	return TRAWL_OK;
}

static void metadata_release(struct builder_metadata *m)
{
	for (size_t i = 0; i < m->n; i++)
		buf_release(&m->value[i]);
	free(m->value);
	terms_release(&m->keys);
}

void builder_free(struct builder *b)
{
	if (!b)
		return;
	builder_ahead_free(b);
	builder_shares_free(b);
	glass_table_free(b->docdata);
	glass_table_free(b->termlist);
	columns_free(b->columns);
	metadata_release(&b->metadata);
	builder_synonyms_release(&b->synonyms);
	buf_release(&b->key);
	buf_release(&b->slots);
	XXH3_freeState(b->content);
	pthread_mutex_destroy(&b->lock);
	free(b->docids);
	free(b->path);
	free(b);
}

/* -------------------------------------------------------------- putting -- */

bool builder_reserve_tickets(struct builder *b, size_t n)
{
	size_t want = b->docids_alloc ? b->docids_alloc : 4096;
	uint32_t *grown;

	if (n <= b->docids_alloc)
		return true;
	while (want < n)
		want *= 2;
	grown = realloc(b->docids, want * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + b->docids_alloc, 0,
	       (want - b->docids_alloc) * sizeof(*grown));
	b->docids = grown;
	b->docids_alloc = want;
	return true;
}

/* Why a table takes no more. */
static enum trawl_status table_failed(struct glass_table *t,
				      struct trawl_error *err)
{
	struct glass_root root;
	enum trawl_status st = glass_table_finish(t, false, &root, err);

	return st != TRAWL_OK ? st
			      : fail(err, TRAWL_INTERNAL, "a table failed");
}

static enum trawl_status add_data(struct builder *b, const struct built *built,
				  const unsigned char *key, size_t keylen,
				  struct trawl_error *err)
{
	if (!built->data_len ||
	    glass_table_add(b->docdata, key, keylen, built->bytes,
			    built->data_len, built->data_deflated))
		return TRAWL_OK;
	return table_failed(b->docdata, err);
}

/* The term list, and behind it the slots that are used. */
static enum trawl_status add_terms(struct builder *b, const struct built *built,
				   unsigned char *key, size_t keylen,
				   const struct xap_value *values, size_t n,
				   struct trawl_error *err)
{
	bool ok = glass_table_add(b->termlist, key, keylen,
				  built->bytes + built->data_len,
				  built->terms_len, built->terms_deflated);

	if (ok && n) {
		buf_reset(&b->slots);
		glass_put_slots(&b->slots, values, n);
		if (b->slots.failed)
			return fail_nomem(err);
		key[keylen++] = 0;
		ok = !b->slots.len ||
		     glass_table_add(b->termlist, key, keylen, b->slots.data,
				     b->slots.len, false);
	}
	return ok ? TRAWL_OK : table_failed(b->termlist, err);
}

static void count(struct builder *b, uint32_t docid, uint32_t length)
{
	struct glass_version *v = &b->version;

	v->documents++;
	v->last_docid = docid;
	v->total_length += length;
	if (length > v->length_max)
		v->length_max = length;
	if (length && (!v->length_min || length < v->length_min))
		v->length_min = length;
}

static void hash(struct builder *b, const struct built *built,
		 const struct xap_value *values, size_t n)
{
	if (!b->content)
		return;
	XXH3_128bits_update(b->content, built->bytes,
			    built->data_len + built->terms_len);
	for (size_t i = 0; i < n; i++)
		XXH3_128bits_update(b->content, values[i].value.data,
				    values[i].value.len);
}

static enum trawl_status check_order(const struct built *built,
				     struct trawl_error *err)
{
	if (built->share && built->bytes &&
	    built->ticket >= built->share->next_ticket)
		return TRAWL_OK;
	return fail(err, TRAWL_INVAL,
		    "what one thread prepares is to be put once, and in that "
		    "order");
}

enum trawl_status builder_put(struct builder *b, const struct built *built,
			      const struct xap_value *values, size_t nvalues,
			      uint32_t *docid, struct trawl_error *err)
{
	unsigned char key[KEY_MAX];
	uint32_t next = b->version.last_docid + 1;
	size_t len = (size_t)(glass_put_sort_uint(key, next) - key);
	enum trawl_status st = check_order(built, err);

	if (st != TRAWL_OK)
		return st;
	if (!next)
		return fail(err, TRAWL_INTERNAL, "no document number is left");
	if (!builder_reserve_tickets(b, (size_t)built->ticket + 1))
		return fail_nomem(err);
	st = add_data(b, built, key, len, err);
	if (st == TRAWL_OK)
		st = add_terms(b, built, key, len, values, nvalues, err);
	if (st != TRAWL_OK)
		return st;
	/* Its failure is told at the end. */
	columns_add(b->columns, next, built->length, values, nvalues);
	hash(b, built, values, nvalues);
	count(b, next, built->length);
	built->share->next_ticket = built->ticket + 1;
	b->docids[built->ticket] = next;
	*docid = next;
	return TRAWL_OK;
}

/* ------------------------------------------------------------- metadata -- */

static bool reserve_value(struct builder_metadata *m)
{
	size_t want = m->alloc ? 2 * m->alloc : 16;
	struct buf *grown;

	if (m->n < m->alloc)
		return true;
	grown = realloc(m->value, want * sizeof(*grown));
	if (!grown)
		return false;
	m->value = grown;
	m->alloc = want;
	return true;
}

enum trawl_status builder_set_metadata(struct builder *b, const char *key,
				       size_t keylen, const char *value,
				       size_t len, struct trawl_error *err)
{
	struct builder_metadata *m = &b->metadata;
	uint32_t number;

	if (!reserve_value(m))
		return fail_nomem(err);
	number = terms_add(&m->keys, key, keylen);
	if (number == NO_TERM)
		return fail_nomem(err);
	if (number == m->n)
		buf_init(&m->value[m->n++], METADATA_VALUE_MAX);
	buf_reset(&m->value[number]);
	if (!len)
		buf_release(&m->value[number]);
	buf_add(&m->value[number], value, len);
	return m->value[number].failed ? fail_nomem(err) : TRAWL_OK;
}

bool builder_metadata(struct builder *b, const char *key, size_t keylen,
		      struct xap_bytes *value)
{
	const struct builder_metadata *m = &b->metadata;
	uint32_t number = terms_find(&m->keys, key, keylen);

	if (number == NO_TERM)
		return false;
	*value = (struct xap_bytes){ m->value[number].data,
				     m->value[number].len };
	return true;
}
