/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_regroup.c - stories and copies after an index was added to
 *
 * What was put is read back, before it is committed.  A small index is grouped anew as a whole,
 * and its names are looked for again: the result is that of a build.  Of a large
 * one only the neighbourhood of what has changed: the documents most similar to
 * it, and the groups that those are in; names stay as they were.
 */
#include "writer_parts.h"

#include "derived.h"
#include "groups.h"
#include "news_corpus.h"
#include "news_settings.h"
#include "status.h"
#include "stored.h"
#include "variants.h"

enum {
	WHOLE_DOCUMENTS = 20000,
	WHOLE_SHARE = 10, /* percent of an index that have changed */
	NEIGHBOURS = 30,
	STORED_MAX = 64 << 20,
	PAGE_MAX = 64 << 20
};

struct docids {
	uint32_t *at;
	size_t n, alloc;
	bool failed;
};

struct regroup {
	struct trawl_writer *w;
	const struct news_changes *changes;
	struct xap_db *db;	/* the writer's: what is not committed, too */
	struct trawl_index *ix; /* what there was before; of a part */
	struct docids docids;
	struct news_corpus *corpus;
	struct feature_reader *reader;
	struct features features;
	struct arena arena; /* of one document */
	char *data;
	size_t len;
	struct news_store store;
};

static bool note_docid(void *ctx, uint32_t docid)
{
	struct docids *d = ctx;

	if (d->n == d->alloc) {
		size_t want = d->alloc ? 2 * d->alloc : 256;
		uint32_t *grown = realloc(d->at, want * sizeof(*grown));

		if (!grown) {
			d->failed = true;
			return false;
		}
		d->at = grown;
		d->alloc = want;
	}
	d->at[d->n++] = docid;
	return true;
}

static int compare_docids(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* In order, each once. */
static void tidy(struct docids *d)
{
	size_t n = 0;

	if (!d->n)
		return;
	qsort(d->at, d->n, sizeof(*d->at), compare_docids);
	for (size_t i = 0; i < d->n; i++)
		if (!n || d->at[n - 1] != d->at[i])
			d->at[n++] = d->at[i];
	d->n = n;
}

/* ------------------------------------------------------------ metadata -- */

static enum trawl_status get(void *ctx, const char *key, struct buf *out,
			     struct trawl_error *err)
{
	const struct regroup *g = ctx;

	return meta_value(g->db, key, out, err);
}

static enum trawl_status set(void *ctx, const char *key, const char *value,
			     size_t len, struct trawl_error *err)
{
	const struct regroup *g = ctx;

	return xap_writer_set_metadata(g->w->xap, key, strlen(key), value, len,
				       err);
}

/* ----------------------------------------------------------- documents -- */

static bool take_data(void *ctx, const char *data, size_t len)
{
	struct regroup *g = ctx;

	g->data = arena_strndup(&g->arena, data, len);
	g->len = len;
	return false;
}

static enum trawl_status read_document(struct regroup *g, uint32_t docid,
				       struct trawl_doc *out,
				       struct trawl_error *err)
{
	const char *why = "no data";
	enum trawl_status st;

	arena_reset(&g->arena);
	g->data = NULL;
	st = xap_db_data(g->db, docid, take_data, g, err);
	if (st == TRAWL_OK && g->data)
		st = stored_parse(g->data, g->len, &g->arena, out, &why);
	if (st == TRAWL_CORRUPT)
		return fail(err, st, "document %u: %s", docid, why);
	if (st == TRAWL_OK && !g->data)
		return fail_nomem(err);
	for (size_t i = 0; st == TRAWL_OK && i < out->nfields; i++)
		if (!strcmp(out->fields[i].name, "id"))
			out->id = out->fields[i].value;
	return st;
}

static enum trawl_status read_features(struct regroup *g, uint32_t docid,
				       bool count, struct trawl_error *err)
{
	struct spans spans = { .n = 0 };
	struct trawl_doc doc;
	enum trawl_status st = read_document(g, docid, &doc, err);

	if (st != TRAWL_OK)
		return st;
	spans_of(&doc, &spans);
	if (spans.failed)
		st = fail_nomem(err);
	else if (count)
		st = news_corpus_count(g->corpus, doc.text, doc.text_len,
				       spans.at, spans.n, err);
	else if (!features_read(g->reader, &doc, spans.at, spans.n,
				news_corpus_names(g->corpus), &g->features))
		st = fail_nomem(err);
	else
		st = news_corpus_add(g->corpus, docid, &g->features, err);
	spans_release(&spans);
	return st;
}

static enum trawl_status read_all(struct regroup *g, bool count,
				  struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < g->docids.n; i++)
		st = read_features(g, g->docids.at[i], count, err);
	return st;
}

