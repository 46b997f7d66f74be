/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each table is a job of its own, and its input a table of each part: so they
 * are made in any order, by one thread or two, the largest first.
 */
#include "glass_join.h"

#include "buf.h"
#include "glass_deflate.h"
#include "glass_position.h"
#include "glass_postlist.h"
#include "glass_source.h"
#include "status.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	DEFLATED_MAX = 256 << 20 /* bytes of one tag */
};

struct join_part {
	struct glass_part given;
	struct glass_version version;
	uint32_t above; /* the highest docid of all parts before */
};

struct join;

/* One table. */
struct table_job {
	struct join *join;
	enum glass_table_id id;
	enum trawl_status st;
	struct trawl_error err;
};

struct join {
	struct join_part *parts;
	size_t n;
	const char *path;
	struct glass_join_options options;
	struct table_job job[GLASS_TABLES];
	atomic_size_t next; /* job that nobody has taken */
	/* Each job has its root; the postlist's fills in the statistics. */
	struct glass_version version;
};

static enum trawl_status open_input(const struct join_part *part,
				    enum glass_table_id id,
				    struct glass_input *in,
				    struct trawl_error *err)
{
	enum trawl_status st = glass_input_open(in, part->given.path, id,
						&part->version.root[id], err);

	in->above = part->above;
	in->last = part->version.last_docid;
	in->without = part->given.without;
	return st;
}

static bool put_item(struct glass_table *t, const struct glass_item *item)
{
	return glass_table_add(t, item->key, item->keylen, item->tag,
			       item->taglen, item->deflated);
}

/* ------------------------------------------------ documents, dictionaries -- */

/* The table of texts, or of term lists, on its way. */
struct documents {
	struct table_job *job;
	struct glass_table *t;
	struct glass_deflater *deflater; /* or NULL */
	struct buf deflated;
};

static void put_document(struct documents *d, const struct glass_item *item)
{
	if (d->deflater && !item->deflated &&
	    glass_deflate(d->deflater, item->tag, item->taglen, &d->deflated))
		glass_table_add(d->t, item->key, item->keylen, d->deflated.data,
				d->deflated.len, true);
	else
		put_item(d->t, item);
}

/* In the table of term lists, the key of a document's slots has a 00 behind. */
static bool is_document(const struct documents *d, const struct glass_input *in,
			uint32_t *docid)
{
	const unsigned char *end = in->item.key + in->item.keylen;
	const unsigned char *at = glass_input_docid(in, in->item.key, docid);

	return at && (at == end ||
		      (d->job->id == GLASS_TERMLIST && at + 1 == end && !*at));
}

static enum trawl_status copy_documents(struct documents *d,
					const struct join_part *part)
{
	struct trawl_error *err = &d->job->err;
	struct glass_input in;
	enum trawl_status st = open_input(part, d->job->id, &in, err);
	uint32_t docid;

	while (st == TRAWL_OK && in.there && !glass_table_failed(d->t)) {
		if (!is_document(d, &in, &docid))
			st = glass_input_damaged(&in, "a key is no document's",
						 err);
		else if (glass_input_keeps(&in, docid))
			put_document(d, &in.item);
		glass_input_next(&in);
	}
	if (st == TRAWL_OK)
		st = glass_input_status(&in, err);
	glass_input_close(&in);
	return st;
}

static enum trawl_status make_documents(struct table_job *job,
					struct glass_table *t)
{
	struct join *j = job->join;
	struct documents d = { .job = job,
			       .t = t,
			       .deflated = BUF_INIT(DEFLATED_MAX) };
	enum trawl_status st = TRAWL_OK;

	if (j->options.compress) {
		d.deflater = glass_deflater_new(j->options.compress);
		if (!d.deflater)
			return fail_nomem(&job->err);
	}
	for (size_t i = 0; st == TRAWL_OK && i < j->n; i++)
		st = copy_documents(&d, &j->parts[i]);
	glass_deflater_free(d.deflater);
	buf_release(&d.deflated);
	return st;
}

/* Spellings: the first part's.  Synonyms: those of the last part that has any,
 * since they are known anew. */
static enum trawl_status make_words(struct table_job *job,
				    struct glass_table *t)
{
	struct join *j = job->join;
	size_t from = job->id == GLASS_SYNONYM ? j->n - 1 : 0;
	struct glass_input in;
	enum trawl_status st;

	while (from && !j->parts[from].version.root[job->id].entries)
		from--;
	st = open_input(&j->parts[from], job->id, &in, &job->err);

