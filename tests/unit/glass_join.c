/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Databases written anew as one, against Xapian's own way to the same: what
 * was made by many changes, or by the builder, and of which some documents are
 * left out, is what had been if only the others had ever been there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "builder.h"
#include "builder_guard.h"
#include "glass_join.h"
#include "glass_rig.h"
#include "sanitized.h"
#include "temp_dir.h"

#include <fcntl.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	BASE = 700,   /* documents that Xapian wrote */
	ADDED = 400,  /* and the builder, behind them */
	WORDS = 1000, /* there are */
	WORDS_MAX = 150,
	POSITIONS_MAX = 12,
	DATA_MAX = 1 << 16,
	ARENA_MAX = 1 << 24,
	CHANGES = 200,
	QUERIES = 20,
	OTHERS = 1 << 20 /* what a document is before it is replaced */
};

static struct temp_dir dir;

static void ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

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

/* ---------------------------------------------------------- documents -- */

struct maker {
	struct arena arena;
	struct buf data;
	uint64_t random;
	struct xap_posting p[2 * WORDS_MAX];
	struct xap_value value[8];
	struct xap_document doc;
	char unique[32];
};

static struct maker *maker_new(void)
{
	struct maker *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	arena_init(&m->arena, ARENA_MAX);
	buf_init(&m->data, DATA_MAX);
	return m;
}

static void maker_free(struct maker *m)
{
	arena_release(&m->arena);
	buf_release(&m->data);
	free(m);
}

static void add_term(struct maker *m, const char *bytes, size_t len, size_t n)
{
	struct xap_posting *p = &m->p[m->doc.npostings++];
	uint32_t *list = arena_zalloc(&m->arena, n + 1, sizeof(*list)), at = 0;

	assert_non_null(list);
	*p = (struct xap_posting){ .wdf = (uint32_t)n };
	p->term.data = arena_strndup(&m->arena, bytes, len);
	p->term.len = len;
	for (size_t i = 0; i < n; i++)
		list[i] = at += 1 + chance(&m->random, 30);
	p->positions = list;
	p->npositions = chance(&m->random, 5) ? n : 0;
}

static int by_term(const void *a, const void *b)
{
	const struct xap_bytes *x = &((const struct xap_posting *)a)->term;
	const struct xap_bytes *y = &((const struct xap_posting *)b)->term;
	int c = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

	return c ? c : (x->len > y->len) - (x->len < y->len);
}

/* Words are ascending, so each comes once. */
static void add_words(struct maker *m)
{
	uint32_t n = chance(&m->random, WORDS_MAX - 10), word = 0;
	char text[64];

	for (uint32_t i = 0; i < n; i++) {
		word += 1 + chance(&m->random, 2 * WORDS / (n + 1));
		add_term(m, text,
			 (size_t)snprintf(text, sizeof(text), "%s%u",
					  word % 3 ? "word" : "wordforword",
					  word),
			 chance(&m->random, 4)
				 ? 1
				 : chance(&m->random, POSITIONS_MAX));
	}
}

/* Terms with NULs, one of them the other's beginning; the longest there is. */
static void add_odd_terms(struct maker *m)
{
	char longest[XAP_TERM_MAX];

	memset(longest, 'z', sizeof(longest));
	add_term(m, "\0", 1, 1);
	add_term(m, "\0\xC0", 2, 2);
	add_term(m, "a", 1, 3);
	add_term(m, "a\0", 2, 1);
	add_term(m, "a\0b", 3, 70000 % (1 + chance(&m->random, 90)));
	add_term(m, longest, sizeof(longest), 2);
}

static void add_values(struct maker *m)
{
	static const uint32_t slots[] = { 0, 1, 127, 128, 300, 70000 };
	char text[32];

	m->doc.values = m->value;
	m->doc.nvalues = 0;
	for (size_t i = 0; i < COUNT(slots); i++) {
		struct xap_value *v = &m->value[m->doc.nvalues];

		if (i && chance(&m->random, 3))
			continue;
		v->slot = slots[i];
		v->value.len = (size_t)snprintf(text, sizeof(text), "%u",
						chance(&m->random, 100000));
		v->value.data = arena_strndup(&m->arena, text, v->value.len);
		m->doc.nvalues++;
	}
}

