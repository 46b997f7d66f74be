/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/run.c, run_spill.c, run_source.c against plain arrays: random documents
 * of one to nine runs, spilled at random points, come back term by term and
 * docid by docid; a damaged file is CORRUPT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "glass_position.h"
#include "posting_run_parts.h"
#include "sanitized.h"
#include "temp_dir.h"

#include <pthread.h>

enum {
	WORDS = 80,
	SHARES_MAX = 9,
	FILES_MAX = 400,
	BEFORE = 20, /* documents of a run before the damaged one */
	DAMAGES = SANITIZED ? 160 : 300,
	POSITIONS_MAX = 620000, /* so far apart: a tag of a MB */
	POSITIONS_APART = 6900
};

struct posting {
	uint32_t word, ticket, wdf;
	size_t tag, len; /* of model.tags; len 0: no positions */
};

struct model {
	uint32_t seed;
	struct posting *p; /* tickets ascend */
	size_t n, alloc;
	unsigned char *tags;
	size_t ntags, tags_alloc;
	uint32_t tickets;
	uint32_t *docids;
	uint32_t *positions;
	struct temp_dir dir;
};

/* What one thread of a build has. */
struct share {
	struct terms terms;
	struct run *run;
	struct run_files *files[FILES_MAX];
	size_t nfiles;
};

static char letters[WORDS][XAP_TERM_MAX];
static struct xap_bytes words[WORDS]; /* in byte order */

static uint32_t draw(struct model *m, uint32_t below)
{
	m->seed = m->seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)m->seed * below >> 32);
}

/* ---------------------------------------------------------------- model -- */

static int by_bytes(const void *a, const void *b)
{
	const struct xap_bytes *s = a, *t = b;
	int order = memcmp(s->data, t->data, s->len < t->len ? s->len : t->len);

	return order ? order : (s->len > t->len) - (s->len < t->len);
}

/* NULs, long ones, some that begin alike, one of each length. */
static int make_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		size_t len = i < 5 ? i + 1 : i < 10 ? XAP_TERM_MAX : 2 + i * 3;

		memset(letters[i], i < 5 ? 0 : 'a' + (int)(i % 3), len);
		letters[i][len - 1] = (char)(i * 3);
		words[i] = (struct xap_bytes){ letters[i], len };
	}
	qsort(words, WORDS, sizeof(*words), by_bytes);
	for (size_t i = 1; i < WORDS; i++)
		assert_true(by_bytes(&words[i - 1], &words[i]) < 0);
	return 0;
}

static void model_make(struct model *m, uint32_t seed)
{
	*m = (struct model){ .seed = seed };
	m->positions = malloc(POSITIONS_MAX * sizeof(*m->positions));
	assert_non_null(m->positions);
	temp_dir_make(&m->dir);
}

static void model_drop(struct model *m)
{
	free(m->p);
	free(m->tags);
	free(m->docids);
	free(m->positions);
	temp_dir_remove(&m->dir);
}

static void model_grow(struct model *m, size_t npositions)
{
	size_t room = glass_position_room(npositions);

	if (m->n == m->alloc) {
		m->alloc = 2 * m->alloc + 64;
		m->p = realloc(m->p, m->alloc * sizeof(*m->p));
		assert_non_null(m->p);
	}
	if (m->tags_alloc - m->ntags < room) {
		m->tags_alloc = 2 * m->tags_alloc + room;
		m->tags = realloc(m->tags, m->tags_alloc);
		assert_non_null(m->tags);
	}
}

static void model_add(struct model *m, uint32_t word,
		      const struct xap_posting *p)
{
	struct posting *made;

	model_grow(m, p->npositions);
	made = &m->p[m->n++];
	*made = (struct posting){ .word = word,
				  .ticket = m->tickets,
				  .wdf = p->wdf,
				  .tag = m->ntags };
	if (p->npositions)
		made->len = (size_t)(glass_put_positions(m->tags + m->ntags,
							 p->positions,
							 p->npositions) -
				     m->tags - m->ntags);
	m->ntags += made->len;
}

