/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "builder.h"
#include "glass_rig.h"
#include "list_rig.h"
#include "posting_list.h"
#include "sanitized.h"
#include "temp_dir.h"

enum {
	DOCUMENTS = SANITIZED ? 30000 / 4 : 30000,
	FEW = 3000,
	CHANGES = 1500,
	READ_MAX = 1 << 22, /* docids at once */
	ADDED_MAX = 5000,
	WALKS = 12,
	FLIPS = SANITIZED ? 300 : 2000
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define BYTES(s)                                                               \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

static struct temp_dir dir;

static int setup(void **state)
{
	(void)state;
	temp_dir_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

/* ----------------------------------------------------------- the terms -- */

static bool has_all(uint32_t i, uint32_t n)
{
	(void)i;
	(void)n;
	return true;
}

static bool has_half(uint32_t i, uint32_t n)
{
	(void)n;
	return i * 2654435761u >> 31;
}

static bool has_few(uint32_t i, uint32_t n)
{
	return i % (n / 3 + 1) == n / 5;
}

static bool has_first(uint32_t i, uint32_t n)
{
	(void)n;
	return !i;
}

static bool has_last(uint32_t i, uint32_t n)
{
	return i + 1 == n;
}

static bool has_many(uint32_t i, uint32_t n)
{
	(void)n;
	return i % 37;
}

static bool has_ends(uint32_t i, uint32_t n)
{
	return !i || i + 1 == n;
}

static uint32_t wdf_one(uint32_t i)
{
	(void)i;
	return 1;
}

static uint32_t wdf_none(uint32_t i)
{
	(void)i;
	return 0;
}

static uint32_t wdf_many(uint32_t i)
{
	static const uint32_t wdf[] = { 0, 127, 1, 128, 70000, 16383, 16384 };

	return i / 50 % 3 ? 1 + i % 5 : wdf[i % COUNT(wdf)];
}

static uint32_t wdf_high(uint32_t i)
{
	return 70000 + i;
}

static uint32_t any_length(uint32_t i)
{
	return i % 7 ? 100 + i % 1000 : wdf_many(i);
}

static char longest[GLASS_TERM_MAX + 1], too_long[GLASS_TERM_MAX + 2];

static const struct list_term terms[] = {
	{ BYTES("\0"), has_half, wdf_one },
	{ BYTES("\0\xE0"), has_many, wdf_one },
	{ BYTES("a"), has_half, wdf_many },
	{ BYTES("a\0"), has_all, wdf_one },
	{ BYTES("a\0b"), has_few, wdf_one },
	{ BYTES("a\x01"), has_first, wdf_none },
	{ BYTES("all"), has_all, wdf_one },
	{ BYTES("all "), has_all, wdf_many },
	{ BYTES("few"), has_few, wdf_many },
	{ BYTES("first"), has_first, wdf_high },
	{ BYTES("firsts"), has_ends, wdf_high },
	{ BYTES("last"), has_last, wdf_one },
	{ BYTES("many"), has_many, wdf_many },
	{ { longest, GLASS_TERM_MAX }, has_half, wdf_one },
	{ BYTES("none"), has_half, wdf_none },
};

static const struct xap_bytes nowhere[] = {
	BYTES("\xFF"),	BYTES("A"),    BYTES("al"),
	BYTES("all\0"), BYTES("allx"), { too_long, GLASS_TERM_MAX + 1 },
};

static struct list_rig rig_of(const uint32_t *docid, uint32_t n)
{
	return (struct list_rig){ .docid = docid,
				  .n = n,
				  .length = any_length,
				  .term = terms,
				  .nterms = COUNT(terms) };
}

/* --------------------------------------------------------- what Xapian has -- */

struct model {
	uint32_t *docid, *wdf;
	size_t n, alloc;
	bool lengths;
};

static bool take(void *ctx, const struct xap_entry *e)
{
	struct model *m = ctx;

	if (m->n == m->alloc) {
		m->alloc = 2 * m->alloc + 64;
		m->docid = realloc(m->docid, m->alloc * sizeof(*m->docid));
		m->wdf = realloc(m->wdf, m->alloc * sizeof(*m->wdf));
		assert_non_null(m->docid);
		assert_non_null(m->wdf);
	}
	m->docid[m->n] = e->docid;
	m->wdf[m->n++] = m->lengths ? e->length : e->wdf;
	return true;
}

/* No term: lengths. */
static void read_model(struct model *m, struct xap_db *xap,
		       const struct xap_bytes *term)
{
	struct trawl_error err;

	*m = (struct model){ .lengths = !term->len };
	rig_ok(xap_db_entries(xap, term->data, term->len, 0, take, m, &err),
	       &err);
}

static void model_free(struct model *m)
{
	free(m->docid);
	free(m->wdf);
}

/* ------------------------------------------------------------ comparing -- */

/* A list, and how much of the model it has gone through. */
struct walk {
	struct posting_list list;
	const struct model *model;
	size_t at;
};

static void open_list(struct posting_list *pl, struct glass_db *db,
		      const struct xap_bytes *term)
{
	assert_true(term->len ? posting_list_open(pl, db, term->data, term->len)
			      : posting_list_open_lengths(pl, db));
}

static uint32_t model_docid(const struct walk *w)
{
	return w->at < w->model->n ? w->model->docid[w->at] : POSTING_END;
}

static void check_place(const struct walk *w)
{
	assert_int_equal(w->list.docid, model_docid(w));
	if (w->at < w->model->n)
		assert_int_equal(w->list.wdf, w->model->wdf[w->at]);
}

/* Into arrays that have no room for more. */
static void read_to(struct walk *w, uint32_t to)
{
	size_t room = to > w->list.docid ? to - w->list.docid : 0, n;
	uint32_t *docid = malloc(room * sizeof(*docid));
	uint32_t *wdf = malloc(room * sizeof(*wdf));
	const struct model *m = w->model;

	n = posting_list_read(&w->list, to, docid, wdf);
	assert_true(n <= room && n <= m->n - w->at);
	if (n) {
		assert_memory_equal(docid, m->docid + w->at, n * 4);
		assert_memory_equal(wdf, m->wdf + w->at, n * 4);
	}
	w->at += n;
	assert_true(model_docid(w) >= to);
	free(docid);
	free(wdf);
}

/* Summed, where something is in each place before. */
static void add_to(struct walk *w, uint32_t base, uint32_t to)
{
	static const uint32_t before = 7;
	const size_t room = to > base ? to - base : 0;
	uint32_t *sum = calloc(room + 1, sizeof(*sum));
	uint64_t *zero = calloc(room / 64 + 1, sizeof(*zero));
	const struct model *m = w->model;

	assert_true(sum && zero);
	for (size_t i = 0; i < room; i++)
		sum[i] = before;
	posting_list_add(&w->list, base, to, sum, zero);
	for (; model_docid(w) < to; w->at++) {
		const uint32_t at = m->docid[w->at] - base;

		assert_int_equal(sum[at], before + m->wdf[w->at]);
		assert_int_equal(zero[at / 64] >> at % 64 & 1, !m->wdf[w->at]);
		sum[at] = before;
		zero[at / 64] &= ~(1ull << at % 64);
	}
	for (size_t i = 0; i < room; i++)
		assert_true(sum[i] == before && !zero[i / 64]);
	free(sum);
	free(zero);
}

static void skip_to(struct walk *w, uint32_t docid)
{
	assert_true(posting_list_skip(&w->list, docid));
	while (w->at < w->model->n && w->model->docid[w->at] < docid)
		w->at++;
}

static uint32_t ahead(uint32_t docid, uint32_t step)
{
	return docid > UINT32_MAX - step ? UINT32_MAX : docid + step;
}

static uint32_t any_step(uint64_t *state)
{
	static const uint32_t scale[] = { 2, 20, 300, 2049, 60000, READ_MAX };

	return chance(state, scale[chance(state, COUNT(scale))]);
}

/* Some postings on, or where there may be none. */
static uint32_t any_target(const struct walk *w, uint64_t *state)
{
	size_t on = w->at + chance(state, 3000);

	if (chance(state, 2) && on < w->model->n)
		return w->model->docid[on];
	return ahead(w->list.docid, any_step(state));
}

/* In two goes, and no more than there is. */
static void check_rest(struct posting_list *pl, const struct model *m)
{
	uint32_t *docid = malloc((m->n + 1) * sizeof(*docid));
	uint32_t *wdf = malloc((m->n + 1) * sizeof(*wdf));
	const size_t half = m->n / 2;

	assert_true(docid && wdf);
	assert_int_equal(posting_list_read_rest(pl, half, docid, wdf), half);
	assert_int_equal(posting_list_read_rest(pl, m->n + 1 - half,
						docid + half, wdf + half),
			 m->n - half);
	assert_memory_equal(docid, m->docid, m->n * 4);
	assert_memory_equal(wdf, m->wdf, m->n * 4);
	assert_int_equal(pl->docid, POSTING_END);
	free(docid);
	free(wdf);
}

static void walk_once(struct glass_db *db, const struct xap_bytes *term,
		      const struct model *m, uint64_t *state)
{
	struct walk w = { .model = m };
	unsigned skips = chance(state, 4);

	open_list(&w.list, db, term);
	check_place(&w);
	while (w.list.docid != POSTING_END) {
		if (chance(state, 4) < skips)
			skip_to(&w, any_target(&w, state));
		else if (chance(state, 2))
			add_to(&w,
			       w.list.docid -
				       chance(state, w.list.docid < 99
							     ? w.list.docid
							     : 99),
			       ahead(w.list.docid, chance(state, ADDED_MAX)));
		else
			read_to(&w, ahead(w.list.docid, any_step(state)));
		check_place(&w);
	}
	skip_to(&w, POSTING_END);
	read_to(&w, POSTING_END);
	check_place(&w);
	posting_list_close(&w.list);
}

/* One after the other through one list, each walked where it was handed to. */
static void check_handed_over(const struct list_both *b)
{
	struct posting_list one, other;

	posting_list_open(&one, b->db, NULL, 0);
	for (size_t i = 0; i < COUNT(terms); i++) {
		const struct xap_bytes *term =
			&terms[i * 7 % COUNT(terms)].term;
		struct model m;
		struct walk w = { .model = &m };

		read_model(&m, b->xap, term);
		assert_true(posting_list_reopen(&one, term->data, term->len));
		posting_list_hand_over(&one, &w.list);
		assert_int_equal(one.docid, POSTING_END);
		assert_true(posting_list_reopen(&one, terms[0].term.data,
						terms[0].term.len));
		assert_true(posting_list_open(&other, b->db, term->data,
					      term->len));
		check_place(&w);
		check_rest(&other, &m);
		read_to(&w, w.list.docid + m.n / 2);
		skip_to(&w, POSTING_END);
		check_place(&w);
		posting_list_close(&w.list);
		posting_list_close(&other);
		model_free(&m);
	}
	posting_list_close(&one);
}

static void check_frequencies(const struct list_both *b,
			      const struct xap_bytes *term)
{
	uint32_t termfreq, collfreq, bound = 0;
	struct posting_list pl;
	struct trawl_error err;

	rig_ok(xap_db_term_freq(b->xap, term->data, term->len, &termfreq,
				&collfreq, &err),
	       &err);
	rig_ok(xap_db_wdf_bound(b->xap, term->data, term->len, &bound, &err),
	       &err);
	open_list(&pl, b->db, term);
	assert_int_equal(pl.termfreq, termfreq);
	assert_int_equal(pl.collfreq, collfreq);
	assert_int_equal(pl.wdf_bound, bound);
	posting_list_close(&pl);
}

static size_t compare(const struct list_both *b, const struct xap_bytes *term)
{
	struct model m;
	uint64_t state = 1 + term->len;

	read_model(&m, b->xap, term);
	if (term->len)
		check_frequencies(b, term);
	for (unsigned i = 0; i < WALKS; i++)
		walk_once(b->db, term, &m, &state);
	model_free(&m);
	return m.n;
}

static const struct xap_bytes lengths = BYTES("");

static void compare_rig(const char *path, uint32_t n)
{
	struct list_both b;

	list_both_open(path, &b);
	assert_int_equal(compare(&b, &lengths), n);
	for (size_t i = 0; i < COUNT(terms); i++)
		assert_true(compare(&b, &terms[i].term));
	check_handed_over(&b);
	for (size_t i = 0; i < COUNT(nowhere); i++) {
		struct posting_list pl;

		open_list(&pl, b.db, &nowhere[i]);
		assert_int_equal(pl.docid, POSTING_END);
		assert_int_equal(pl.termfreq, 0);
		posting_list_close(&pl);
	}
	list_both_close(&b);
}

/* Keys of docids get longer at 2^15, 2^22 and 2^29. */
static void test_gaps(void **state)
{
	static const uint32_t first[] = { 1, 30000, 1 << 22, 1u << 31 };
	uint32_t *docid = malloc(DOCUMENTS * sizeof(*docid));
	char path[512], name[32];

	(void)state;
	assert_non_null(docid);
	for (size_t i = 0; i < COUNT(first); i++) {
		struct list_rig rig = rig_of(docid, DOCUMENTS);

		list_docids(docid, DOCUMENTS, first[i], 5 + i);
		snprintf(name, sizeof(name), "gaps-%zu", i);
		list_rig_write(temp_path(&dir, name, path), &rig);
		compare_rig(path, DOCUMENTS);
	}
	free(docid);
}

static void test_few(void **state)
{
	static const uint32_t n[] = { 1, 2, 3, 10, 400, 1000, 1001 };
	uint32_t docid[1001];
	char path[512], name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(n); i++) {
		struct list_rig rig = rig_of(docid, n[i]);
		struct list_both b;

		list_docids(docid, n[i], 1 + (uint32_t)i * 1000, i + 1);
		snprintf(name, sizeof(name), "few-%zu", i);
		list_rig_write(temp_path(&dir, name, path), &rig);
		list_both_open(path, &b);
		for (size_t k = 0; k < COUNT(terms); k++)
			compare(&b, &terms[k].term);
		compare(&b, &lengths);
		list_both_close(&b);
	}
}

static void test_none(void **state)
{
	struct glass_db *db;
	struct posting_list pl;
	struct trawl_error err;
	char path[512];

	(void)state;
	assert_int_equal(mkdir(temp_path(&dir, "none", path), 0700), 0);
	rig_ok(builder_create_empty(path, NULL, NULL, 0, &err), &err);
	rig_ok(glass_db_open(path, &db, &err), &err);
	open_list(&pl, db, &lengths);
	assert_int_equal(pl.docid, POSTING_END);
	assert_true(posting_list_skip(&pl, 1));
	posting_list_close(&pl);
	open_list(&pl, db, &terms[0].term);
	assert_int_equal(pl.docid, POSTING_END);
	assert_int_equal(posting_list_read(&pl, POSTING_END, NULL, NULL), 0);
	posting_list_close(&pl);
	rig_ok(glass_db_status(db, &err), &err);
	glass_db_close(db);
}

/* ----------------------------------------------------- of Xapian itself -- */

/* Document i as change number turn makes it. */
static void put(struct xap_writer *w, uint32_t i, uint32_t turn)
{
	struct xap_posting p[COUNT(terms) + 1];
	struct xap_document doc = { .postings = p };
	struct trawl_error err;
	uint32_t docid;
	char unique[32];
	size_t n = 0;

	snprintf(unique, sizeof(unique), "z%u", i);
	for (size_t t = 0; t < COUNT(terms); t++)
		if (terms[t].has(i + turn, FEW))
			p[n++] = (struct xap_posting){
				.term = terms[t].term,
				.wdf = terms[t].wdf(i + turn),
			};
	p[n++] = (struct xap_posting){ .term = { unique, strlen(unique) } };
	doc.npostings = n;
	rig_ok(xap_writer_put(w, unique, strlen(unique), &doc, &docid, &err),
	       &err);
}

static void change(struct xap_writer *w, uint64_t *state)
{
	struct trawl_error err;
	enum trawl_status st;

	for (unsigned i = 0; i < CHANGES; i++) {
		uint32_t n = chance(state, FEW);

		if (i % 3) {
			st = xap_writer_delete(w, 1 + n, &err);
			assert_true(st == TRAWL_OK || st == TRAWL_NOTFOUND);
		} else {
			put(w, n, 1 + i);
		}
		if (i % 500 == 499)
			rig_ok(xap_writer_commit(w, &err), &err);
	}
}

static void compare_all(const char *path)
{
	struct list_both b;

	list_both_open(path, &b);
	for (size_t i = 0; i < COUNT(terms); i++)
		compare(&b, &terms[i].term);
	assert_true(compare(&b, &lengths));
	list_both_close(&b);
}

static void test_changed(void **state)
{
	struct xap_writer *w;
	struct trawl_error err;
	uint64_t dice = 9;
	char path[512];

	(void)state;
	rig_ok(xap_writer_open(temp_path(&dir, "changed", path), XAP_CREATE,
			       true, &w, &err),
	       &err);
	for (uint32_t i = 0; i < FEW; i++)
		put(w, i, 0);
	rig_ok(xap_writer_commit(w, &err), &err);
	compare_all(path);
	change(w, &dice);
	compare_all(path);
	/* All of the beginning. */
	for (uint32_t i = 1; i < 2000; i++)
		xap_writer_delete(w, i, &err);
	rig_ok(xap_writer_commit(w, &err), &err);
	compare_all(path);
	xap_writer_free(w);
}

/* -------------------------------------------------------------- damage -- */

/* Where a list ends for want of sense. */
struct chunk {
	uint32_t docid; /* of its key; 0: the first */
	const char *bytes;
	size_t len;
};

#define CHUNK(docid, bytes)                                                    \
	{                                                                      \
		docid, bytes, sizeof(bytes) - 1                                \
	}

struct fault {
	const char *text; /* NULL: none */
	uint32_t found;	  /* postings before it */
	struct chunk chunk[3];
};

/* Of term "t", with 9 documents up to 100.  First: termfreq, collfreq, docid -
 * 1; then the head: is last, span, wdf. */
static const struct fault faults[] = {
	{ NULL,
	  2,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\5\2") } },
	{ NULL,
	  2,
	  { CHUNK(0, "\2\3\0"
		     "0\0\1"),
	    CHUNK(7, "1\0\2") } },
	{ NULL,
	  1,
	  { CHUNK(0, "\1\0\x63"
		     "1\0\0") } },
	{ "no head", 0, { CHUNK(0, "") } },
	{ "no head", 0, { CHUNK(0, "\2\x83") } },
	{ "no head",
	  0,
	  { CHUNK(0, "\2\xFF\xFF\xFF\xFF\x1F\0"
		     "1\0\0") } },
	{ "head is none", 0, { CHUNK(0, "\2\3\0") } },
	{ "head is none",
	  0,
	  { CHUNK(0, "\2\3\0"
		     "2\0\0") } },
	{ "documents are none",
	  0,
	  { CHUNK(0, "\2\3\0"
		     "1") } },
	{ "documents are none",
	  0,
	  { CHUNK(0, "\2\3\0"
		     "1\0") } },
	{ "documents are none",
	  0,
	  { CHUNK(0, "\2\3\1"
		     "1\x63\1") } },
	{ "documents are none",
	  0,
	  { CHUNK(0, "\2\3\xFF\xFF\xFF\xFF\x0F"
		     "1\0\1") } },
	{ "documents are none",
	  0,
	  { CHUNK(0, "\2\3\0"
		     "1\xFF\xFF\xFF\xFF\x0F\1") } },
	{ "frequencies",
	  0,
	  { CHUNK(0, "\0\3\0"
		     "1\0\1") } },
	{ "frequencies",
	  0,
	  { CHUNK(0, "\x0A\3\0"
		     "1\0\1") } },
	{ "frequencies",
	  0,
	  { CHUNK(0, "\2\3\0"
		     "1\0\4") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\6\2") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\5") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\x85") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\5\x82") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\5\xFF\xFF\xFF\xFF\x1F") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\xFF\xFF\xFF\xFF\x0F\1\1\1\1\1\1") } },
	{ "entries",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "1\6\1"
		     "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1") } },
	{ "entries",
	  3,
	  { CHUNK(0, "\2\3\0"
		     "1\2\1"
		     "\0\1\0\1\0\1") } },
	{ "end as it says",
	  2,
	  { CHUNK(0, "\2\3\0"
		     "1\7\1"
		     "\5\2") } },
	{ "end as it says",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "0\1\1"),
	    CHUNK(7, "1\0\2") } },
	{ "no end",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "0\0\1") } },
	{ "documents are none",
	  2,
	  { CHUNK(0, "\2\3\0"
		     "0\6\1"
		     "\5\2"),
	    CHUNK(7, "1\0\2") } },
	{ "documents are none",
	  1,
	  { CHUNK(0, "\2\3\0"
		     "0\0\1"),
	    CHUNK(101, "1\0\2") } },
	{ "no end",
	  2,
	  { CHUNK(0, "\2\3\0"
		     "0\0\1"),
	    CHUNK(7, "0\0\2") } },
};

