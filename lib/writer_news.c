/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_news.c - an input read twice
 *
 * What stands on many pages of a source is known when all of them have been
 * seen.  So what is put is written aside (spool.h), while its lines are counted;
 * the second pass (second_pass.h) indexes it, knowing what recurs.  In modes
 * BUILD and REWRITE that is at the end; in mode UPDATE before each commit, and
 * counts of earlier ones are kept in the index:
 *
 *	trawl.lines.0123456789abcdef	of a source (its hash): recurrence.h
 */
#include "writer_parts.h"

#include "beside.h"
#include "generation.h"
#include "language.h"
#include "news_corpus.h"
#include "news_settings.h"
#include "part_words.h"
#include "prepare.h"
#include "second_pass.h"
#include "spool.h"
#include "status.h"
#include "variants.h"

enum {
	/* Of mode UPDATE, which is for few documents: one of so many bytes of a
	 * batch may be those of documents written aside. */
	SPOOL_SHARE = 16,
	LINES_MAX = 1 << 30, /* bytes of a source's counts */
	THREADS_MAX = 64,
	TELL_EVERY = 16,	 /* documents */
	COUNTERS_SHARE = 16,	 /* of memory, for all counters of names */
	UNDER_WAY_SHARE = 32,	 /* for documents of the second pass */
	THREAD_MEMORY = 48 << 20 /* bytes for a thread of the second pass */
};

/* The second pass, of all that is to be done at the end. */
static const double PROGRESS_PASS = 0.8;

#define META_LINES "trawl.lines."

struct writer_news {
	struct spool *spool;
	struct recurrence *recurrence;
	struct news_corpus *corpus; /* of a build */
	struct name_set sources;    /* whose counts were loaded */
	struct arena arena;	    /* of one page */
	struct news_changes changes;
	size_t put_alloc, gone_alloc;
	uint64_t added; /* written aside, and of new ids */
	uint64_t taken; /* by the second pass */
	uint64_t long_words;
	struct language_counts languages; /* of what was put */
};

static enum trawl_status keep(void *ctx, const char *key, const char *value,
			      size_t len, struct trawl_error *err)
{
	struct trawl_writer *w = ctx;
	struct buf b = BUF_INIT(256);
	enum trawl_status st;

	buf_adds(&b, key);
	st = b.failed ? fail_nomem(err)
		      : writer_set_metadata(w, &b, value, len, err);
	buf_release(&b);
	return st;
}

static enum trawl_status begin(struct trawl_writer *w, struct trawl_error *err)
{
	struct writer_news *n = w->news;

	recurrence_free(n->recurrence);
	n->recurrence = NULL;
	name_set_release(&n->sources);
	n->sources = (struct name_set){ 0 };
	n->added = 0;
	return recurrence_new(w->index, w->memory / 8, &n->recurrence, err);
}

enum trawl_status news_open(struct trawl_writer *w, struct trawl_error *err)
{
	struct writer_news *n = calloc(1, sizeof(*n));
	enum trawl_status st;

	if (!n)
		return fail_nomem(err);
	w->news = n;
	arena_init(&n->arena, SIZE_MAX);
	st = spool_new(w->index, &n->spool, err);
	if (st == TRAWL_OK)
		st = begin(w, err);
	if (st == TRAWL_OK && w->build)
		st = news_corpus_new(w->meta.news, w->index, w->memory / 4,
				     &n->corpus, err);
	return st;
}

void news_close(struct trawl_writer *w)
{
	struct writer_news *n = w->news;

	if (!n)
		return;
	spool_free(n->spool);
	recurrence_free(n->recurrence);
	news_corpus_free(n->corpus);
	name_set_release(&n->sources);
	arena_release(&n->arena);
	free(n->changes.put);
	free(n->changes.gone);
	free(n);
	w->news = NULL;
}

enum trawl_status writer_counter_new(struct trawl_writer *w,
				     struct news_counter **out,
				     struct trawl_error *err)
{
	*out = NULL;
	return w->news && w->news->corpus
		       ? news_corpus_counter(w->news->corpus,
					     w->memory / COUNTERS_SHARE /
						     w->threads,
					     out, err)
		       : TRAWL_OK;
}

