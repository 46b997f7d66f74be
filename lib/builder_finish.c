/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder_finish.c - the end of a build: runs to tables, tables to a database
 *
 * The position table and the postlist table are made at the same time, by two
 * threads that read the same runs, while others find out what goes into the
 * metadata.
 */
#include "builder_parts.h"

#include "beside.h"
#include "generation.h"
#include "glass_position.h"
#include "status.h"

/* All runs, as one source of one kind of stream. */
static enum trawl_status open_runs(const struct builder *b,
				   enum stream_kind kind, struct source **list,
				   size_t *n, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;
	const struct builder_share *share;

	for (share = b->shares; share; share = share->next) {
		for (size_t i = 0; st == TRAWL_OK && i < share->nfiles; i++) {
			st = run_files_source(share->files[i], kind, b->docids,
					      &list[*n], err);
			*n += st == TRAWL_OK;
		}
		if (st == TRAWL_OK && run_documents(share->run)) {
			st = run_source(share->run, kind, b->docids, &list[*n],
					err);
			*n += st == TRAWL_OK;
		}
	}
	return st;
}

static size_t count_runs(const struct builder *b)
{
	size_t n = 0;

	for (const struct builder_share *s = b->shares; s; s = s->next)
		n += s->nfiles + 1;
	return n;
}

static enum trawl_status open_source(const struct builder *b,
				     enum stream_kind kind, struct source **out,
				     struct trawl_error *err)
{
	struct source **list =
		calloc(count_runs(b) + 1, sizeof(struct source *));
	size_t n = 0;
	enum trawl_status st;

	if (!list)
		return fail_nomem(err);
	st = open_runs(b, kind, list, &n, err);
	if (st == TRAWL_OK)
		st = source_merge(list, n, out, err);
	else
		while (n)
			source_free(list[--n]);
	free(list);
	return st;
}

/* Tables are made of runs in order, which the first thread that needs it makes:
 * the one that has finished documents has other work. */
struct ordering {
	struct builder *b;
	pthread_mutex_t lock; /* guards the two below */
	bool tried, ordered;
};

/* One table, all of it or its beginning made in a thread. */
struct table_job {
	struct builder *b;
	struct ordering *order; /* NULL: it needs no runs */
	bool sync;
	enum glass_table_id id;
	bool required;
	bool whole; /* no metadata comes to what fills it */
	enum trawl_status (*fill)(struct builder *b, struct glass_table *t,
				  struct trawl_error *err);
	struct glass_table *table;
	struct beside beside;
	enum trawl_status st;
	struct trawl_error err;
};

static void end_table(struct table_job *job)
{
	struct glass_version *v = &job->b->version;

	if (job->st == TRAWL_OK && job->table)
		job->st = glass_table_finish(job->table, job->sync,
					     &v->root[job->id], &job->err);
	glass_table_free(job->table);
	job->table = NULL;
}

static bool order_runs(struct builder *b)
{
	bool ordered = builder_reserve_tickets(b, atomic_load(&b->tickets) + 1);

	for (struct builder_share *s = b->shares; ordered && s; s = s->next)
		ordered = run_order(s->run);
	return ordered;
}

static enum trawl_status order_once(struct ordering *o, struct trawl_error *err)
{
	bool ordered;

	if (!o)
		return TRAWL_OK;
	pthread_mutex_lock(&o->lock);
	if (!o->tried)
		o->ordered = order_runs(o->b);
	o->tried = true;
	ordered = o->ordered;
	pthread_mutex_unlock(&o->lock);
	return ordered ? TRAWL_OK : fail_nomem(err);
}

static void begin_table(struct table_job *job)
{
	job->st = order_once(job->order, &job->err);
	if (job->st == TRAWL_OK)
		job->st = glass_table_new(
			job->b->path, glass_table_names[job->id], job->required,
			&job->table, &job->err);
	if (job->st == TRAWL_OK)
		job->st = job->fill(job->b, job->table, &job->err);
	if (job->whole)
		end_table(job);
}