static void write_fault(const char *path, const struct fault *f)
{
	struct glass_version v = { .revision = 1,
				   .documents = 9,
				   .last_docid = 100,
				   .length_max = 90,
				   .wdf_max = 80 };
	struct glass_table *t;
	struct trawl_error err;

	assert_int_equal(mkdir(path, 0700), 0);
	t = rig_table(path, "postlist", true);
	for (size_t i = 0; i < COUNT(f->chunk) && f->chunk[i].bytes; i++) {
		const struct chunk *c = &f->chunk[i];
		unsigned char key[8] = "t", *end = key + 1;

		if (c->docid)
			end = glass_put_sort_uint(key + 2, c->docid);
		assert_true(glass_table_add(t, key, (size_t)(end - key),
					    c->bytes, c->len, false));
	}
	assert_true(glass_table_add(t, "u", 1, "", 0, false));
	v.root[GLASS_POSTLIST] = rig_finish(t);
	glass_version_settle(&v);
	glass_uuid_draw(v.uuid);
	rig_ok(glass_version_write(path, &v, false, &err), &err);
}

static void check_fault(struct glass_db *db, const struct fault *f)
{
	struct posting_list pl;
	struct trawl_error err = { 0 };
	uint32_t docid[200], wdf[200];
	size_t n = 0;

	if (posting_list_open(&pl, db, "t", 1))
		n = posting_list_read(&pl, 101, docid, wdf);
	assert_int_equal(pl.docid, POSTING_END);
	posting_list_close(&pl);
	assert_int_equal(n, f->found);
	if (!f->text) {
		rig_ok(glass_db_status(db, &err), &err);
		return;
	}
	assert_int_equal(glass_db_status(db, &err), TRAWL_CORRUPT);
	if (!strstr(err.text, f->text))
		fail_msg("not \"%s\": %s", f->text, err.text);
}