/* Docids to tickets: one in left_out goes, and a stretch of 300. */
static void model_number(struct model *m, uint32_t left_out)
{
	uint32_t docid = 0;

	m->docids = calloc(m->tickets + 1, sizeof(*m->docids));
	assert_non_null(m->docids);
	for (uint32_t t = 0; t < m->tickets; t++) {
		bool out = left_out &&
			   (!draw(m, left_out) || (t >= 200 && t < 500));

		docid += 1 + draw(m, 3);
		m->docids[t] = out ? 0 : docid;
	}
}

/* ------------------------------------------------------------ documents -- */

static size_t draw_positions(struct model *m, uint32_t word, uint32_t large)
{
	static const uint32_t most[] = { 0, 0, 2, 3, 20, 1500, 9000 };
	uint32_t n = draw(m, 1 + most[word % 6]), apart = 50;

	if (!word)
		n = 1;
	if (large && word == 7 && !draw(m, large)) {
		n = draw(m, 3) ? most[6] : POSITIONS_MAX;
		apart = n == POSITIONS_MAX ? POSITIONS_APART : 50;
	}
	for (uint32_t i = 0, at = 0; i < n; i++) {
		at += apart < POSITIONS_APART ? 1 + draw(m, apart) : apart;
		m->positions[i] = at;
	}
	return n;
}

static uint32_t draw_wdf(struct model *m)
{
	static const uint32_t wdf[] = { 0,   1,	  1,	 1,	    1, 63,
					64,  127, 128,	 16383,	    2, 3,
					255, 256, 70000, UINT32_MAX };

	return wdf[draw(m, sizeof(wdf) / sizeof(*wdf))];
}

/* The first word is in all; positions are read before the next is drawn. */
static void add_document(struct model *m, struct share *s, uint32_t large)
{
	struct xap_posting p[WORDS];
	uint32_t *at[WORDS];
	size_t n = 0;

	for (uint32_t w = 0; w < WORDS; w++) {
		size_t positions;

		if (w && draw(m, 1 + w / 4))
			continue;
		positions = draw_positions(m, w, large);
		at[n] = malloc((positions + 1) * sizeof(uint32_t));
		assert_non_null(at[n]);
		memcpy(at[n], m->positions, positions * sizeof(uint32_t));
		p[n] = (struct xap_posting){ .term = words[w],
					     .wdf = draw_wdf(m),
					     .number = terms_add(&s->terms,
								 words[w].data,
								 words[w].len),
					     .positions = at[n],
					     .npositions = positions };
		model_add(m, w, &p[n++]);
	}
	assert_true(run_add(s->run, m->tickets, p, n));
	while (n)
		free(at[--n]);
	m->tickets++;
}

/* ---------------------------------------------------------------- shares -- */

static void share_make(struct share *s)
{
	terms_init(&s->terms);
	s->nfiles = 0;
	s->run = run_new(&s->terms);
	assert_non_null(s->run);
}

static void share_drop(struct share *s)
{
	for (size_t i = 0; i < s->nfiles; i++)
		run_files_free(s->files[i]);
	run_free(s->run);
	terms_release(&s->terms);
}

static void share_spill(struct model *m, struct share *s)
{
	size_t before = run_bytes(s->run);
	struct trawl_error err;

	if (s->nfiles == FILES_MAX)
		return;
	assert_int_equal(
		run_spill(s->run, m->dir.path, &s->files[s->nfiles++], &err),
		TRAWL_OK);
	assert_int_equal(run_documents(s->run), 0);
	assert_true(run_bytes(s->run) < before);
	if (draw(m, 2))
		terms_reset(&s->terms);
}

static size_t share_sources(struct model *m, struct share *s,
			    enum stream_kind kind, struct source **out)
{
	size_t n = 0;

	for (; n < s->nfiles; n++)
		assert_int_equal(run_files_source(s->files[n], kind, m->docids,
						  &out[n], NULL),
				 TRAWL_OK);
	if (run_documents(s->run) || draw(m, 2)) {
		assert_true(run_order(s->run));
		assert_int_equal(
			run_source(s->run, kind, m->docids, &out[n++], NULL),
			TRAWL_OK);
	}
	return n;
}

/* --------------------------------------------------------------- reading -- */

/* The next posting of a word that a source is to give, from *i on. */
static const struct posting *expect(const struct model *m, uint32_t word,
				    enum stream_kind kind, size_t *i)
{
	while (*i < m->n) {
		const struct posting *p = &m->p[(*i)++];

		if (p->word == word && m->docids[p->ticket] &&
		    (kind == STREAM_POSTINGS || p->len))
			return p;
	}
	return NULL;
}