	for (; st == TRAWL_OK && in.there; glass_input_next(&in))
		if (!put_item(t, &in.item))
			break;
	if (st == TRAWL_OK)
		st = glass_input_status(&in, &job->err);
	glass_input_close(&in);
	return st;
}

/* ----------------------------------------------------- inputs of a merge -- */

struct inputs {
	struct glass_input *input;
	struct source **source;
	size_t n, nsources;
};

static void inputs_close(struct inputs *in)
{
	while (in->nsources)
		source_free(in->source[--in->nsources]);
	while (in->n)
		glass_input_close(&in->input[--in->n]);
	free(in->input);
	free(in->source);
}

static enum trawl_status inputs_open(struct inputs *in, struct table_job *job)
{
	size_t n = job->join->n;
	enum trawl_status st = TRAWL_OK;

	in->n = in->nsources = 0;
	in->input = calloc(n, sizeof(*in->input));
	in->source = calloc(n, sizeof(*in->source));
	if (!in->input || !in->source)
		return fail_nomem(&job->err);
	while (st == TRAWL_OK && in->n < n) {
		st = open_input(&job->join->parts[in->n], job->id,
				&in->input[in->n], &job->err);
		in->n++;
	}
	return st;
}

/* All sources as one; they are the merged one's then. */
static enum trawl_status merge(struct inputs *in, struct source **out,
			       struct trawl_error *err)
{
	size_t n = in->nsources;

	in->nsources = 0;
	return source_merge(in->source, n, out, err);
}

/* ----------------------------------------------------------- positions -- */

static enum trawl_status
join_positions(struct inputs *in, struct table_job *job, struct glass_table *t)
{
	struct source *all = NULL;
	enum trawl_status st = inputs_open(in, job);

	for (size_t i = 0; st == TRAWL_OK && i < in->n; i++) {
		st = glass_positions_source(&in->input[i], &in->source[i],
					    &job->err);
		in->nsources += st == TRAWL_OK;
	}
	if (st == TRAWL_OK)
		st = merge(in, &all, &job->err);
	if (st == TRAWL_OK)
		st = glass_position_write(t, all, &job->err);
	source_free(all);
	return st;
}

static enum trawl_status make_positions(struct table_job *job,
					struct glass_table *t)
{
	struct inputs in;
	enum trawl_status st = join_positions(&in, job, t);

	inputs_close(&in);
	return st;
}

/* ------------------------------------------------- metadata and values -- */

enum {
	KIND = 2, /* bytes a key of no term begins with */
	KIND_METADATA = 0xC0,
	KIND_STATISTICS = 0xD0,
	KIND_VALUES = 0xD8
};

static bool is_kind(const struct glass_input *in, unsigned char kind)
{
	const struct glass_item *item = &in->item;

	return in->there && item->keylen >= KIND && !item->key[0] &&
	       item->key[1] == kind;
}

/* t NULL: they are passed by. */
static enum trawl_status copy_metadata(struct glass_input *in,
				       struct glass_table *t,
				       struct trawl_error *err)
{
	for (; is_kind(in, KIND_METADATA); glass_input_next(in))
		if (t)
			put_item(t, &in->item);
	return glass_input_status(in, err);
}

/* Where a reader of values is. */
struct values {
	uint32_t slot;
	uint64_t docid;
	const unsigned char *at, *end;
};

static enum trawl_status values_key(struct values *v, struct glass_input *in,
				    uint32_t *first, struct trawl_error *err)
{
	const struct glass_item *item = &in->item;
	const unsigned char *end = item->key + item->keylen, *at;
	unsigned char again[GLASS_VARINT_MAX];
	uint64_t slot;

	at = glass_get_varint(item->key + KIND, end, &slot);
	if (!at || slot >= UINT32_MAX ||
	    glass_put_varint(again, slot) - again != at - item->key - KIND ||
	    glass_input_docid(in, at, first) != end)
		return glass_input_damaged(in, "a key is no slot's", err);
	if (slot != v->slot)
		v->docid = 0;
	v->slot = (uint32_t)slot;
	v->at = item->tag;
	v->end = v->at + item->taglen;
	return TRAWL_OK;
}

static bool get_value(struct values *v, struct xap_bytes *value)
{
	uint64_t len;

	v->at = glass_get_varint(v->at, v->end, &len);
	if (!v->at || !len || len > (uint64_t)(v->end - v->at))
		return false;
	*value = (struct xap_bytes){ (const char *)v->at, len };
	v->at += len;
	return true;
}

static bool get_gap(struct values *v)
{
	uint64_t gap;

	v->at = glass_get_varint(v->at, v->end, &gap);
	v->docid += 1 + (gap & UINT32_MAX);
	return v->at && gap <= UINT32_MAX;
}