uint64_t news_pending(const struct trawl_writer *w)
{
	return w->news ? w->news->added : 0;
}

uint64_t news_long_words(const struct trawl_writer *w)
{
	return w->news ? w->news->long_words : 0;
}

bool news_has(const struct trawl_writer *w, const char *id)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	bool has;

	if (!w->news)
		return false;
	add_long_term(&term, TERM_ID, id, strlen(id));
	has = !term.failed && name_set_has(&w->ids, term.data, term.len);
	buf_release(&term);
	return has;
}

/* --------------------------------------------------------- what recurs -- */

static void lines_key(uint64_t source, char out[32])
{
	snprintf(out, 32, META_LINES "%016llx", (unsigned long long)source);
}

struct loading {
	struct recurrence *r;
	uint64_t source;
	enum trawl_status st;
	struct trawl_error *err;
};

static bool load_lines(void *ctx, const char *data, size_t len)
{
	struct loading *l = ctx;

	if (len)
		l->st = recurrence_load(l->r, l->source, data, len, l->err);
	return false;
}

/* Counts of earlier documents of a source that is met for the first time. */
static enum trawl_status know_source(struct trawl_writer *w, uint64_t source,
				     struct trawl_error *err)
{
	struct writer_news *n = w->news;
	struct loading l = { n->recurrence, source, TRAWL_OK, err };
	char key[32];
	enum trawl_status st;

	if (w->build || !writer_db(w))
		return TRAWL_OK;
	lines_key(source, key);
	if (name_set_has(&n->sources, key, strlen(key)))
		return TRAWL_OK;
	if (!name_set_reserve(&n->sources))
		return fail_nomem(err);
	name_set_add(&n->sources, key, strlen(key));
	st = xap_db_metadata(writer_db(w), key, strlen(key), load_lines, &l,
			     err);
	return st == TRAWL_OK ? l.st : st;
}

static void count_language(struct trawl_writer *w, const struct trawl_doc *doc)
{
	struct language_counts one = { .n = 1 };
	const char *name = language_of(doc);

	snprintf(one.at[0].name, sizeof(one.at[0].name), "%s",
		 name ? name : w->meta.language);
	one.at[0].documents = 1;
	language_counts_add(&w->news->languages, &one);
}

/* again: it takes the place of one that was counted. */
static enum trawl_status count_page(struct trawl_writer *w,
				    const struct page *p, bool again,
				    struct trawl_error *err)
{
	const struct recurring_lines lines = page_lines(p);
	struct writer_news *n = w->news;
	enum trawl_status st = know_source(w, p->source, err);

	if (st == TRAWL_OK && w->meta.news & NEWS_BOILERPLATE)
		st = (again ? recurrence_add_again : recurrence_add)(
			n->recurrence, p->source, p->day, &lines, err);
	count_language(w, &p->doc);
	return st;
}

static enum trawl_status keep_lines(struct trawl_writer *w,
				    struct trawl_error *err)
{
	struct buf value = BUF_INIT(LINES_MAX);
	enum trawl_status st = TRAWL_OK;
	uint64_t source;
	size_t at = 0;
	char key[32];

	while (st == TRAWL_OK &&
	       recurrence_save(w->news->recurrence, &at, &source, &value)) {
		lines_key(source, key);
		st = value.failed ? fail_nomem(err)
				  : keep(w, key, value.data, value.len, err);
		buf_reset(&value);
	}
	buf_release(&value);
	return st;
}

/* ----------------------------------------------------------------- put -- */

static enum trawl_status write_aside(struct trawl_writer *w,
				     struct trawl_prepared *prep, bool again,
				     struct trawl_error *err)
{
	struct writer_news *n = w->news;
	struct trawl_error why = { 0 };
	struct page p;
	enum trawl_status st;

	arena_reset(&n->arena);
	if (!page_parse(prep->record.data, prep->record.len, &n->arena, &p))
		return fail_nomem(err);
	st = count_page(w, &p, again, &why);
	if (st == TRAWL_OK)
		st = spool_add(n->spool, prep->record.data, prep->record.len,
			       &why);
	prep->used_up = true;
	buf_release(&prep->record);
	return writer_ended(w, st, &why, err);
}