/* The same for the same seed but for the term that is its own. */
static const struct xap_document *make_doc(struct maker *m, uint32_t seed,
					   const char *unique)
{
	arena_reset(&m->arena);
	buf_reset(&m->data);
	m->random = seed + 1;
	m->doc = (struct xap_document){ .postings = m->p };
	snprintf(m->unique, sizeof(m->unique), "%s", unique);
	add_term(m, m->unique, strlen(m->unique), 0);
	if (seed % 50 != 7) {
		add_term(m, "common", 6, 180 + seed % 3);
		add_words(m);
		if (seed % 20 == 3)
			add_odd_terms(m);
		add_values(m);
		for (uint32_t n = chance(&m->random, 400); n; n--)
			buf_addf(&m->data, "%u word ",
				 chance(&m->random, 3000));
	}
	qsort(m->p, m->doc.npostings, sizeof(*m->p), by_term);
	m->doc.data = (struct xap_bytes){ m->data.data, m->data.len };
	return &m->doc;
}

static const struct xap_document *make_nth(struct maker *m, uint32_t docid,
					   uint32_t other)
{
	char unique[32];

	snprintf(unique, sizeof(unique), "Q%u", docid);
	return make_doc(m, docid + other, unique);
}

/* ---------------------------------------------------------- through API -- */

static struct xap_writer *writer_new(const char *path)
{
	struct xap_writer *w;
	struct trawl_error err;

	assert_int_equal(mkdir(path, 0700), 0);
	ok(builder_create_empty(path, NULL, NULL, 0, &err), &err);
	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	return w;
}

static void commit(struct xap_writer *w)
{
	struct trawl_error err;

	ok(xap_writer_commit(w, &err), &err);
}

static void put(struct xap_writer *w, struct maker *m,
		const struct xap_document *doc)
{
	struct trawl_error err;
	uint32_t docid;

	ok(xap_writer_put(w, m->unique, strlen(m->unique), doc, &docid, &err),
	   &err);
}

static void delete (struct xap_writer *w, uint32_t docid)
{
	struct trawl_error err;

	ok(xap_writer_delete(w, docid, &err), &err);
}

static void set_metadata(struct xap_writer *w, const char *key, size_t len)
{
	struct trawl_error err;

	ok(xap_writer_set_metadata(w, "name", 4, key, strlen(key), &err), &err);
	ok(xap_writer_set_metadata(w, key, strlen(key), key, len, &err), &err);
}

static void add_dictionaries(struct xap_writer *w)
{
	struct trawl_error err;
	char word[32];

	for (unsigned i = 0; i < 1000; i++) {
		size_t len = (size_t)snprintf(word, sizeof(word), "spell%u", i);

		ok(xap_writer_add_spelling(w, word, len, 1 + i, &err), &err);
		ok(xap_writer_add_synonym(w, "spell", 5, word, len, &err),
		   &err);
	}
}

/* Documents that were something else at first, and some that are gone. */
static void make_base(const char *path)
{
	struct maker *m = maker_new();
	struct xap_writer *w = writer_new(path);

	for (uint32_t docid = 1; docid <= BASE; docid++)
		put(w, m, make_nth(m, docid, docid % 4 ? 0 : OTHERS));
	commit(w);
	for (uint32_t docid = BASE; docid; docid--)
		if (docid % 4 == 0)
			put(w, m, make_nth(m, docid, 0));
	commit(w);
	for (uint32_t docid = 1; docid <= BASE; docid++)
		if (docid % 11 == 0)
			delete (w, docid);
	set_metadata(w, "base", 4);
	add_dictionaries(w);
	commit(w);
	xap_writer_free(w);
	maker_free(m);
}

static bool in_base(uint32_t docid)
{
	return docid % 11 != 0;
}

/*
 * What is to come out: documents 1..n, of which without are gone.  In their
 * place there is another's content for a while, so that no bound is wider than
 * what is left.
 */
static void make_expected(const char *path, uint32_t n,
			  const struct docid_set *without, const char *name)
{
	struct maker *m = maker_new();
	struct xap_writer *w = writer_new(path);
	uint32_t kept = 1;

	while (docid_set_has(without, kept))
		kept++;
	for (uint32_t docid = 1; docid <= n; docid++) {
		bool gone = docid_set_has(without, docid);
		char unique[32];

		snprintf(unique, sizeof(unique), "Q%u", docid);
		put(w, m, make_doc(m, gone ? kept : docid, unique));
		if (gone)
			delete (w, docid);
	}
	set_metadata(w, name, strlen(name));
	add_dictionaries(w);
	commit(w);
	xap_writer_free(w);
	maker_free(m);
}