/* It may jump over what is wrong. */
static void skip_fault(struct glass_db *db, const struct fault *f)
{
	struct posting_list pl;
	bool ok = posting_list_open(&pl, db, "t", 1) &&
		  posting_list_skip(&pl, 99);

	assert_true(ok || f->text);
	assert_true(pl.docid == POSTING_END || (ok && pl.docid == 100));
	assert_int_equal(glass_db_status(db, NULL) == TRAWL_OK, ok);
	posting_list_close(&pl);
}

static void test_faults(void **state)
{
	struct trawl_error err;
	char path[512], name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct glass_db *db;

		snprintf(name, sizeof(name), "fault-%zu", i);
		write_fault(temp_path(&dir, name, path), &faults[i]);
		rig_ok(glass_db_open(path, &db, &err), &err);
		check_fault(db, &faults[i]);
		glass_db_forget(db);
		skip_fault(db, &faults[i]);
		glass_db_close(db);
	}
}

/* Docids ascend and are below to and not above last, whatever is there. */
static void read_damaged(struct posting_list *pl, uint32_t last,
			 uint64_t *state)
{
	uint32_t docid[5000], wdf[5000], before = 0;

	while (pl->docid != POSTING_END) {
		uint32_t to = ahead(pl->docid, 1 + chance(state, 4999));
		size_t n;

		if (!chance(state, 3) &&
		    !posting_list_skip(pl, ahead(pl->docid, any_step(state))))
			break;
		if (to <= pl->docid)
			continue;
		n = posting_list_read(pl, to, docid, wdf);
		assert_true(n);
		for (size_t i = 0; i < n; i++) {
			assert_true(docid[i] > before && docid[i] < to &&
				    docid[i] <= last);
			before = docid[i];
		}
		assert_true(pl->docid >= to);
	}
	assert_int_equal(pl->docid, POSTING_END);
}