static enum trawl_status group(struct regroup *g, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	tidy(&g->docids);
	if (g->docids.failed)
		return fail_nomem(err);
	if (!g->store.part)
		st = read_all(g, true, err);
	if (st == TRAWL_OK)
		st = news_corpus_candidates(g->corpus, err);
	if (st == TRAWL_OK)
		st = read_all(g, false, err);
	return st == TRAWL_OK ? news_corpus_finish(g->corpus, &g->store, err)
			      : st;
}

static enum trawl_status begin(struct regroup *g, struct trawl_error *err)
{
	unsigned news = g->w->meta.news;

	if (g->store.part)
		news &= ~(unsigned)(NEWS_NAMES | NEWS_LANGUAGE);
	news_corpus_free(g->corpus);
	g->corpus = NULL;
	g->docids.n = 0;
	return news_corpus_new(news, g->w->index, g->w->memory / 4, &g->corpus,
			       err);
}

static enum trawl_status whole(struct regroup *g, struct trawl_error *err)
{
	enum trawl_status st = begin(g, err);

	if (st == TRAWL_OK)
		st = xap_db_postings(g->db, "", 0, 0, note_docid, &g->docids,
				     err);
	return st == TRAWL_OK ? group(g, err) : st;
}

/* ---------------------------------------------------- a neighbourhood -- */

static enum trawl_status note_hit(struct regroup *g, const char *id,
				  struct docids *out, struct trawl_error *err)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	uint32_t docid = 0;
	enum trawl_status st;

	add_long_term(&term, TERM_ID, id, strlen(id));
	st = term.failed ? fail_nomem(err)
			 : xap_db_postings(g->db, term.data, term.len, 0,
					   writer_take_docid, &docid, err);
	buf_release(&term);
	if (st == TRAWL_OK && docid)
		note_docid(out, docid);
	return st;
}

/* A document that was put, and what there was that is most like it. */
static enum trawl_status add_similar(struct regroup *g, uint32_t docid,
				     struct docids *out,
				     struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_doc doc;
	enum trawl_status st = read_document(g, docid, &doc, err);

	if (st != TRAWL_OK)
		return st;
	note_docid(out, docid);
	if (!blank_furniture(&doc, &g->arena))
		return fail_nomem(err);
	rq.limit = NEIGHBOURS;
	rq.snippets = 0;
	rq.fields = "title";
	st = trawl_similar(g->ix, NULL, doc.text, &rq, &res, err);
	if (st != TRAWL_OK)
		return st;
	for (size_t i = 0; st == TRAWL_OK && i < trawl_result_head(res)->hits;
	     i++)
		st = note_hit(g, trawl_result_hit(res, i)->id, out, err);
	trawl_result_free(res);
	return st;
}

/* The groups that a document is in, of both kinds. */
static enum trawl_status add_members(struct groups *groups,
				     const struct docids *of,
				     struct docids *out,
				     struct trawl_error *err)
{
	struct docids stands = { .n = 0 };
	enum trawl_status st = TRAWL_OK;
	uint32_t by;
	bool grouped;

	for (size_t i = 0; st == TRAWL_OK && i < of->n; i++) {
		st = groups_of(groups, of->at[i], &by, &grouped, err);
		if (st == TRAWL_OK && grouped)
			note_docid(&stands, by);
	}
	tidy(&stands);
	for (size_t i = 0; st == TRAWL_OK && i < stands.n; i++)
		st = groups_members(groups, stands.at[i], note_docid, out, err);
	if (st == TRAWL_OK && stands.failed)
		st = fail_nomem(err);
	free(stands.at);
	return st;
}

