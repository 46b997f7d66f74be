/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "news_corpus.h"

#include "arena.h"
#include "beside.h"
#include "date.h"
#include "news_page.h"
#include "news_settings.h"
#include "status.h"
#include "variants.h"

#include <stdlib.h>
#include <string.h>

enum {
	LANGUAGES_MAX = 64,
	KEPT_TEXT_MAX = 64 << 20
};

struct entry {
	const char *id;
	int64_t date; /* INT64_MAX: none */
	uint32_t docid, words;
};

struct language_count {
	const char *name; /* static */
	uint64_t documents;
};

struct news_corpus {
	unsigned news;
	struct copies *copies;
	struct stories *stories;
	struct name_miner *names;
	struct news_counter *counters;
	struct news_words words;
	struct arena ids;
	struct entry *entry;
	size_t n, alloc;
	struct language_count language[LANGUAGES_MAX];
	size_t nlanguages;
};

enum trawl_status news_corpus_new(unsigned news, const char *dir,
				  uint64_t memory, struct news_corpus **out,
				  struct trawl_error *err)
{
	struct news_corpus *c = calloc(1, sizeof(*c));
	enum trawl_status st = TRAWL_OK;

	if (!c)
		return fail_nomem(err);
	c->news = news;
	arena_init(&c->ids, SIZE_MAX);
	/* Copies do not go into stories twice. */
	if (news & (NEWS_COPIES | NEWS_STORIES))
		st = copies_new(dir, memory / 3, &c->copies, err);
	if (st == TRAWL_OK && news & NEWS_STORIES)
		st = stories_new(dir, memory / 3, &c->stories, err);
	if (st == TRAWL_OK && news & NEWS_NAMES)
		st = name_miner_new(dir, memory / 3, &c->names, err);
	if (st == TRAWL_OK)
		*out = c;
	else
		news_corpus_free(c);
	return st;
}

static void free_counters(struct news_corpus *c)
{
	struct news_counter *counter;

	while ((counter = c->counters)) {
		c->counters = counter->next;
		name_count_free(counter->names);
		free(counter);
	}
}

void news_corpus_free(struct news_corpus *c)
{
	if (!c)
		return;
	free_counters(c);
	copies_free(c->copies);
	stories_free(c->stories);
	name_miner_free(c->names);
	news_words_release(&c->words);
	arena_release(&c->ids);
	free(c->entry);
	free(c);
}

enum trawl_status news_corpus_count(struct news_corpus *c, const char *text,
				    size_t len, const struct span *spans,
				    size_t nspans, struct trawl_error *err)
{
	if (!c->names)
		return TRAWL_OK;
	if (!news_words_read(&c->words, text, len, spans, nspans))
		return fail_nomem(err);
	return name_miner_count(c->names, &c->words, text, err);
}

enum trawl_status news_corpus_counter(struct news_corpus *c, uint64_t memory,
				      struct news_counter **out,
				      struct trawl_error *err)
{
	struct news_counter *counter;
	enum trawl_status st;

	*out = NULL;
	if (!c->names)
		return TRAWL_OK;
	counter = calloc(1, sizeof(*counter));
	if (!counter)
		return fail_nomem(err);
	counter->next = c->counters;
	c->counters = counter;
	st = name_miner_counter(c->names, (size_t)memory, &counter->names, err);
	if (st == TRAWL_OK)
		*out = counter;
	return st;
}

static enum trawl_status merge_counters(struct news_corpus *c,
					struct trawl_error *err)
{
	struct news_counter *counter = c->counters;
	enum trawl_status st = TRAWL_OK;

	for (; st == TRAWL_OK && counter; counter = counter->next) {
		struct name_count *names = counter->names;

		counter->names = NULL;
		if (names)
			st = name_miner_merge(c->names, names, err);
	}
	return st;
}

enum trawl_status news_corpus_candidates(struct news_corpus *c,
					 struct trawl_error *err)
{
	enum trawl_status st;

	if (!c->names)
		return TRAWL_OK;
	st = merge_counters(c, err);
	return st == TRAWL_OK ? name_miner_candidates(c->names, err) : st;
}

