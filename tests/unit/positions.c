/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists come back as they were written; phrases and nearness find what Xapian
 * finds in the same database; bytes that are no list do no harm.
 */
#include "positions.h"

#include "glass_position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "temp_dir.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	WORDS = 14,
	LENGTH = 120,	   /* of most documents, at most */
	LENGTH_MAX = 1800, /* of the others: lists of hundreds */
	DOCUMENTS = 700,
	QUERIES = 1500,
	QUERY_WORDS_MAX = 6,
	LIST_MAX = 5000
};

struct document {
	uint32_t at[WORDS][LENGTH_MAX];
	size_t n[WORDS];
	bool there[WORDS];
};

struct fixture {
	struct temp_dir dir;
	char path[512];
	struct trawl_error err;
	uint64_t random;
	struct document *doc;
	struct xap_db *xap;
	struct glass_db *db;
};

static bool failed(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		print_message("%s: %s\n", trawl_status_name(st), err->text);
	return st != TRAWL_OK;
}

#define OK(call)                                                               \
	do {                                                                   \
		if (failed((call), &f->err))                                   \
			fail_msg("%s", #call);                                 \
	} while (0)

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	temp_dir_make(&f->dir);
	temp_path(&f->dir, "db", f->path);
	f->doc = calloc(DOCUMENTS, sizeof(*f->doc));
	assert_non_null(f->doc);
	f->random = 88172645463325252u;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	glass_db_close(f->db);
	xap_db_free(f->xap);
	temp_dir_remove(&f->dir);
	free(f->doc);
	free(f);
	return 0;
}

/* 0..below - 1 (xorshift, Marsaglia 2003). */
static uint32_t draw(struct fixture *f, uint32_t below)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return (uint32_t)((f->random >> 16) % below);
}

/* --------------------------------------------------------------- lists -- */

/* In memory of its own size, where whatever reads on is caught. */
static size_t decode_copy(const unsigned char *tag, size_t len, uint32_t *out,
			  size_t max)
{
	unsigned char *copy = malloc(len ? len : 1);
	size_t n;

	assert_non_null(copy);
	memcpy(copy, tag, len);
	n = positions_decode(copy, len, out, max);
	if (n)
		assert_int_equal(positions_count(copy, len), n);
	free(copy);
	return n;
}

static void check_list(const uint32_t *list, size_t n)
{
	static uint32_t out[LIST_MAX];
	unsigned char *tag = malloc(glass_position_room(n));
	size_t len, head;

	assert_non_null(tag);
	len = (size_t)(glass_put_positions(tag, list, n) - tag);
	assert_int_equal(decode_copy(tag, len, out, n), n);
	assert_memory_equal(out, list, n * sizeof(*list));
	assert_int_equal(decode_copy(tag, len, out, n - 1), 0);
	for (head = 1; tag[head - 1] & 0x80;)
		head++;
	for (size_t cut = len - 1; cut > head && cut + 9 > len; cut--)
		assert_int_equal(decode_copy(tag, cut, out, n), 0);
	free(tag);
}