/* ---------------------------------------------------------- the builder -- */

static void invert_and_put(struct builder *b, struct builder_share *share,
			   struct maker *m, uint32_t docid)
{
	struct terms *terms = builder_share_terms(share);
	struct trawl_error err;
	struct built built;
	uint32_t got;

	make_nth(m, docid, 0);
	for (size_t i = 0; i < m->doc.npostings; i++) {
		struct xap_posting *p = &m->p[i];

		p->number = terms_add(terms, p->term.data, p->term.len);
		assert_int_not_equal(p->number, NO_TERM);
		p->term.data = terms->term[p->number].bytes;
	}
	ok(builder_invert(share, &m->doc, &built, &err), &err);
	ok(builder_put(b, &built, m->value, m->doc.nvalues, &got, &err), &err);
	assert_int_equal(got, docid);
	built_release(&built);
}

static void make_added(const char *path, uint32_t first, uint32_t n)
{
	const struct builder_options options = { .path = path,
						 .first_docid = first,
						 .memory = 1 << 20,
						 .threads = 1,
						 .compress = 6 };
	struct maker *m = maker_new();
	struct builder *b;
	struct builder_share *share;
	struct trawl_error err;

	assert_int_equal(mkdir(path, 0700), 0);
	ok(builder_new(&options, &b, &err), &err);
	ok(builder_share_new(b, &share, &err), &err);
	for (uint32_t i = 0; i < n; i++)
		invert_and_put(b, share, m, first + i);
	builder_share_leave(share);
	ok(builder_set_metadata(b, "name", 4, "added", 5, &err), &err);
	ok(builder_set_metadata(b, "added", 5, "added", 5, &err), &err);
	ok(builder_finish(b, false, &err), &err);
	builder_free(b);
	maker_free(m);
}

/* ------------------------------------------------------------ comparing -- */

static void on_line(void *ctx, const char *line, double progress)
{
	(void)ctx;
	(void)progress;
	if (*line)
		print_message("# %s\n", line);
}

static void assert_same(const char *a, const char *b, const char *what)
{
	struct trawl_error err;
	uint64_t n;

	ok(trawl_diff(a, b, QUERIES, on_line, NULL, &n, &err), &err);
	if (n)
		fail_msg("%s: %llu differences", what, (unsigned long long)n);
}

static bool on_fault(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	buf_addc(ctx, '\n');
	return true;
}

static void assert_whole(const char *path, const char *what)
{
	struct buf lines = BUF_INIT(1 << 20);
	struct trawl_error err;
	uint64_t faults;

	ok(xap_check(path, on_fault, &lines, &faults, &err), &err);
	if (faults)
		fail_msg("%s: %llu faults:\n%s", what,
			 (unsigned long long)faults, lines.data);
	buf_release(&lines);
}

/* The same to each database that it is called for. */
static void change(const char *path, uint32_t documents,
		   const struct docid_set *without)
{
	struct maker *m = maker_new();
	struct xap_writer *w;
	struct trawl_error err;
	uint64_t random = 99;

	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	for (unsigned i = 0; i < CHANGES; i++) {
		uint32_t docid = 1 + chance(&random, documents);

		if (docid_set_has(without, docid))
			continue;
		put(w, m, make_nth(m, docid, OTHERS + i));
		if (i % 50 == 49)
			commit(w);
	}
	add_dictionaries(w);
	commit(w);
	xap_writer_free(w);
	maker_free(m);
}

static void compare(const char *expected, const char *joined, uint32_t n,
		    const struct docid_set *without)
{
	assert_whole(joined, "joined");
	assert_same(expected, joined, "joined");
	change(expected, n, without);
	change(joined, n, without);
	assert_whole(joined, "changed");
	assert_same(expected, joined, "changed");
}

/* ---------------------------------------------------------------- tests -- */

static void leave_out(struct docid_set *s, uint32_t docid)
{
	assert_true(docid_set_reserve(s, docid));
	docid_set_add(s, docid);
}

static void join(const struct glass_part *parts, size_t n, const char *path,
		 struct glass_version *v)
{
	const struct glass_join_options options = { .beside = n > 1 };
	struct trawl_error err;

	assert_int_equal(mkdir(path, 0700), 0);
	ok(glass_join(parts, n, path, &options, v, &err), &err);
}