/* A chunk of values: false when it is none.  Columns tell their own failure. */
static bool add_values(struct values *v, const struct glass_input *in,
		       struct columns *columns)
{
	struct xap_bytes value;

	for (;;) {
		uint32_t docid = (uint32_t)v->docid;

		if (!glass_input_has(in, v->docid) || !get_value(v, &value))
			return false;
		if (glass_input_keeps(in, docid))
			columns_add_value(columns, v->slot, docid, &value);
		if (v->at == v->end)
			return true;
		if (!get_gap(v))
			return false;
	}
}

static enum trawl_status read_values(struct glass_input *in,
				     struct columns *columns,
				     struct trawl_error *err)
{
	struct values v = { .slot = UINT32_MAX };
	uint32_t first = 0;
	enum trawl_status st = TRAWL_OK;

	while (is_kind(in, KIND_STATISTICS) && glass_input_next(in))
		;
	for (; is_kind(in, KIND_VALUES); glass_input_next(in)) {
		st = values_key(&v, in, &first, err);
		if (st == TRAWL_OK && first <= v.docid)
			st = glass_input_damaged(in, "values are not in order",
						 err);
		v.docid = first;
		if (st == TRAWL_OK && !add_values(&v, in, columns))
			st = glass_input_damaged(in, "values are none", err);
		if (st != TRAWL_OK)
			return st;
	}
	return glass_input_status(in, err);
}

/* ------------------------------------------------------------- lengths -- */

static void count_length(struct glass_version *v, uint32_t length)
{
	v->documents++;
	v->total_length += length;
	if (length > v->length_max)
		v->length_max = length;
	if (length && (!v->length_min || length < v->length_min))
		v->length_min = length;
}

/* Of all documents, those that are left out too: a part says how many. */
static uint64_t add_lengths(const struct join_part *part, struct source *s,
			    struct columns *columns, struct glass_version *v)
{
	const struct docid_set *without = part->given.without;
	uint64_t seen = 0;

	for (; source_fill(s); seen += s->n)
		for (size_t i = 0; i < s->n; i++) {
			const struct source_entry *e = &s->entry[i];

			if (without && docid_set_has(without, e->docid))
				continue;
			count_length(v, e->n);
			columns_add_length(columns, e->docid, e->n);
		}
	return seen;
}

static enum trawl_status read_lengths(const struct join_part *part,
				      struct glass_input *in, struct source *s,
				      struct columns *columns,
				      struct glass_version *v,
				      struct trawl_error *err)
{
	uint64_t seen = 0;

	in->without = NULL;
	if (source_next_term(s) && !s->term.len)
		seen = add_lengths(part, s, columns, v);
	in->without = part->given.without;
	if (s->st != TRAWL_OK)
		return fail(err, s->st, "%s", s->err.text);
	if (seen != part->version.documents)
		return glass_input_damaged(in, "lengths are missing", err);
	return TRAWL_OK;
}

/* ------------------------------------------------------------- postlist -- */

/* All of a part that comes before its terms. */
static enum trawl_status read_part(struct table_job *job, size_t i,
				   struct inputs *in, struct glass_table *t,
				   struct columns *columns)
{
	struct join *j = job->join;
	struct glass_input *input = &in->input[i];
	struct trawl_error *err = &job->err;
	enum trawl_status st;

	st = copy_metadata(input, i + 1 == j->n ? t : NULL, err);
	if (st == TRAWL_OK)
		st = read_values(input, columns, err);
	if (st == TRAWL_OK)
		st = glass_postings_source(input, &in->source[i], err);
	if (st != TRAWL_OK)
		return st;
	in->nsources++;
	return read_lengths(&j->parts[i], input, in->source[i], columns,
			    &j->version, err);
}

static enum trawl_status join_postings(struct inputs *in, struct table_job *job,
				       struct glass_table *t)
{
	struct source *all;
	enum trawl_status st = merge(in, &all, &job->err);

	if (st != TRAWL_OK)
		return st;
	st = glass_postlist_postings(t, all, &job->join->version.wdf_max,
				     &job->err);
	source_free(all);
	return st;
}

static enum trawl_status join_postlist(struct inputs *in, struct table_job *job,
				       struct glass_table *t,
				       struct columns *columns)
{
	enum trawl_status st = inputs_open(in, job);

	for (size_t i = 0; st == TRAWL_OK && i < job->join->n; i++)
		st = read_part(job, i, in, t, columns);
	if (st == TRAWL_OK)
		st = glass_postlist_columns(t, columns, &job->err);
	return st == TRAWL_OK ? join_postings(in, job, t) : st;
}