static void check_batch(const struct model *m, uint32_t word,
			enum stream_kind kind, const struct source *s,
			size_t *next)
{
	assert_in_range(s->n, 1, SOURCE_BATCH);
	for (size_t i = 0; i < s->n; i++) {
		const struct source_entry *e = &s->entry[i];
		const struct posting *p = expect(m, word, kind, next);

		assert_non_null(p);
		assert_int_equal(e->docid, m->docids[p->ticket]);
		if (kind == STREAM_POSTINGS) {
			assert_int_equal(e->n, p->wdf);
			continue;
		}
		assert_int_equal(e->n, p->len);
		assert_memory_equal(e->tag, m->tags + p->tag, p->len);
	}
}

/* Word w, which is the source's: all of it, or its beginning. */
static void check_word(struct model *m, uint32_t w, enum stream_kind kind,
		       struct source *s, uint32_t left)
{
	size_t next = 0;

	while (!left || draw(m, left)) {
		if (!source_fill(s)) {
			assert_null(expect(m, w, kind, &next));
			return;
		}
		check_batch(m, w, kind, s, &next);
	}
}

/* left: one batch in so many is the last that is read of its term. */
static void check_source(struct model *m, enum stream_kind kind,
			 struct source *s, uint32_t left)
{
	uint32_t w = 0;
	size_t next;

	while (source_next_term(s)) {
		while (w < WORDS && by_bytes(&words[w], &s->term)) {
			next = 0;
			assert_null(expect(m, w++, kind, &next));
		}
		assert_true(w < WORDS);
		check_word(m, w++, kind, s, left);
	}
	for (; w < WORDS; w++) {
		next = 0;
		assert_null(expect(m, w, kind, &next));
	}
	assert_int_equal(s->st, TRAWL_OK);
	assert_false(source_next_term(s));
}

static void check_shares(struct model *m, struct share *shares, size_t n,
			 uint32_t left)
{
	static struct source *list[SHARES_MAX * (FILES_MAX + 1)];

	for (enum stream_kind kind = STREAM_POSTINGS; kind <= STREAM_POSITIONS;
	     kind++) {
		struct source *all;
		size_t sources = 0;

		for (size_t i = 0; i < n; i++)
			sources += share_sources(m, &shares[i], kind,
						 list + sources);
		assert_int_equal(source_merge(list, sources, &all, NULL),
				 TRAWL_OK);
		check_source(m, kind, all, left);
		source_free(all);
	}
}

/* ---------------------------------------------------------------- tests -- */

struct plan {
	size_t shares;
	uint32_t documents;
	uint32_t stay;	/* a share has so many documents in turn, or fewer */
	uint32_t spill; /* one document in so many is the last of its run */
	uint32_t left_out, large, left;
};

static const struct plan plans[] = {
	{ 1, 0, 1, 0, 0, 0, 0 },	{ 1, 1, 1, 0, 0, 0, 0 },
	{ 1, 1, 1, 1, 0, 0, 0 },	{ 1, 127, 1, 0, 0, 0, 0 },
	{ 1, 128, 1, 0, 0, 0, 0 },	{ 1, 129, 1, 0, 0, 0, 0 },
	{ 1, 128, 1, 128, 0, 0, 0 },	{ 1, 2000, 1, 0, 0, 0, 0 },
	{ 1, 2000, 1, 0, 5, 0, 0 },	{ 1, 2000, 1, 300, 5, 0, 0 },
	{ 1, 1000, 1, 3, 2, 0, 0 },	{ 2, 3000, 5, 0, 0, 0, 0 },
	{ 2, 3000, 300, 200, 4, 0, 0 }, { 3, 3000, 1, 50, 1, 0, 0 },
	{ 9, 3000, 40, 100, 7, 0, 0 },	{ 9, 1500, 3, 4, 7, 0, 5 },
	{ 1, 2000, 1, 400, 0, 0, 3 },	{ 2, 600, 20, 100, 9, 100, 0 },
	{ 1, 400, 1, 0, 0, 100, 0 },	{ 4, 3000, 900, 1000, 0, 0, 4 },
};