/* One alone: as it is, but compact. */
static void test_one(void **unused)
{
	char base[512], out[512], expected[512];
	const struct glass_part part = { .path = temp_path(&dir, "base",
							   base) };
	struct docid_set gone = { NULL, 0 };
	struct glass_version v;

	(void)unused;
	make_base(base);
	for (uint32_t docid = 1; docid <= BASE; docid++)
		if (!in_base(docid))
			leave_out(&gone, docid);
	make_expected(temp_path(&dir, "expected", expected), BASE, &gone,
		      "base");
	join(&part, 1, temp_path(&dir, "out", out), &v);
	assert_int_equal(v.documents, BASE - BASE / 11);
	assert_int_equal(v.last_docid, BASE);
	for (int i = 0; i < GLASS_TABLES; i++)
		assert_true(v.root[i].there && v.root[i].sequential);
	compare(expected, out, BASE, &gone);
	docid_set_release(&gone);
}

/* One that was changed, some of it, and one that was built. */
static void test_two(void **unused)
{
	char base[512], added[512], out[512], expected[512];
	struct docid_set gone = { NULL, 0 },
			 without[2] = { { NULL, 0 }, { NULL, 0 } };
	const struct glass_part parts[] = {
		{ temp_path(&dir, "base", base), &without[0] },
		{ temp_path(&dir, "added", added), &without[1] },
	};
	uint64_t random = 4;
	struct glass_version v;

	(void)unused;
	make_base(base);
	make_added(added, BASE + 1, ADDED);
	for (uint32_t docid = 1; docid <= BASE + ADDED; docid++) {
		bool drop = !chance(&random, 5) || docid == BASE + ADDED ||
			    docid < 40;

		if (drop)
			leave_out(&without[docid > BASE], docid);
		if (drop || (docid <= BASE && !in_base(docid)))
			leave_out(&gone, docid);
	}
	make_expected(temp_path(&dir, "expected", expected), BASE + ADDED,
		      &gone, "added");
	join(parts, 2, temp_path(&dir, "out", out), &v);
	assert_int_equal(v.last_docid, BASE + ADDED);
	compare(expected, out, BASE + ADDED, &gone);
	docid_set_release(&gone);
	docid_set_release(&without[0]);
	docid_set_release(&without[1]);
}

static void assert_same_file(const char *a, const char *b, const char *name)
{
	char path[2][600];
	size_t n[2];
	FILE *f[2];
	static char bytes[2][1 << 16];

	snprintf(path[0], sizeof(path[0]), "%s/%s", a, name);
	snprintf(path[1], sizeof(path[1]), "%s/%s", b, name);
	for (int i = 0; i < 2; i++)
		f[i] = fopen(path[i], "r");
	if (!f[0] && !f[1])
		return;
	assert_true(f[0] && f[1]);
	do {
		for (int i = 0; i < 2; i++)
			n[i] = fread(bytes[i], 1, sizeof(bytes[i]), f[i]);
		assert_int_equal(n[0], n[1]);
		assert_memory_equal(bytes[0], bytes[1], n[0]);
	} while (n[0]);
	fclose(f[0]);
	fclose(f[1]);
}

static void assert_same_bytes(const char *a, const char *b)
{
	char name[64];

	assert_same_file(a, b, "iamglass");
	for (int i = 0; i < GLASS_TABLES; i++) {
		snprintf(name, sizeof(name), "%s.glass", glass_table_names[i]);
		assert_same_file(a, b, name);
	}
}

/* What was built cannot be written better; keys of any length. */
static void test_built(void **unused)
{
	static const uint32_t first[] = { 1, 32600, 4194200, 536870900 };
	const struct glass_join_options options = { .reproducible = true };
	char built[4][512], out[512], once[512], name[32];
	struct glass_part parts[4] = { { NULL, NULL } };
	struct trawl_error err;

	(void)unused;
	for (size_t i = 0; i < COUNT(first); i++) {
		snprintf(name, sizeof(name), "built-%zu", i);
		parts[i].path = temp_path(&dir, name, built[i]);
		make_added(built[i], first[i], 300);
		snprintf(name, sizeof(name), "again-%zu", i);
		assert_int_equal(mkdir(temp_path(&dir, name, out), 0700), 0);
		ok(glass_join(&parts[i], 1, out, &options, NULL, &err), &err);
		assert_same_bytes(built[i], out);
	}
	join(parts, 4, temp_path(&dir, "at-once", once), NULL);
	join(parts, 2, temp_path(&dir, "two", out), NULL);
	/* Xapian's check takes memory for as many documents as there might be. */
	if (SANITIZED)
		assert_whole(out, "two");
	else
		assert_whole(once, "four at once");
	parts[0].path = out;
	parts[1] = parts[2];
	parts[2] = parts[3];
	join(parts, 3, temp_path(&dir, "one-by-one", built[0]), NULL);
	ok(glass_same(once, built[0], &err), &err);
}