static enum trawl_status fill_position(struct builder *b, struct glass_table *t,
				       struct trawl_error *err)
{
	struct source *source = NULL;
	enum trawl_status st = open_source(b, STREAM_POSITIONS, &source, err);

	if (st == TRAWL_OK)
		st = glass_position_write(t, source, err);
	source_free(source);
	return st;
}

/* ------------------------------------------------------------- postlist -- */

/* In byte order of keys; those that were removed are left out. */
static enum trawl_status write_metadata(struct builder *b,
					struct glass_table *t,
					struct trawl_error *err)
{
	struct builder_metadata *m = &b->metadata;
	struct metadata_entry *entries = calloc(m->n + 1, sizeof(*entries));
	uint32_t *numbers = calloc(m->n + 1, sizeof(*numbers));
	enum trawl_status st;
	size_t n = 0;

	for (size_t i = 0; numbers && i < m->n; i++)
		if (m->value[i].len)
			numbers[n++] = (uint32_t)i;
	if (entries && numbers && terms_sort(&m->keys, numbers, n)) {
		for (size_t i = 0; i < n; i++) {
			const struct term *key = &m->keys.term[numbers[i]];
			const struct buf *value = &m->value[numbers[i]];

			entries[i].key =
				(struct xap_bytes){ key->bytes, key->len };
			entries[i].value =
				(struct xap_bytes){ value->data, value->len };
		}
		st = glass_postlist_metadata(t, entries, n, err);
	} else {
		st = fail_nomem(err);
	}
	free(entries);
	free(numbers);
	return st;
}

static enum trawl_status fill_behind_metadata(struct builder *b,
					      struct glass_table *t,
					      struct trawl_error *err)
{
	struct source *source = NULL;
	enum trawl_status st = glass_postlist_columns(t, b->columns, err);

	if (st == TRAWL_OK)
		st = open_source(b, STREAM_POSTINGS, &source, err);
	if (st == TRAWL_OK)
		st = glass_postlist_postings(t, source, &b->version.wdf_max,
					     err);
	source_free(source);
	return st;
}

/* While metadata is still to be set. */
static enum trawl_status fill_ahead(struct builder *b, struct glass_table *t,
				    struct trawl_error *err)
{
	enum trawl_status st;

	glass_table_last_first(t);
	st = fill_behind_metadata(b, t, err);
	glass_table_turn(t);
	return st;
}

static enum trawl_status fill_postlist(struct builder *b, struct glass_table *t,
				       struct trawl_error *err)
{
	enum trawl_status st = write_metadata(b, t, err);

	return st == TRAWL_OK ? fill_behind_metadata(b, t, err) : st;
}

static enum trawl_status fill_synonyms(struct builder *b, struct glass_table *t,
				       struct trawl_error *err)
{
	return builder_synonyms_write(&b->synonyms, t, err);
}

/* ---------------------------------------------------------- all of them -- */

/* Threads that are joined when their tables are needed. */
struct tables_ahead {
	struct ordering order;
	struct table_job position, postlist;
};

void builder_ahead_free(struct builder *b)
{
	struct tables_ahead *a = b->ahead;

	if (!a)
		return;
	beside_wait(&a->position.beside);
	beside_wait(&a->postlist.beside);
	glass_table_free(a->position.table);
	glass_table_free(a->postlist.table);
	pthread_mutex_destroy(&a->order.lock);
	free(a);
	b->ahead = NULL;
}

static void *begin_beside(void *job)
{
	begin_table(job);
	return NULL;
}

static void start(struct table_job *job, bool may)
{
	beside_start(&job->beside, begin_beside, job,
		     may && job->b->options.threads > 1);
}

static enum trawl_status begin_tables(struct builder *b, bool sync, bool ahead,
				      struct trawl_error *err)
{
	struct tables_ahead *a = calloc(1, sizeof(*a));