static void run_plan(const struct plan *plan, uint32_t seed)
{
	static struct share shares[SHARES_MAX];
	uint32_t documents = plan->documents;
	struct model m;
	size_t at = 0;

	if (SANITIZED && documents > 500)
		documents /= 3;
	model_make(&m, seed);
	for (size_t i = 0; i < plan->shares; i++)
		share_make(&shares[i]);
	for (uint32_t d = 0; d < documents; d++) {
		if (!draw(&m, plan->stay))
			at = draw(&m, (uint32_t)plan->shares);
		add_document(&m, &shares[at], plan->large);
		if (plan->spill && !draw(&m, plan->spill))
			share_spill(&m, &shares[at]);
	}
	model_number(&m, plan->left_out);
	check_shares(&m, shares, plan->shares, plan->left);
	for (size_t i = 0; i < plan->shares; i++)
		share_drop(&shares[i]);
	model_drop(&m);
}

static void test_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(*plans); i++)
		run_plan(&plans[i], (uint32_t)i * 7919 + 1);
}

/* Without the buffer for one entry, which stays. */
static size_t lists_bytes(const struct run *r)
{
	return run_bytes(r) - r->entry_alloc;
}

/* A run that is used again after a spill takes no more memory for the same. */
static void test_memory_is_used_again(void **state)
{
	struct model m;
	struct share s;
	size_t first, n = 0;

	(void)state;
	model_make(&m, 5);
	share_make(&s);
	assert_true(run_bytes(s.run) < 4096);
	for (; lists_bytes(s.run) < 5 << 20; n++)
		add_document(&m, &s, 0);
	first = lists_bytes(s.run);
	assert_true(m.ntags < first);
	share_spill(&m, &s);
	assert_true(lists_bytes(s.run) < first / 20);
	while (n--)
		add_document(&m, &s, 0);
	assert_in_range(lists_bytes(s.run), first / 2, first * 2);
	share_drop(&s);
	model_drop(&m);
}

/* Tickets far apart, up to the highest that there may be. */
static void test_tickets(void **state)
{
	static const uint32_t ticket[] = { 0, 126, 127, 128, 16383, 1u << 21 };
	enum {
		N = sizeof(ticket) / sizeof(*ticket)
	};
	uint32_t *docids = calloc((1u << 21) + 1, sizeof(*docids));
	struct share s;
	struct source *source;

	(void)state;
	assert_non_null(docids);
	share_make(&s);
	for (uint32_t i = 0; i < N; i++) {
		struct xap_posting p = { .number = terms_add(&s.terms, "x", 1),
					 .wdf = i };

		assert_true(run_add(s.run, ticket[i], &p, 1));
		docids[ticket[i]] = 1000 + i;
	}
	assert_int_equal(run_documents(s.run), N);
	assert_true(run_order(s.run));
	assert_int_equal(
		run_source(s.run, STREAM_POSTINGS, docids, &source, NULL),
		TRAWL_OK);
	assert_true(source_next_term(source));
	assert_true(source_fill(source));
	assert_int_equal(source->n, N);
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(source->entry[i].docid, 1000 + i);
		assert_int_equal(source->entry[i].n, i);
	}
	source_free(source);
	share_drop(&s);
	free(docids);
}

/* No name is left in the folder; a folder that is not there is an error. */
static void test_files_have_no_name(void **state)
{
	struct trawl_error err;
	struct run_files *f;
	struct model m;
	struct share s;

	(void)state;
	model_make(&m, 9);
	share_make(&s);
	add_document(&m, &s, 0);
	share_spill(&m, &s);
	assert_int_equal(rmdir(m.dir.path), 0);
	add_document(&m, &s, 0);
	assert_int_equal(run_spill(s.run, m.dir.path, &f, &err), TRAWL_IO);
	assert_non_null(strstr(err.text, m.dir.path));
	share_drop(&s);
	model_drop(&m);
}

/* -------------------------------------------------------------- threads -- */

struct reader {
	struct source *source;
	uint64_t sum;
};

static void *read_sum(void *arg)
{
	struct reader *r = arg;

	while (source_next_term(r->source))
		while (source_fill(r->source))
			for (size_t i = 0; i < r->source->n; i++)
				r->sum = r->sum * 31 +
					 r->source->entry[i].docid +
					 r->source->entry[i].n;
	return NULL;
}