/* Nothing is left, or there was nothing: docids are not given again. */
static void test_nothing(void **unused)
{
	char empty[512], few[512], out[512], added[512], one[512];
	struct docid_set all = { NULL, 0 };
	const struct glass_part parts[] = {
		{ temp_path(&dir, "empty", empty), NULL },
		{ temp_path(&dir, "few", few), &all },
		{ temp_path(&dir, "added", added), NULL },
	};
	struct xap_writer *w = writer_new(empty);
	struct maker *m = maker_new();
	struct trawl_error err;
	struct glass_version v;

	(void)unused;
	xap_writer_free(w);
	make_added(few, 1, 20);
	make_added(added, 21, 1);
	for (uint32_t docid = 1; docid <= 20; docid++)
		leave_out(&all, docid);
	join(parts, 2, temp_path(&dir, "none", out), &v);
	assert_int_equal(v.documents, 0);
	assert_int_equal(v.last_docid, 20);
	assert_whole(out, "none");
	ok(xap_writer_open(out, XAP_OPEN, true, &w, &err), &err);
	put(w, m, make_nth(m, 21, 0));
	ok(xap_writer_set_metadata(w, "added", 5, "added", 5, &err), &err);
	commit(w);
	xap_writer_free(w);
	join(parts, 3, temp_path(&dir, "one", one), &v);
	assert_int_equal(v.documents, 1);
	assert_same(out, one, "the first document");
	maker_free(m);
	docid_set_release(&all);
}

/* --------------------------------------------------------------- damage -- */

enum {
	DAMAGES = 300,
	SMALL = 60 /* documents */
};

static void empty_dir(const char *path)
{
	nftw(path, temp_dir_entry, 16, FTW_DEPTH | FTW_PHYS);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* Whatever comes, it ends, and with one of two answers. */
static bool joins(const struct glass_part *parts)
{
	const struct glass_join_options options = { .reproducible = true };
	struct trawl_error err = { 0 };
	char out[512];
	enum trawl_status st;

	empty_dir(temp_path(&dir, "out", out));
	st = glass_join(parts, 2, out, &options, NULL, &err);
	if (st != TRAWL_OK && st != TRAWL_CORRUPT)
		fail_msg("%s: %s", trawl_status_name(st), err.text);
	assert_true(st == TRAWL_OK || *err.text);
	return st == TRAWL_OK;
}

static void make_small(const char *path)
{
	struct maker *m = maker_new();
	struct xap_writer *w;
	struct trawl_error err;

	make_added(path, 1, SMALL);
	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	put(w, m, make_nth(m, 3, OTHERS));
	add_dictionaries(w);
	commit(w);
	xap_writer_free(w);
	maker_free(m);
}

static void test_damage(void **unused)
{
	static const char *const files[] = {
		"postlist.glass", "docdata.glass",  "termlist.glass",
		"position.glass", "spelling.glass", "synonym.glass",
		"iamglass",
	};
	char bad[512], good[512], path[600];
	const struct glass_part parts[] = {
		{ temp_path(&dir, "bad", bad), NULL },
		{ temp_path(&dir, "good", good), NULL },
	};
	uint64_t state = 23;
	unsigned found = 0;
	struct damage d;

	(void)unused;
	make_small(bad);
	make_added(good, SMALL + 1, 10);
	for (unsigned i = 0; i < DAMAGES; i++) {
		int fd;

		/* The postlist has most that can be told. */
		snprintf(path, sizeof(path), "%s/%s", bad,
			 files[i % 2 ? 0 : chance(&state, COUNT(files))]);
		fd = open(path, O_RDWR);
		assert_true(fd >= 0);
		do_damage(&d, fd, lseek(fd, 0, SEEK_END), &state);
		found += !joins(parts);
		undo_damage(&d, fd);
		close(fd);
	}
	print_message("# %u of %d found\n", found, DAMAGES);
	assert_true(found > DAMAGES / 4);
	assert_true(joins(parts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		TEST(one), TEST(two), TEST(built), TEST(nothing), TEST(damage),
	};

	return cmocka_run_group_tests_name("glass_join", tests, NULL, NULL);
}