const struct name_miner *news_corpus_names(const struct news_corpus *c)
{
	return c->names && name_miner_has_candidates(c->names) ? c->names
							       : NULL;
}

/* ----------------------------------------------------------- documents -- */

static void count_language(struct news_corpus *c, const char *name)
{
	size_t i = 0;

	while (i < c->nlanguages && strcmp(c->language[i].name, name) != 0)
		i++;
	if (i == LANGUAGES_MAX)
		return;
	if (i == c->nlanguages)
		c->language[c->nlanguages++].name = name;
	c->language[i].documents++;
}

static int64_t date_of(const char *s)
{
	struct date d;

	return s && date_parse(s, strlen(s), &d) ? d.first : INT64_MAX;
}

static bool add_entry(struct news_corpus *c, uint32_t docid,
		      const struct features *f)
{
	if (c->n == c->alloc) {
		size_t want = c->alloc ? 2 * c->alloc : 1024;
		struct entry *grown = realloc(c->entry, want * sizeof(*grown));

		if (!grown)
			return false;
		c->entry = grown;
		c->alloc = want;
	}
	c->entry[c->n].id = arena_strdup(&c->ids, f->id);
	c->entry[c->n].docid = docid;
	c->entry[c->n].words = f->words;
	c->entry[c->n].date = date_of(f->date);
	return c->entry[c->n++].id != NULL;
}

enum trawl_status news_corpus_add(struct news_corpus *c, uint32_t docid,
				  const struct features *f,
				  struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!add_entry(c, docid, f))
		return fail_nomem(err);
	if (c->news & NEWS_LANGUAGE)
		count_language(c, f->stemmer ? f->stemmer : "");
	if (c->copies)
		st = copies_add(c->copies, &f->sketch, err);
	if (st == TRAWL_OK && c->stories)
		st = stories_add(c->stories, page_day(f->date), f->terms.data,
				 f->terms.len, err);
	if (st == TRAWL_OK && f->notes.len)
		st = name_miner_meet(c->names, f->notes.data, f->notes.len,
				     err);
	return st;
}

/* -------------------------------------------------------------- the end -- */

/* The earliest stands for the others, then the longest, then by id. */
static int compare_entries(const void *a, const void *b, void *ctx)
{
	const struct entry *entry = ctx;
	const struct entry *x = &entry[*(const uint32_t *)a];
	const struct entry *y = &entry[*(const uint32_t *)b];

	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	if (x->words != y->words)
		return x->words > y->words ? -1 : 1;
	return strcmp(x->id, y->id);
}

static uint32_t *make_ranks(struct news_corpus *c)
{
	uint32_t *order = malloc((c->n + 1) * sizeof(*order));
	uint32_t *rank = malloc((c->n + 1) * sizeof(*rank));

	if (order && rank) {
		for (uint32_t i = 0; i < c->n; i++)
			order[i] = i;
		qsort_r(order, c->n, sizeof(*order), compare_entries, c->entry);
		for (uint32_t i = 0; i < c->n; i++)
			rank[order[i]] = i;
	} else {
		free(rank);
		rank = NULL;
	}
	free(order);
	return rank;
}

struct kept {
	struct news_corpus *c;
	const struct news_store *store;
	struct buf text;
};

static enum trawl_status keep_text(struct kept *k, const char *key,
				   struct trawl_error *err)
{
	if (k->text.failed)
		return fail_nomem(err);
	return k->store->set(k->store->ctx, key, k->text.data, k->text.len,
			     err);
}

/* Chunks of docids, all of them; of a part of an index, as they were. */
static enum trawl_status load_chunks(struct kept *k, enum group_kind kind,
				     uint32_t *stands, size_t chunks,
				     struct trawl_error *err)
{
	char key[GROUPS_KEY_MAX];
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && k->store->part && i < chunks;
	     i++) {
		buf_reset(&k->text);
		groups_key(kind, (uint32_t)i, key);
		st = k->store->get(k->store->ctx, key, &k->text, err);
		if (st == TRAWL_OK)
			groups_parse(k->text.data, k->text.len,
				     stands + i * GROUPS_CHUNK);
	}
	return st;
}