/* There is one of that id: *aside says whether it is to be stored anew. */
static enum trawl_status
look_at_old(struct trawl_writer *w, struct trawl_prepared *prep, uint32_t docid,
	    bool *aside, enum trawl_outcome *outcome, struct trawl_error *err)
{
	struct state old;
	bool same = false;
	enum trawl_status st;

	if (!docid_set_reserve(&w->put, docid))
		return fail_nomem(err);
	st = writer_compare(w, prep, docid, &same, &old, err);
	if (st != TRAWL_OK)
		return st;
	*outcome = same ? TRAWL_UNCHANGED : TRAWL_REPLACED;
	*aside =
		!same || (w->builder && (old.size != prep->state.size ||
					 old.mtime_ns != prep->state.mtime_ns));
	if (same && !w->builder)
		st = writer_touch(w, docid, &old, &prep->state, err);
	return st;
}

static enum trawl_status put_page(struct trawl_writer *w,
				  struct trawl_prepared *prep,
				  enum trawl_outcome *outcome,
				  struct trawl_error *err)
{
	const struct xap_bytes id = prep->unique;
	bool aside = true;
	uint32_t docid = 0;
	enum trawl_status st = TRAWL_OK;

	if (!w->build)
		st = writer_find_unique(w, id, &docid, err);
	if (st == TRAWL_OK && !name_set_reserve(&w->ids))
		st = fail_nomem(err);
	*outcome = TRAWL_ADDED;
	if (st == TRAWL_OK && docid && docid_set_has(&w->put, docid)) {
		*outcome = TRAWL_DUPLICATE;
		return TRAWL_OK;
	}
	if (st == TRAWL_OK && docid)
		st = look_at_old(w, prep, docid, &aside, outcome, err);
	if (st == TRAWL_OK && aside)
		st = write_aside(w, prep, docid != 0, err);
	if (st != TRAWL_OK)
		return st;
	name_set_add(&w->ids, id.data, id.len);
	if (docid)
		docid_set_add(&w->put, docid);
	else
		w->news->added++;
	return TRAWL_OK;
}

enum trawl_status news_put(struct trawl_writer *w, struct trawl_prepared *prep,
			   enum trawl_outcome *outcome, struct trawl_error *err)
{
	enum trawl_status st;

	if (name_set_has(&w->ids, prep->unique.data, prep->unique.len)) {
		*outcome = TRAWL_DUPLICATE;
		return TRAWL_OK;
	}
	if (prep->used_up || !prep->record.len)
		return fail(err, TRAWL_INVAL,
			    "this was prepared for another writer, or has "
			    "been put before");
	st = put_page(w, prep, outcome, err);
	if (st == TRAWL_OK && !w->builder && !w->build &&
	    spool_bytes(w->news->spool) > w->batch_limit / SPOOL_SHARE)
		st = news_flush(w, err);
	return st;
}

/* ------------------------------------------------------------- changes -- */

static bool makes_groups(const struct trawl_writer *w)
{
	return w->news && !w->build &&
	       w->meta.news & (NEWS_COPIES | NEWS_STORIES | NEWS_NAMES);
}

static bool note(uint32_t **at, size_t *n, size_t *alloc, uint32_t docid)
{
	if (*n == *alloc) {
		size_t want = *alloc ? 2 * *alloc : 256;
		uint32_t *grown = realloc(*at, want * sizeof(*grown));

		if (!grown)
			return false;
		*at = grown;
		*alloc = want;
	}
	(*at)[(*n)++] = docid;
	return true;
}

static bool note_put(struct trawl_writer *w, uint32_t docid)
{
	struct writer_news *n = w->news;

	return !makes_groups(w) ||
	       note(&n->changes.put, &n->changes.nput, &n->put_alloc, docid);
}

/* Without memory its group is left as it was. */
void news_gone(struct trawl_writer *w, uint32_t docid)
{
	struct writer_news *n = w->news;

	if (makes_groups(w))
		note(&n->changes.gone, &n->changes.ngone, &n->gone_alloc,
		     docid);
}

/* A rewrite has no writer of Xapian's yet. */
static enum trawl_status regroup(struct trawl_writer *w,
				 struct trawl_error *err)
{
	bool opened = !w->xap;
	enum trawl_status st = TRAWL_OK;