static struct reader reader_make(struct model *m, struct share *s,
				 enum stream_kind kind)
{
	struct source *list[FILES_MAX + 1];
	struct reader r = { 0 };
	size_t n = share_sources(m, s, kind, list);

	assert_int_equal(source_merge(list, n, &r.source, NULL), TRAWL_OK);
	return r;
}

/* Both kinds at once, as the two tables are made. */
static void test_two_readers(void **state)
{
	struct reader r[2], alone[2];
	pthread_t thread[2];
	struct model m;
	struct share s;

	(void)state;
	model_make(&m, 3);
	share_make(&s);
	for (int i = 0; i < 900; i++) {
		add_document(&m, &s, 0);
		if (i % 400 == 399)
			share_spill(&m, &s);
	}
	model_number(&m, 0);
	for (int i = 0; i < 2; i++) {
		alone[i] = reader_make(&m, &s, (enum stream_kind)i);
		r[i] = reader_make(&m, &s, (enum stream_kind)i);
		read_sum(&alone[i]);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			pthread_create(&thread[i], NULL, read_sum, &r[i]), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(r[i].sum, alone[i].sum);
		source_free(r[i].source);
		source_free(alone[i].source);
	}
	share_drop(&s);
	model_drop(&m);
}

/* --------------------------------------------------------------- damage -- */

/* Whatever it gives: docids of the run, and tags that can be read. */
static enum trawl_status read_all(const struct model *m,
				  const struct run_files *f,
				  enum stream_kind kind)
{
	const uint32_t *docids = m->docids + BEFORE;

	struct source *s;
	enum trawl_status st;
	volatile unsigned char seen = 0;

	assert_int_equal(run_files_source(f, kind, m->docids, &s, NULL),
			 TRAWL_OK);
	while (source_next_term(s))
		while (source_fill(s))
			for (size_t i = 0; i < s->n; i++) {
				assert_true(s->entry[i].docid >= docids[0]);
				if (kind == STREAM_POSITIONS)
					seen ^= s->entry[i]
							.tag[s->entry[i].n - 1];
			}
	assert_false(source_next_term(s));
	assert_false(source_fill(s));
	st = s->st;
	if (st != TRAWL_OK)
		assert_non_null(strstr(s->err.text, m->dir.path));
	source_free(s);
	return st;
}

static void check_damaged(const struct model *m, const struct run_files *f,
			  bool must)
{
	for (enum stream_kind kind = STREAM_POSTINGS; kind <= STREAM_POSITIONS;
	     kind++) {
		enum trawl_status st = read_all(m, f, kind);

		assert_true(st == TRAWL_CORRUPT || (!must && st == TRAWL_OK));
	}
}

static void damage_bytes(struct model *m, struct run_files *f)
{
	for (int i = 0; i < DAMAGES; i++) {
		off_t at = draw(m, (uint32_t)f->size);
		unsigned char was, now = (unsigned char)draw(m, 256);

		if (i < 80) {
			at = i / 8;
			now = (unsigned char)draw(m, 24);
		}
		if (i % 3 == 0)
			now = 0xFF;
		assert_int_equal(pread(f->fd, &was, 1, at), 1);
		assert_int_equal(pwrite(f->fd, &now, 1, at), 1);
		check_damaged(m, f, false);
		assert_int_equal(pwrite(f->fd, &was, 1, at), 1);
	}
}

static void damage_end(struct model *m, struct run_files *f)
{
	for (uint32_t size = (uint32_t)f->size; size;) {
		size -= 1 + draw(m, 1 + size / 50);
		assert_int_equal(ftruncate(f->fd, size), 0);
		check_damaged(m, f, true);
	}
}

static void test_damage(void **state)
{
	struct model m;
	struct share s;

	(void)state;
	model_make(&m, 77);
	share_make(&s);
	for (int i = 0; i < 300; i++) {
		add_document(&m, &s, 60);
		if (i + 1 == BEFORE)
			share_spill(&m, &s);
	}
	share_spill(&m, &s);
	model_number(&m, 0);
	damage_bytes(&m, s.files[1]);
	assert_int_equal(read_all(&m, s.files[1], STREAM_POSTINGS), TRAWL_OK);
	damage_end(&m, s.files[1]);
	share_drop(&s);
	model_drop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_memory_is_used_again),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_files_have_no_name),
		cmocka_unit_test(test_two_readers),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, make_words, NULL);
}