static void test_lists(void **state)
{
	static const struct {
		uint32_t at[6];
		size_t n;
	} rows[] = {
		{ { 1 }, 1 },
		{ { 128 }, 1 },
		{ { UINT32_MAX }, 1 },
		{ { 1, 2 }, 2 },
		{ { 1, 3 }, 2 },
		{ { 1, UINT32_MAX }, 2 },
		{ { UINT32_MAX - 1, UINT32_MAX }, 2 },
		{ { 1, 2, 3 }, 3 },
		{ { 1, 2, 4 }, 3 },
		{ { 1, 1u << 31, UINT32_MAX }, 3 },
		{ { 1, 2, 3, 4, UINT32_MAX }, 5 },
		{ { 1, UINT32_MAX - 3, UINT32_MAX - 2, UINT32_MAX - 1,
		    UINT32_MAX },
		  5 },
		{ { 90, 91, 92, 93, 94, 1u << 20 }, 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_list(rows[i].at, rows[i].n);
}

static void test_random_lists(void **state)
{
	static uint32_t list[LIST_MAX];
	struct fixture *f = *state;

	for (size_t i = 0; i < 3000; i++) {
		size_t n = 1 + draw(f, i % 8 ? 40 : LIST_MAX);
		uint32_t step = UINT32_MAX / (uint32_t)n >> draw(f, 32);
		uint32_t at = 1 + draw(f, 1u << draw(f, 10));

		for (size_t j = 0; j < n; j++) {
			list[j] = at;
			at += 1 + (step > 1 ? draw(f, step - 1) : 0);
		}
		if (i % 16 == 1)
			list[n - 1] = UINT32_MAX;
		check_list(list, n);
	}
}

/* ------------------------------------------------------- no lists at all -- */

static void test_no_lists(void **state)
{
	static const struct {
		unsigned char tag[16];
		size_t len;
		uint64_t count;
	} rows[] = {
		{ "", 0, 0 },
		{ "\x80", 1, 0 },
		{ "\xFF\xFF\xFF\xFF\x1F", 5, 0 },
		{ "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, 0 },
		{ "\x00\x01", 2, 0 },
		{ "\0\0\0\0\0\0\0\0\0\0", 10, 0 },
		/* 0 and on to 2^32 - 1, all of them or with one left out */
		{ "\xFF\xFF\xFF\xFF\x0F\0\0\0\0\xFE\xFF\xFF\xFF", 13,
		  1ull << 32 },
		{ "\xFF\xFF\xFF\xFF\x0F\0\0\0\0\xFD\xFF\xFF\xFF", 13,
		  (1ull << 32) - 1 },
		{ "\xFF\xFF\xFF\xFF\x0F\0\0\0\0\xFE\xFF\xFF", 12, 0 },
		{ "\xFF\xFF\xFF\xFF\x0F\0\0\0", 8, 0 },
	};
	uint32_t out[4];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(positions_count(rows[i].tag, rows[i].len),
				 rows[i].count);
		assert_int_equal(
			decode_copy(rows[i].tag, rows[i].len, out, COUNT(out)),
			0);
	}
}

/* A list of 2^32 positions, which nothing may walk along one by one. */
static const unsigned char everywhere[] = "\xFF\xFF\xFF\xFF\x0F\0\0\0\0"
					  "\xFE\xFF\xFF\xFF";

static size_t draw_tag(struct fixture *f, unsigned char *tag)
{
	size_t len = draw(f, 40);

	if (!draw(f, 8)) {
		memcpy(tag, everywhere, sizeof(everywhere) - 1);
		return sizeof(everywhere) - 1;
	}
	for (size_t i = 0; i < len; i++)
		tag[i] = (unsigned char)draw(f, 256);
	if (len > 5 && draw(f, 2))
		memcpy(tag, "\xFF\xFF\xFF\xFF\x0F", 5);
	else if (len && draw(f, 2))
		tag[0] &= 0x7F;
	/* Few bits, many positions. */
	for (size_t i = 8; i < len && len % 3 == 0; i++)
		tag[i] = len % 2 ? 0 : 0xFF;
	return len;
}

static void test_random_tags(void **state)
{
	static uint32_t out[LIST_MAX];
	struct fixture *f = *state;

	for (size_t i = 0; i < 100000; i++) {
		unsigned char tag[40];
		size_t n = decode_copy(tag, draw_tag(f, tag), out, LIST_MAX);

		for (size_t j = 1; j < n; j++)
			assert_true(out[j - 1] < out[j]);
	}
}

/* ------------------------------------------------------------- databases -- */

/* Words differ in length and frequency; two hold what a key must escape. */
static struct xap_bytes word(size_t i)
{
	static const char *const text[WORDS] = { "the",	  "a",	  "of\0x", "to",
						 "in",	  "and",  "b",	   "on",
						 "world", "wo",	  "\0",	   "at",
						 "it",	  "words" };
	static const size_t len[WORDS] = { 3, 1, 4, 2, 2, 3, 1,
					   2, 5, 2, 1, 2, 2, 5 };

	return (struct xap_bytes){ text[i], len[i] };
}

static void place(struct document *d, size_t w, uint32_t at)
{
	if (!d->n[w] || d->at[w][d->n[w] - 1] != at)
		d->at[w][d->n[w]++] = at;
	d->there[w] = true;
}

/* clashes: of a hundred positions so many have a second word. */
static void make_document(struct fixture *f, struct document *d,
			  unsigned clashes)
{
	uint32_t length = 1 + draw(f, draw(f, 30) ? LENGTH : LENGTH_MAX);
	uint32_t gap = 1 + draw(f, 3);
	uint32_t at = 0;

	for (uint32_t i = 0; i < length; i++) {
		at += 1 + draw(f, gap);
		place(d, draw(f, 1 + draw(f, WORDS)), at);
		if (draw(f, 100) < clashes)
			place(d, draw(f, 1 + draw(f, WORDS)), at);
	}
	for (size_t w = 0; w < WORDS; w++)
		d->there[w] |= !draw(f, 12);
}

static int by_term(const void *a, const void *b)
{
	const struct xap_bytes *x = &((const struct xap_posting *)a)->term;
	const struct xap_bytes *y = &((const struct xap_posting *)b)->term;
	int order = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void put_document(struct fixture *f, struct xap_writer *w,
			 const struct document *d, uint32_t number)
{
	struct xap_posting posting[WORDS + 1];
	struct xap_document doc = { .postings = posting };
	char id[16];
	size_t n = 0;

	snprintf(id, sizeof(id), "Q%u", (unsigned)number);
	posting[n++] = (struct xap_posting){ .term = { id, strlen(id) } };
	for (size_t i = 0; i < WORDS; i++)
		if (d->there[i])
			posting[n++] = (struct xap_posting){
				.term = word(i),
				.wdf = (uint32_t)d->n[i],
				.positions = d->at[i],
				.npositions = d->n[i],
			};
	qsort(posting, n, sizeof(*posting), by_term);
	doc.npostings = n;
	OK(xap_writer_put(w, id, strlen(id), &doc, &number, &f->err));
}

static void make_database(struct fixture *f, unsigned clashes)
{
	struct xap_writer *w;

	OK(xap_writer_open(f->path, XAP_CREATE, true, &w, &f->err));
	for (uint32_t i = 0; i < DOCUMENTS; i++) {
		make_document(f, &f->doc[i], clashes);
		put_document(f, w, &f->doc[i], i + 1);
	}
	OK(xap_writer_commit(w, &f->err));
	xap_writer_free(w);
	OK(xap_db_open(f->path, &f->xap, &f->err));
	OK(glass_db_open(f->path, &f->db, &f->err));
}

/* --------------------------------------------------------------- queries -- */

struct query {
	enum positions_kind kind;
	size_t n, word[QUERY_WORDS_MAX];
	uint32_t window;
};

static void draw_query(struct fixture *f, struct query *q)
{
	q->kind = draw(f, 2) ? POSITIONS_PHRASE : POSITIONS_NEAR;
	q->n = 2 + draw(f, draw(f, 2) ? QUERY_WORDS_MAX - 1 : 2);
	for (size_t i = 0; i < q->n; i++)
		q->word[i] = i && !draw(f, 6) ? q->word[draw(f, (uint32_t)i)]
					      : draw(f, WORDS);
	q->window = (uint32_t)q->n + (draw(f, 3) ? draw(f, 9) : 0);
	if (!draw(f, 50))
		q->window = draw(f, (uint32_t)q->n);
	if (!draw(f, 50))
		q->window = UINT32_MAX - draw(f, 2);
}

static void note(void *ctx, const struct xap_match *m)
{
	bool *found = ctx;

	assert_in_range(m->docid, 1, DOCUMENTS);
	found[m->docid - 1] = true;
}

static void search_theirs(struct fixture *f, const struct query *q, bool *found)
{
	struct xap_node kid[QUERY_WORDS_MAX], *kids[QUERY_WORDS_MAX];
	struct xap_node node = {
		.op = q->kind == POSITIONS_NEAR ? XAP_NEAR : XAP_PHRASE,
		.window = q->window,
		.kids = kids,
		.nkids = q->n,
	};
	struct xap_search rq = { .query = &node,
				 .count = DOCUMENTS,
				 .check_at_least = UINT32_MAX,
				 .k1 = 1.2,
				 .b = 0.75 };
	struct xap_totals totals;

	for (size_t i = 0; i < q->n; i++) {
		kid[i] = (struct xap_node){ .op = XAP_TERM,
					    .term = word(q->word[i]) };
		kids[i] = &kid[i];
	}
	OK(xap_db_search(f->xap, &rq, note, found, &totals, &f->err));
}

static struct positions *open_ours(struct fixture *f, const struct query *q)
{
	struct xap_bytes terms[QUERY_WORDS_MAX];
	uint32_t termfreqs[QUERY_WORDS_MAX] = { 0 };

	for (size_t i = 0; i < q->n; i++) {
		terms[i] = word(q->word[i]);
		for (size_t d = 0; d < DOCUMENTS; d++)
			termfreqs[i] += f->doc[d].there[q->word[i]];
	}
	return positions_new(f->db, q->kind, terms, termfreqs, q->n, q->window);
}

static bool has_all(const struct document *d, const struct query *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (!d->there[q->word[i]])
			return false;
	return true;
}

static void show(const struct query *q, size_t docid)
{
	print_message("document %zu, %s, window %u:", docid,
		      q->kind == POSITIONS_NEAR ? "near" : "phrase",
		      (unsigned)q->window);
	for (size_t i = 0; i < q->n; i++)
		print_message(" %zu", q->word[i]);
	print_message("\n");
}

/* Of the documents that have all the words so many match. */
static size_t compare(struct fixture *f, const struct query *q, size_t *looked)
{
	bool theirs[DOCUMENTS] = { false };
	struct positions *p = open_ours(f, q);
	size_t found = 0;

	assert_non_null(p);
	search_theirs(f, q, theirs);
	for (uint32_t i = 0; i < DOCUMENTS; i++) {
		bool ours = has_all(&f->doc[i], q) && positions_match(p, i + 1);

		*looked += has_all(&f->doc[i], q);
		if (ours != theirs[i]) {
			show(q, i + 1);
			fail_msg("%s", ours ? "they do not find it"
					    : "we do not find it");
		}
		found += ours;
	}
	positions_free(p);
	OK(glass_db_status(f->db, &f->err));
	return found;
}

static void compare_many(struct fixture *f, unsigned clashes)
{
	size_t looked = 0, found = 0;

	make_database(f, clashes);
	for (size_t i = 0; i < QUERIES; i++) {
		struct query q;

		draw_query(f, &q);
		found += compare(f, &q, &looked);
	}
	assert_true(found > looked / 20 && found < looked * 3 / 4);
}

static void test_same_as_xapian(void **state)
{
	compare_many(*state, 0);
}

static void test_same_position(void **state)
{
	compare_many(*state, 40);
}

/* What is asked twice, and backwards, is answered as before. */
static void test_any_order(void **state)
{
	static const struct query q = { .kind = POSITIONS_PHRASE,
					.n = 3,
					.word = { 0, 1, 0 },
					.window = 3 };
	struct fixture *f = *state;
	bool first[DOCUMENTS];
	struct positions *p;
	size_t found = 0;

	make_database(f, 0);
	p = open_ours(f, &q);
	assert_non_null(p);
	for (uint32_t i = 0; i < DOCUMENTS; i++)
		found += first[i] = positions_match(p, i + 1);
	assert_in_range(found, 1, DOCUMENTS - 1);
	for (uint32_t i = DOCUMENTS; i--;) {
		assert_int_equal(positions_match(p, i + 1), first[i]);
		assert_int_equal(positions_match(p, i + 1), first[i]);
	}
	positions_free(p);
}

static void test_one_word(void **state)
{
	static const struct query q = { .kind = POSITIONS_NEAR,
					.n = 1,
					.word = { 0 } };
	struct fixture *f = *state;
	struct positions *p;

	make_database(f, 0);
	p = open_ours(f, &q);
	assert_non_null(p);
	assert_true(positions_match(p, 1));
	positions_free(p);
	positions_free(NULL);
}

/* No term is that long: it is nowhere, whatever its key would be. */
static void test_long_word(void **state)
{
	static const char text[GLASS_TERM_MAX + 1] = { 0 };
	static const struct xap_bytes terms[] = { { text, sizeof(text) },
						  { "the", 3 } };
	static const uint32_t termfreqs[] = { 0, 1 };
	struct fixture *f = *state;
	struct positions *p;

	make_database(f, 0);
	p = positions_new(f->db, POSITIONS_PHRASE, terms, termfreqs, 2, 2);
	assert_non_null(p);
	for (uint32_t i = 0; i < DOCUMENTS; i++)
		assert_false(positions_match(p, i + 1));
	OK(glass_db_status(f->db, &f->err));
	positions_free(p);
}

/* ---------------------------------------------------------------- damage -- */

static void write_garbage(struct fixture *f, struct glass_table *t, size_t w)
{
	struct xap_bytes term = word(w);
	unsigned char key[64], tag[40];

	for (uint32_t docid = 1; docid <= DOCUMENTS; docid++) {
		unsigned char *end =
			glass_put_sort_str(key, term.data, term.len, 1);
		size_t n = draw_tag(f, tag);

		end = glass_put_sort_uint(end, docid);
		assert_true(glass_table_add(t, key, (size_t)(end - key), tag, n,
					    false));
		f->doc[docid - 1].there[w] = true;
	}
}

/* "a", "and", "b": in the order of their keys. */
static const size_t garbage_words[] = { 1, 5, 6 };

static void make_garbage(struct fixture *f)
{
	struct glass_version v = { .revision = GLASS_REVISION };
	struct glass_table *t;

	assert_int_equal(mkdir(f->path, 0700), 0);
	OK(glass_table_new(f->path, "position", true, &t, &f->err));
	for (size_t i = 0; i < COUNT(garbage_words); i++)
		write_garbage(f, t, garbage_words[i]);
	OK(glass_table_finish(t, false, &v.root[GLASS_POSITION], &f->err));
	glass_table_free(t);
	glass_version_settle(&v);
	OK(glass_version_write(f->path, &v, false, &f->err));
	OK(glass_db_open(f->path, &f->db, &f->err));
}

static void test_garbage(void **state)
{
	struct fixture *f = *state;
	size_t damaged = 0, found = 0;

	make_garbage(f);
	for (size_t i = 0; i < 300; i++) {
		struct positions *p;
		struct query q;

		draw_query(f, &q);
		for (size_t j = 0; j < q.n; j++)
			q.word[j] = garbage_words[q.word[j] % 3];
		p = open_ours(f, &q);
		assert_non_null(p);
		for (uint32_t docid = 1; docid <= DOCUMENTS; docid++) {
			bool match = positions_match(p, docid);

			found += match;
			if (glass_db_status(f->db, &f->err) == TRAWL_OK)
				continue;
			assert_false(match);
			assert_int_equal(glass_db_status(f->db, NULL),
					 TRAWL_CORRUPT);
			glass_db_forget(f->db);
			damaged++;
		}
		positions_free(p);
	}
	assert_true(damaged && found);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(test_lists),		T(test_random_lists),
		T(test_no_lists),	T(test_random_tags),
		T(test_same_as_xapian), T(test_same_position),
		T(test_any_order),	T(test_one_word),
		T(test_long_word),	T(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