	if (opened)
		st = xap_writer_open(w->path, XAP_OPEN, false, &w->xap, err);
	if (st == TRAWL_OK)
		st = writer_regroup(w, &w->news->changes, err);
	if (st == TRAWL_OK)
		st = writer_variants(w, err);
	if (st == TRAWL_OK && opened) {
		st = xap_writer_commit(w->xap, err);
		xap_writer_free(w->xap);
		w->xap = NULL;
	}
	return st == TRAWL_OK && opened ? sync_directory(w->path, true, err)
					: st;
}

enum trawl_status news_regroup(struct trawl_writer *w, struct trawl_error *err)
{
	struct writer_news *n = w->news;
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (!makes_groups(w) || (!n->changes.nput && !n->changes.ngone))
		return TRAWL_OK;
	st = regroup(w, &why);
	n->changes.nput = n->changes.ngone = 0;
	return writer_ended(w, st, &why, err);
}

/* ----------------------------------------------------------- languages -- */

static uint64_t count_of(const struct language_counts *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->at[i].name, name))
			return list->at[i].documents;
	return 0;
}

static void add_stemmer(struct buf *out, const struct writer_news *n,
			const char *name)
{
	buf_addf(out, "%s %llu\n", name,
		 (unsigned long long)count_of(&n->languages, name));
}

/* Whose stemmers the index has, from the first documents on: its own, and those
 * of one in LANGUAGES_SHARE of them. */
static enum trawl_status decide_stemmers(struct trawl_writer *w,
					 struct trawl_error *err)
{
	struct buf text = BUF_INIT(1024);
	const char *main[LANGUAGES_MAIN - 1];
	uint64_t all = 0;
	size_t n;
	enum trawl_status st;

	if (w->meta.stemmers_known || !(w->meta.news & NEWS_LANGUAGE))
		return TRAWL_OK;
	for (size_t i = 0; i < w->news->languages.n; i++)
		all += w->news->languages.at[i].documents;
	n = language_counts_main(&w->news->languages, w->meta.language, main);
	add_stemmer(&text, w->news, w->meta.language);
	for (size_t i = 0; i < n; i++) {
		if (count_of(&w->news->languages, main[i]) * LANGUAGES_SHARE <
		    all)
			continue;
		add_stemmer(&text, w->news, main[i]);
		snprintf(w->meta.stemmer[w->meta.nstemmers++],
			 sizeof(w->meta.stemmer[0]), "%s", main[i]);
	}
	w->meta.stemmers_known = true;
	st = text.failed ? fail_nomem(err)
			 : keep(w, META_STEMMERS, text.data, text.len, err);
	buf_release(&text);
	return st;
}

/* ----------------------------------------------------- the second pass -- */

static enum trawl_status tell(struct trawl_writer *w, struct trawl_error *err)
{
	const uint64_t taken = w->news->taken++;

	if (taken % TELL_EVERY)
		return TRAWL_OK;
	return writer_progress(w,
			       PROGRESS_PASS * (double)taken /
				       (double)spool_records(w->news->spool),
			       err);
}

static enum trawl_status take(void *ctx, struct trawl_prepared *prep,
			      const struct features *f, struct trawl_error *err)
{
	struct trawl_writer *w = ctx;
	struct trawl_error why = { 0 };
	uint32_t docid;
	enum trawl_status st;

	w->news->long_words += trawl_prepared_long_words(prep);
	st = tell(w, &why);
	if (st != TRAWL_OK)
		return writer_ended(w, st, &why, err);
	st = writer_store(w, prep, &docid, err);
	if (st == TRAWL_OK && !note_put(w, docid))
		st = fail_nomem(err);
	if (st != TRAWL_OK || !w->news->corpus)
		return st;
	st = news_corpus_add(w->news->corpus, docid, f, &why);
	return writer_ended(w, st, &why, err);
}

/* Names whose company is noted are looked for by a thread, when there may be
 * two, while it is decided what recurs and the first documents are read. */
struct names_ahead {
	struct news_corpus *corpus; /* NULL: there is none */
	struct beside beside;
	enum trawl_status st;
	struct trawl_error err;
};