/* Those that stand for themselves alone are in no group. */
static void set_groups(const struct news_corpus *c, const uint32_t *group,
		       uint32_t *stands)
{
	for (uint32_t i = 0; i < c->n; i++)
		stands[c->entry[i].docid] = 0;
	for (uint32_t i = 0; i < c->n; i++)
		if (group[i] != i) {
			uint32_t by = c->entry[group[i]].docid;

			stands[c->entry[i].docid] = by;
			stands[by] = by;
		}
}

static enum trawl_status store_chunks(struct kept *k, enum group_kind kind,
				      const uint32_t *stands, size_t chunks,
				      struct trawl_error *err)
{
	char key[GROUPS_KEY_MAX];
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < chunks; i++) {
		buf_reset(&k->text);
		groups_key(kind, (uint32_t)i, key);
		groups_print(stands + i * GROUPS_CHUNK, &k->text);
		st = keep_text(k, key, err);
	}
	return st;
}

static enum trawl_status keep_groups(struct kept *k, enum group_kind kind,
				     const uint32_t *group,
				     struct trawl_error *err)
{
	const struct news_corpus *c = k->c;
	uint32_t last = 0;
	uint32_t *stands;
	size_t chunks;
	enum trawl_status st;

	for (size_t i = 0; i < c->n; i++)
		if (c->entry[i].docid > last)
			last = c->entry[i].docid;
	chunks = (size_t)last / GROUPS_CHUNK + 1;
	stands = calloc(chunks * GROUPS_CHUNK, sizeof(*stands));
	if (!stands)
		return fail_nomem(err);
	st = load_chunks(k, kind, stands, chunks, err);
	if (st == TRAWL_OK) {
		set_groups(c, group, stands);
		st = store_chunks(k, kind, stands, chunks, err);
	}
	free(stands);
	return st;
}

static enum trawl_status keep_stories(struct kept *k, const uint32_t *rank,
				      const uint32_t *copy,
				      struct trawl_error *err)
{
	struct news_corpus *c = k->c;
	uint32_t *story = malloc((c->n + 1) * sizeof(*story));
	enum trawl_status st = fail_nomem(err);

	if (k->store->beside)
		stories_beside(c->stories);
	if (story)
		st = stories_finish(c->stories, rank, copy, story, err);
	if (st == TRAWL_OK)
		st = keep_groups(k, GROUP_STORY, story, err);
	if (st == TRAWL_OK && !k->store->part) {
		buf_reset(&k->text);
		st = stories_save(c->stories, &k->text)
			     ? keep_text(k, META_STORY_TERMS, err)
			     : fail_nomem(err);
	}
	free(story);
	return st;
}

/* Who is a copy of whom; a thread's. */
struct found_copies {
	struct news_corpus *c;
	uint32_t *rank, *copy;
	enum trawl_status st;
	struct trawl_error err;
};

static void *find_copies(void *arg)
{
	struct found_copies *f = arg;
	struct news_corpus *c = f->c;

	f->rank = make_ranks(c);
	f->copy = malloc((c->n + 1) * sizeof(*f->copy));
	f->st = f->rank && f->copy
			? copies_finish(c->copies, f->rank, f->copy, &f->err)
			: fail_nomem(&f->err);
	return NULL;
}

static enum trawl_status keep_copies(struct kept *k,
				     const struct found_copies *f,
				     struct trawl_error *err)
{
	struct news_corpus *c = k->c;
	enum trawl_status st = f->st;

	if (st != TRAWL_OK)
		return fail(err, st, "%s", f->err.text);
	if (c->news & NEWS_COPIES)
		st = keep_groups(k, GROUP_COPY, f->copy, err);
	if (st == TRAWL_OK && c->stories)
		st = keep_stories(k, f->rank, f->copy, err);
	return st;
}

/* Spellings of a name are one term of a story. */
static enum trawl_status join_words(struct news_corpus *c, const char *first,
				    const char *word, struct trawl_error *err)
{
	return stories_same(c->stories, story_word(word, strlen(word)),
			    story_word(first, strlen(first)), err);
}