struct there {
	struct docids *out;
	const struct docids *wanted;
	size_t at;
};

/* Of those wanted, in order, the ones that there are. */
static bool note_there(void *ctx, uint32_t docid)
{
	struct there *t = ctx;

	while (t->at < t->wanted->n && t->wanted->at[t->at] < docid)
		t->at++;
	if (t->at == t->wanted->n)
		return false;
	return t->wanted->at[t->at] != docid || note_docid(t->out, docid);
}

static enum trawl_status known(struct regroup *g, struct trawl_error *err)
{
	struct buf variants = BUF_INIT(STORED_MAX);
	struct buf terms = BUF_INIT(STORED_MAX);
	enum trawl_status st = get(g, VARIANTS_MINED, &variants, err);

	if (st == TRAWL_OK)
		st = get(g, META_STORY_TERMS, &terms, err);
	if (st == TRAWL_OK)
		st = news_corpus_known(g->corpus, &variants, &terms, err);
	buf_release(&variants);
	buf_release(&terms);
	return st;
}

/* Members of the groups that near are in come to them. */
static enum trawl_status add_groups(struct regroup *g, enum group_kind kind,
				    struct docids *near,
				    struct trawl_error *err)
{
	struct groups *groups = groups_new(g->db, kind);
	struct docids of = { .n = 0 };
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; i < near->n; i++)
		note_docid(&of, near->at[i]);
	st = groups && !of.failed ? add_members(groups, &of, near, err)
				  : fail_nomem(err);
	groups_free(groups);
	free(of.at);
	tidy(near);
	return st;
}

static enum trawl_status neighbourhood(struct regroup *g, struct docids *near,
				       struct trawl_error *err)
{
	const struct news_changes *c = g->changes;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; i < c->ngone; i++)
		note_docid(near, c->gone[i]);
	for (size_t i = 0; st == TRAWL_OK && i < c->nput; i++)
		st = add_similar(g, c->put[i], near, err);
	tidy(near);
	for (int kind = 0; st == TRAWL_OK && kind < GROUP_KINDS; kind++)
		st = add_groups(g, (enum group_kind)kind, near, err);
	return st == TRAWL_OK && near->failed ? fail_nomem(err) : st;
}

static enum trawl_status part(struct regroup *g, struct trawl_error *err)
{
	struct docids near = { .n = 0 };
	struct there t = { .out = &g->docids, .wanted = &near };
	enum trawl_status st = begin(g, err);

	if (st == TRAWL_OK)
		st = trawl_index_open(g->w->index, &g->ix, err);
	if (st == TRAWL_OK)
		st = known(g, err);
	if (st == TRAWL_OK)
		st = neighbourhood(g, &near, err);
	if (st == TRAWL_OK)
		st = xap_db_postings(g->db, "", 0, 0, note_there, &t, err);
	free(near.at);
	return st == TRAWL_OK ? group(g, err) : st;
}

/* ----------------------------------------------------------- the whole -- */

static bool is_part(const struct trawl_writer *w,
		    const struct news_changes *changes)
{
	uint64_t n = changes->nput + changes->ngone;

	return w->documents > WHOLE_DOCUMENTS &&
	       n * 100 < w->documents * WHOLE_SHARE;
}

enum trawl_status writer_regroup(struct trawl_writer *w,
				 const struct news_changes *changes,
				 struct trawl_error *err)
{
	struct regroup g = { .w = w,
			     .changes = changes,
			     .db = xap_writer_db(w->xap) };
	enum trawl_status st;

	g.store = (struct news_store){ .ctx = &g,
				       .set = set,
				       .get = get,
				       .language = w->meta.language,
				       .part = is_part(w, changes) };
	arena_init(&g.arena, PAGE_MAX);
	features_init(&g.features);
	g.reader = feature_reader_new(w->meta.news);
	if (!g.reader)
		st = fail_nomem(err);
	else
		st = g.store.part ? part(&g, err) : whole(&g, err);
	feature_reader_free(g.reader);
	features_release(&g.features);
	arena_release(&g.arena);
	news_corpus_free(g.corpus);
	free(g.docids.at);
	trawl_index_close(g.ix);
	return st;
}