	if (!a)
		return fail_nomem(err);
	a->order.b = b;
	pthread_mutex_init(&a->order.lock, NULL);
	a->position = (struct table_job){ .b = b,
					  .order = &a->order,
					  .sync = sync,
					  .id = GLASS_POSITION,
					  .whole = true,
					  .fill = fill_position };
	a->postlist = (struct table_job){ .b = b,
					  .order = &a->order,
					  .sync = sync,
					  .id = GLASS_POSTLIST,
					  .required = true,
					  .whole = !ahead,
					  .fill = ahead ? fill_ahead
							: fill_postlist };
	b->ahead = a;
	start(&a->position, true);
	start(&a->postlist, ahead);
	return TRAWL_OK;
}

enum trawl_status builder_finish_ahead(struct builder *b, bool sync,
				       struct trawl_error *err)
{
	return begin_tables(b, sync, true, err);
}

/* What has not been written of it, and it is at its end. */
static enum trawl_status finish_table(struct table_job *job,
				      struct trawl_error *err)
{
	if (job->st == TRAWL_OK && !job->whole)
		job->st = write_metadata(job->b, job->table, &job->err);
	end_table(job);
	return job->st == TRAWL_OK ? TRAWL_OK
				   : fail(err, job->st, "%s", job->err.text);
}

static enum trawl_status merge_runs(struct builder *b, bool sync,
				    struct trawl_error *err)
{
	enum trawl_status st =
		b->ahead ? TRAWL_OK : begin_tables(b, sync, false, err);

	if (st != TRAWL_OK)
		return st;
	beside_finish(&b->ahead->postlist.beside);
	beside_finish(&b->ahead->position.beside);
	st = finish_table(&b->ahead->postlist, err);
	return st == TRAWL_OK ? finish_table(&b->ahead->position, err) : st;
}

/* There is no such table without any. */
static enum trawl_status make_synonyms(struct builder *b, bool sync,
				       struct trawl_error *err)
{
	struct table_job job = { .b = b,
				 .sync = sync,
				 .id = GLASS_SYNONYM,
				 .whole = true,
				 .fill = fill_synonyms };

	if (!b->synonyms.n)
		return TRAWL_OK;
	begin_table(&job);
	return finish_table(&job, err);
}

static enum trawl_status finish_tables(struct builder *b, bool sync,
				       struct trawl_error *err)
{
	struct glass_version *v = &b->version;
	enum trawl_status st = glass_table_finish(b->docdata, sync,
						  &v->root[GLASS_DOCDATA], err);

	if (st == TRAWL_OK)
		st = glass_table_finish(b->termlist, sync,
					&v->root[GLASS_TERMLIST], err);
	if (st == TRAWL_OK)
		st = make_synonyms(b, sync, err);
	return st;
}

/* Of the content, in the form of a random one. */
static void make_uuid(struct builder *b)
{
	unsigned char *uuid = b->version.uuid;
	XXH128_canonical_t hash;

	if (!b->content) {
		glass_uuid_draw(uuid);
		return;
	}
	XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(b->content));
	memcpy(uuid, hash.digest, sizeof(hash.digest));
	uuid[6] = (unsigned char)((uuid[6] & 0x0F) | 0x40);
	uuid[8] = (unsigned char)((uuid[8] & 0x3F) | 0x80);
}

enum trawl_status builder_finish(struct builder *b, bool sync,
				 struct trawl_error *err)
{
	enum trawl_status st = merge_runs(b, sync, err);

	if (st == TRAWL_OK)
		st = finish_tables(b, sync, err);
	if (st != TRAWL_OK)
		return st;
	glass_version_settle(&b->version);
	b->version.revision = GLASS_REVISION;
	make_uuid(b);
	return glass_version_write(b->path, &b->version, sync, err);
}

enum trawl_status builder_create_empty(const char *path,
				       const struct xap_bytes *keys,
				       const struct xap_bytes *values, size_t n,
				       struct trawl_error *err)
{
	const struct builder_options options = { .path = path };
	struct builder *b;
	enum trawl_status st = builder_new(&options, &b, err);

	if (st != TRAWL_OK)
		return st;
	for (size_t i = 0; st == TRAWL_OK && i < n; i++)
		st = builder_set_metadata(b, keys[i].data, keys[i].len,
					  values[i].data, values[i].len, err);
	if (st == TRAWL_OK)
		st = builder_finish(b, true, err);
	builder_free(b);
	return st;
}