static bool survives(const char *path, const void *ctx, uint64_t *state)
{
	struct glass_db *db;
	struct posting_list pl;
	struct trawl_error err;
	enum trawl_status st;
	const struct xap_bytes *term = &terms[chance(state, COUNT(terms))].term;
	bool ok;

	(void)ctx;
	rig_ok(glass_db_open(path, &db, &err), &err);
	if (chance(state, 4))
		ok = posting_list_open(&pl, db, term->data, term->len);
	else
		ok = posting_list_open_lengths(&pl, db);
	if (ok)
		read_damaged(&pl, glass_db_version(db)->last_docid, state);
	posting_list_close(&pl);
	st = glass_db_status(db, &err);
	assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
	glass_db_close(db);
	return ok && st == TRAWL_OK;
}

static void test_flips(void **state)
{
	uint32_t docid[FEW];
	struct list_rig rig = rig_of(docid, FEW);
	char path[512];

	(void)state;
	list_docids(docid, FEW, 1, 3);
	list_rig_write(temp_path(&dir, "flips", path), &rig);
	assert_true(list_damage(path, FLIPS, survives, NULL) > FLIPS / 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(gaps),    TEST(few),    TEST(none),
		TEST(changed), TEST(faults), TEST(flips),
	};

	memset(longest, 'm', GLASS_TERM_MAX);
	longest[GLASS_TERM_MAX - 1] = 'n';
	memset(too_long, 'm', GLASS_TERM_MAX + 1);
	return cmocka_run_group_tests_name("posting_list", tests, NULL, NULL);
}