static void *look_for_names(void *arg)
{
	struct names_ahead *a = arg;

	a->st = news_corpus_candidates(a->corpus, &a->err);
	return NULL;
}

static void start_names(struct names_ahead *a, const struct trawl_writer *w)
{
	*a = (struct names_ahead){ .corpus = w->news->corpus };
	beside_start(&a->beside, look_for_names, a,
		     a->corpus && w->threads > 1);
}

static enum trawl_status find_names(void *ctx, const struct name_miner **out,
				    struct trawl_error *err)
{
	struct names_ahead *a = ctx;

	if (!a->corpus)
		return TRAWL_OK;
	beside_finish(&a->beside);
	if (a->st != TRAWL_OK)
		return fail(err, a->st, "%s", a->err.text);
	*out = news_corpus_names(a->corpus);
	return TRAWL_OK;
}

/* Each keeps the words of what it has prepared. */
static unsigned second_threads(const struct trawl_writer *w)
{
	uint64_t n = w->memory / THREAD_MEMORY;

	n = n < w->threads ? n : w->threads;
	n = n < THREADS_MAX ? n : THREADS_MAX;
	return n ? (unsigned)n : 1;
}

static enum trawl_status make_preparers(struct trawl_writer *w, size_t n,
					struct trawl_preparer **out,
					struct trawl_error *err)
{
	struct builder_share *share;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < n; i++) {
		st = writer_share_new(w, &share, err);
		if (st == TRAWL_OK)
			st = preparer_new(&w->meta, share, &out[i], err);
	}
	return st;
}

static enum trawl_status run(struct trawl_writer *w, struct names_ahead *names,
			     struct trawl_error *err)
{
	struct trawl_preparer *preparers[THREADS_MAX] = { NULL };
	struct writer_news *n = w->news;
	struct second_pass pass = {
		.spool = n->spool,
		.news = w->meta.news,
		.recurrence = n->recurrence,
		.names = find_names,
		.names_ctx = names,
		.memory = w->memory / UNDER_WAY_SHARE,
		.preparers = preparers,
		.take = take,
		.ctx = w,
	};
	enum trawl_status st;

	pass.nthreads = second_threads(w);
	st = make_preparers(w, pass.nthreads, preparers, err);
	if (st == TRAWL_OK)
		st = second_pass_run(&pass, err);
	for (size_t i = 0; i < pass.nthreads; i++)
		trawl_preparer_free(preparers[i]);
	return st;
}

static enum trawl_status second_pass(struct trawl_writer *w,
				     struct trawl_error *err)
{
	struct names_ahead names;
	enum trawl_status st;

	start_names(&names, w);
	st = decide_stemmers(w, err);
	if (st == TRAWL_OK)
		st = recurrence_decide(w->news->recurrence, err);
	if (st == TRAWL_OK)
		st = run(w, &names, err);
	beside_wait(&names.beside);
	return st;
}

enum trawl_status news_flush(struct trawl_writer *w, struct trawl_error *err)
{
	struct writer_news *n = w->news;
	struct trawl_error why = { 0 };
	enum trawl_status st;

	if (!spool_records(n->spool))
		return TRAWL_OK;
	/* What is stored counts itself. */
	n->added = n->taken = 0;
	st = second_pass(w, &why);
	if (st == TRAWL_OK)
		st = keep_lines(w, &why);
	if (st == TRAWL_OK)
		st = spool_empty(n->spool, &why);
	if (st == TRAWL_OK && !w->build)
		st = begin(w, &why);
	/* Those of mode UPDATE can be found in the index now. */
	if (st == TRAWL_OK && w->xap && !w->build) {
		name_set_release(&w->ids);
		w->ids = (struct name_set){ 0 };
	}
	return w->why.text[0] ? fail(err, st, "%s", why.text)
			      : writer_ended(w, st, &why, err);
}

/* ----------------------------------------------------------- the whole -- */

enum trawl_status news_finish(struct trawl_writer *w, struct trawl_error *err)
{
	const struct news_store store = { .ctx = w,
					  .set = keep,
					  .language = w->meta.language,
					  .beside = w->threads > 1 };

	return w->news->corpus
		       ? news_corpus_finish(w->news->corpus, &store, err)
		       : TRAWL_OK;
}