static enum trawl_status join_known(struct news_corpus *c,
				    const struct variants *v,
				    struct trawl_error *err)
{
	const struct variant_group *g;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && (g = variants_at(v, i)); i++)
		for (size_t j = 1; st == TRAWL_OK && !g->rejected && j < g->n;
		     j++)
			st = join_words(c, g->word[0].word, g->word[j].word,
					err);
	return st;
}

enum trawl_status news_corpus_known(struct news_corpus *c,
				    const struct buf *variants,
				    const struct buf *story_terms,
				    struct trawl_error *err)
{
	const struct variants_input in = { .mined = variants->data,
					   .mined_len = variants->len };
	struct variants *v;
	enum trawl_status st;

	if (!c->stories)
		return TRAWL_OK;
	st = variants_new(&in, &v, err);
	if (st != TRAWL_OK)
		return st;
	st = join_known(c, v, err);
	variants_free(v);
	if (st == TRAWL_OK && story_terms->len)
		st = stories_load(c->stories, story_terms->data,
				  story_terms->len, err);
	return st;
}

static enum trawl_status keep_names(struct kept *k, struct trawl_error *err)
{
	struct news_corpus *c = k->c;
	const struct name_group *g;
	size_t n;
	enum trawl_status st = name_miner_finish(c->names, &g, &n, err);

	for (size_t i = 0; st == TRAWL_OK && c->stories && i < n; i++)
		for (size_t j = 1; st == TRAWL_OK && j < g[i].n; j++)
			st = join_words(c, g[i].spelling[0].word,
					g[i].spelling[j].word, err);
	if (st != TRAWL_OK)
		return st;
	buf_reset(&k->text);
	if (!variants_print_mined(g, n, &k->text))
		return fail_nomem(err);
	return keep_text(k, VARIANTS_MINED, err);
}

static int compare_languages(const void *a, const void *b)
{
	const struct language_count *x = a, *y = b;

	if (x->documents != y->documents)
		return x->documents > y->documents ? -1 : 1;
	return strcmp(x->name, y->name);
}

static enum trawl_status keep_languages(struct kept *k, const char *language,
					struct trawl_error *err)
{
	struct language_count all[LANGUAGES_MAX];
	struct news_corpus *c = k->c;
	size_t n = 0;

	/* Those of no language of their own have the index's. */
	for (size_t i = 0; i < c->nlanguages; i++) {
		const char *name =
			*c->language[i].name ? c->language[i].name : language;
		size_t at = 0;

		while (at < n && strcmp(all[at].name, name) != 0)
			at++;
		if (at == n)
			all[n++] = (struct language_count){ name, 0 };
		all[at].documents += c->language[i].documents;
	}
	qsort(all, n, sizeof(*all), compare_languages);
	buf_reset(&k->text);
	for (size_t i = 0; i < n; i++)
		buf_addf(&k->text, "%s %llu\n", all[i].name,
			 (unsigned long long)all[i].documents);
	return keep_text(k, META_LANGUAGES, err);
}

/* Names, while copies are found: both are needed for stories. */
static enum trawl_status keep_all(struct kept *k, struct found_copies *f,
				  struct trawl_error *err)
{
	struct news_corpus *c = k->c;
	struct beside copies;
	enum trawl_status st;

	beside_start(&copies, find_copies, f,
		     k->store->beside && c->names && c->copies);
	st = c->names ? keep_names(k, err) : TRAWL_OK;
	if (st == TRAWL_OK && c->copies)
		beside_finish(&copies);
	else
		beside_wait(&copies);
	return st == TRAWL_OK && c->copies ? keep_copies(k, f, err) : st;
}

enum trawl_status news_corpus_finish(struct news_corpus *c,
				     const struct news_store *store,
				     struct trawl_error *err)
{
	struct kept k = { .c = c, .store = store };
	struct found_copies f = { .c = c };
	enum trawl_status st = TRAWL_OK;

	buf_init(&k.text, KEPT_TEXT_MAX);
	if (c->news & NEWS_LANGUAGE && !store->part)
		st = keep_languages(&k, store->language, err);
	if (st == TRAWL_OK)
		st = keep_all(&k, &f, err);
	free(f.rank);
	free(f.copy);
	buf_release(&k.text);
	return st;
}