static enum trawl_status make_postlist(struct table_job *job,
				       struct glass_table *t)
{
	struct columns *columns;
	struct inputs in;
	enum trawl_status st =
		columns_new(job->join->path, &columns, &job->err);

	if (st != TRAWL_OK)
		return st;
	st = join_postlist(&in, job, t, columns);
	inputs_close(&in);
	columns_free(columns);
	return st;
}

/* ---------------------------------------------------------------- jobs -- */

/* The largest first. */
static const struct {
	enum glass_table_id id;
	bool required; /* Xapian does not write without it */
	enum trawl_status (*make)(struct table_job *job, struct glass_table *t);
} tables[GLASS_TABLES] = {
	{ GLASS_POSTLIST, true, make_postlist },
	{ GLASS_POSITION, false, make_positions },
	{ GLASS_DOCDATA, false, make_documents },
	{ GLASS_TERMLIST, true, make_documents },
	{ GLASS_SPELLING, false, make_words },
	{ GLASS_SYNONYM, false, make_words },
};

static enum trawl_status make_table(struct join *j, size_t i)
{
	struct table_job *job = &j->job[i];
	struct glass_table *t = NULL;
	enum trawl_status st;

	job->join = j;
	job->id = tables[i].id;
	st = glass_table_new(j->path, glass_table_names[job->id],
			     tables[i].required, &t, &job->err);
	if (st == TRAWL_OK)
		st = tables[i].make(job, t);
	if (st == TRAWL_OK)
		st = glass_table_finish(t, j->options.sync,
					&j->version.root[job->id], &job->err);
	glass_table_free(t);
	return st;
}

/* One that fails is the last. */
static void *make_tables(void *arg)
{
	struct join *j = arg;
	size_t i;

	while ((i = atomic_fetch_add(&j->next, 1)) < GLASS_TABLES) {
		j->job[i].st = make_table(j, i);
		if (j->job[i].st != TRAWL_OK)
			atomic_store(&j->next, GLASS_TABLES);
	}
	return NULL;
}

static enum trawl_status make_all(struct join *j, struct trawl_error *err)
{
	pthread_t thread;
	bool beside = j->options.beside &&
		      !pthread_create(&thread, NULL, make_tables, j);

	make_tables(j);
	if (beside)
		pthread_join(thread, NULL);
	for (size_t i = 0; i < GLASS_TABLES; i++)
		if (j->job[i].st != TRAWL_OK)
			return fail(err, j->job[i].st, "%s",
				    j->job[i].err.text);
	return TRAWL_OK;
}

/* --------------------------------------------------------------- whole -- */

static enum trawl_status read_versions(struct join *j,
				       const struct glass_part *given,
				       struct trawl_error *err)
{
	uint32_t above = 0;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < j->n; i++) {
		struct join_part *part = &j->parts[i];

		part->given = given[i];
		part->above = above;
		st = glass_version_read(given[i].path, &part->version, err);
		if (part->version.last_docid > above)
			above = part->version.last_docid;
	}
	j->version.last_docid = above;
	j->version.spelling_max = j->parts[0].version.spelling_max;
	return st;
}

static enum trawl_status write_version(struct join *j, struct trawl_error *err)
{
	struct glass_version *v = &j->version;

	if (v->wdf_max > v->length_max)
		return fail(err, TRAWL_CORRUPT,
			    "%s is damaged: a term comes more often than its "
			    "document is long: rebuild the index",
			    j->parts[0].given.path);
	v->revision = GLASS_REVISION;
	glass_version_settle(v);
	if (j->options.reproducible)
		memcpy(v->uuid, j->parts[0].version.uuid, sizeof(v->uuid));
	else
		glass_uuid_draw(v->uuid);
	return glass_version_write(j->path, v, j->options.sync, err);
}

enum trawl_status glass_join(const struct glass_part *parts, size_t n,
			     const char *path,
			     const struct glass_join_options *options,
			     struct glass_version *out, struct trawl_error *err)
{
	struct join j = { .n = n, .path = path, .options = *options };
	enum trawl_status st;

	j.parts = calloc(n, sizeof(*j.parts));
	if (!j.parts)
		return fail_nomem(err);
	st = read_versions(&j, parts, err);
	if (st == TRAWL_OK)
		st = make_all(&j, err);
	if (st == TRAWL_OK)
		st = write_version(&j, err);
	if (st == TRAWL_OK && out)
		*out = j.version;
	free(j.parts);
	return st;
}
