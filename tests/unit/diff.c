/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two databases that are equal but for one thing: it is found, and named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sanitized.h"
#include "small_db.h"
#include "trawl.h"

#include <fcntl.h>

enum {
	QUERIES = 60,
	MANY = 2600, /* documents: three pages of a walk */
	LONG = 9000, /* positions in each so manieth of them */
	MANIETH = SANITIZED ? 64 : 16
};

struct report {
	char text[1 << 14];
	size_t len, lines;
	double progress;
};

static void on_line(void *ctx, const char *line, double progress)
{
	struct report *r = ctx;

	assert_true(progress >= r->progress && progress <= 1);
	r->progress = progress;
	if (!*line)
		return;
	assert_null(strpbrk(line, "\r\n"));
	r->len += (size_t)snprintf(r->text + r->len, sizeof(r->text) - r->len,
				   "%s\n", line);
	assert_true(r->len < sizeof(r->text));
	r->lines++;
}

static uint64_t compare(const char *a, const char *b, unsigned queries,
			struct report *r)
{
	struct trawl_error err;
	uint64_t n = UINT64_MAX;

	*r = (struct report){ .len = 0 };
	small_ok(trawl_diff(a, b, queries, on_line, r, &n, &err), &err);
	assert_int_equal(r->lines, n < TRAWL_DIFF_LINES ? n : TRAWL_DIFF_LINES);
	return n;
}

/* ---------------------------------------------------------- documents -- */

/* Words at positions from first on, each with a wdf of its count. */
static void add_words(struct small_db *s, const char *text, uint32_t first)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		small_term(s, "", text, len, 1, first++);
		text += len + strspn(text + len, " ");
	}
}

static void set_data(struct small_db *s, const char *data)
{
	s->data = (struct xap_bytes){ data, strlen(data) };
}

/* The document with this id, as it is in both. */
static void add_one(struct small_db *s, int id)
{
	static const char *const text[] = {
		"the storm surge reached the old harbour at night",
		"the harbour wall held against the storm",
		"at night the ferry left the harbour late",
		"late news of the ferry and the storm",
	};

	add_words(s, text[id - 1], 1);
	set_data(s, text[id - 1]);
	small_term(s, "K", "filter", 6, 0, 0);
	small_value(s, 0, text[id - 1], 12);
	if (id != 3)
		small_value(s, 300, &"1234"[id - 1], 1);
}

static void put(struct small_db *s, int id)
{
	const char name[] = { (char)('0' + id), '\0' };

	small_put(s, name);
}

static void set_metadata(struct small_db *s, const char *key, const char *value)
{
	struct trawl_error err;

	small_ok(xap_writer_set_metadata(s->writer, key, strlen(key), value,
					 strlen(value), &err),
		 &err);
}

static void add_spelling(struct small_db *s, const char *word, uint32_t n)
{
	struct trawl_error err;

	small_ok(
		xap_writer_add_spelling(s->writer, word, strlen(word), n, &err),
		&err);
}

static void add_synonym(struct small_db *s, const char *term,
			const char *synonym)
{
	struct trawl_error err;

	small_ok(xap_writer_add_synonym(s->writer, term, strlen(term), synonym,
					strlen(synonym), &err),
		 &err);
}

static struct small_db *make(void (*plant)(struct small_db *s))
{
	struct small_db *s = small_db_new();

	for (int id = 1; id <= 4; id++) {
		add_one(s, id);
		put(s, id);
	}
	small_term(s, "", "alone", 5, 3, 0);
	put(s, 5);
	set_metadata(s, "colour", "blue");
	set_metadata(s, "flavour", "salt");
	add_spelling(s, "harbour", 3);
	add_spelling(s, "storm", 3);
	add_synonym(s, "ferry", "boat");
	add_synonym(s, "ferry", "ship");
	if (plant)
		plant(s);
	small_db_open(s);
	return s;
}

/* -------------------------------------------------------- differences -- */

static void plant_document(struct small_db *s)
{
	add_one(s, 2);
	put(s, 6);
}

static void plant_hole(struct small_db *s)
{
	struct trawl_error err;

	small_ok(xap_writer_delete(s->writer, 3, &err), &err);
}

static void plant_last_docid(struct small_db *s)
{
	struct trawl_error err;

	add_one(s, 1);
	put(s, 6);
	small_ok(xap_writer_delete(s->writer, 6, &err), &err);
}

static void plant_shortest(struct small_db *s)
{
	struct trawl_error err;

	small_term(s, "", "alone", 5, 1, 0);
	put(s, 6);
	small_ok(xap_writer_delete(s->writer, 6, &err), &err);
}

static void plant_longest(struct small_db *s)
{
	struct trawl_error err;

	small_term(s, "", "other", 5, 300, 0);
	put(s, 6);
	small_ok(xap_writer_delete(s->writer, 6, &err), &err);
}

static void plant_data(struct small_db *s)
{
	add_one(s, 2);
	set_data(s, "the harbour wall fell");
	put(s, 2);
}

static void plant_long_data(struct small_db *s)
{
	add_one(s, 2);
	set_data(s, "the harbour wallheld against the gales...");
	put(s, 2);
}

static void plant_no_data(struct small_db *s)
{
	add_one(s, 2);
	s->data.len = 0;
	put(s, 2);
}

static void plant_value(struct small_db *s)
{
	add_one(s, 2);
	s->value[1].value.data = "9";
	put(s, 2);
}

static void plant_no_value(struct small_db *s)
{
	add_one(s, 2);
	s->nvalues = 1;
	put(s, 2);
}

static void plant_slot(struct small_db *s)
{
	add_one(s, 2);
	s->value[1].slot = 301;
	put(s, 2);
}

/* The bounds of a slot do not shrink. */
static void plant_lower(struct small_db *s)
{
	add_one(s, 2);
	s->value[1].value.data = "0";
	put(s, 2);
	add_one(s, 2);
	put(s, 2);
}

static void plant_upper(struct small_db *s)
{
	add_one(s, 2);
	s->value[1].value.data = "9";
	put(s, 2);
	add_one(s, 2);
	put(s, 2);
}

static void plant_term(struct small_db *s)
{
	add_one(s, 2);
	small_term(s, "K", "new\x01", 4, 0, 0);
	put(s, 2);
}

static void plant_unique(struct small_db *s)
{
	small_term(s, "", "alone", 5, 3, 0);
	small_term(s, "K", "filter", 6, 0, 0);
	put(s, 5);
}

static void plant_fewer_terms(struct small_db *s)
{
	add_one(s, 2);
	s->nterms--;
	put(s, 2);
}

static void plant_wdf(struct small_db *s)
{
	small_term(s, "", "alone", 5, 4, 0);
	put(s, 5);
}

/* What wdf is bound by is not told by the postings alone. */
static void plant_wdf_bound(struct small_db *s)
{
	plant_wdf(s);
	small_term(s, "", "alone", 5, 3, 0);
	put(s, 5);
}

static void plant_position(struct small_db *s)
{
	add_one(s, 2);
	s->term[0].positions[1]++;
	put(s, 2);
}

static void plant_fewer_positions(struct small_db *s)
{
	add_one(s, 2);
	s->term[0].npositions--;
	put(s, 2);
}

static void plant_no_positions(struct small_db *s)
{
	for (int id = 1; id <= 4; id++) {
		add_one(s, id);
		for (size_t i = 0; i < s->nterms; i++)
			s->term[i].npositions = 0;
		put(s, id);
	}
}

static void plant_metadata(struct small_db *s)
{
	set_metadata(s, "colour", "blur");
}

static void plant_more_metadata(struct small_db *s)
{
	set_metadata(s, "a", "b");
}

static void plant_less_metadata(struct small_db *s)
{
	set_metadata(s, "flavour", "");
}

static void plant_frequency(struct small_db *s)
{
	add_spelling(s, "storm", 1);
}

static void plant_spelling(struct small_db *s)
{
	add_spelling(s, "surge", 1);
}

static void plant_synonym(struct small_db *s)
{
	add_synonym(s, "ferry", "vessel");
}

static void plant_synonyms(struct small_db *s)
{
	add_synonym(s, "gale", "storm");
}

/* clang-format off */
static const struct plant {
	void (*make)(struct small_db *s);
	const char *line;
	unsigned count; /* of all differences; 0: there are more */
} plants[] = {
	{ plant_document, "documents: 5 and 6", 0 },
	{ plant_document, "last document: 5 and 6", 0 },
	{ plant_document, "total length: 35 and 42", 0 },
	{ plant_wdf, "average length: 7 and 7.2", 0 },
	{ plant_document, "document 6: only in the second", 0 },
	{ plant_document, "term \"against\": documents: 1 and 2", 0 },
	{ plant_document, "term \"against\": occurrences: 1 and 2", 0 },
	{ plant_document, "posting \"against\", document 6: only in the second",
	  0 },
	{ plant_hole, "document 3: only in the first", 0 },
	{ plant_hole, "posting \"Kfilter\", document 3: only in the first", 0 },
	{ plant_last_docid, "last document: 5 and 6", 1 },
	{ plant_shortest, "bound of the shortest document: 3 and 1", 2 },
	{ plant_longest, "bound of the longest document: ", 0 },
	{ plant_data, "document 2: data: \"the harbour wall held against the "
	  "storm\" and \"the harbour wall fell\"", 1 },
	{ plant_long_data, "document 2: data: 39 and 41 bytes, alike up to byte "
	  "16", 1 },
	{ plant_no_data, "held against the storm\" and \"\"", 1 },
	{ plant_value, "document 2, slot 300: value: \"2\" and \"9\"", 0 },
	{ plant_value, "document 2, slot 300: value in the slot's list: \"2\" "
	  "and \"9\"", 0 },
	{ plant_value, "slot 300: upper bound: \"4\" and \"9\"", 0 },
	{ plant_no_value, "document 2, slot 300: only in the first", 0 },
	{ plant_no_value, "slot 300: documents with a value: 3 and 2", 0 },
	{ plant_slot, "document 2, slot 301: only in the second", 0 },
	{ plant_lower, "slot 300: lower bound: \"1\" and \"0\"", 1 },
	{ plant_upper, "slot 300: upper bound: \"4\" and \"9\"", 1 },
	{ plant_term, "term \"Knew\\x01\": only in the second", 0 },
	{ plant_term, "listed term \"Knew\\x01\", document 2: only in the "
	  "second", 0 },
	{ plant_unique, "document 5: unique terms: 2 and 3", 0 },
	{ plant_fewer_terms, "only in the first", 0 },
	{ plant_wdf, "document 5: length: 3 and 4", 0 },
	{ plant_wdf, "listed term \"alone\", document 5: wdf: 3 and 4", 0 },
	{ plant_wdf, "posting \"alone\", document 5: wdf: 3 and 4", 0 },
	{ plant_wdf, "posting \"alone\", document 5: length of the document: "
	  "3 and 4", 0 },
	{ plant_wdf, "query ", 0 },
	{ plant_wdf_bound, "bound of wdf: 3 and 4", 0 },
	{ plant_position, "document 2: position 2: 6 and 7", 0 },
	{ plant_fewer_positions, "document 2: positions: 2 and 1", 0 },
	{ plant_no_positions, "positions: only in the first", 0 },
	{ plant_metadata, "metadata \"colour\": value: \"blue\" and \"blur\"", 1 },
	{ plant_more_metadata, "metadata \"a\": only in the second", 1 },
	{ plant_less_metadata, "metadata \"flavour\": only in the first", 1 },
	{ plant_frequency, "spelling \"storm\": frequency: 3 and 4", 1 },
	{ plant_spelling, "spelling \"surge\": only in the second", 1 },
	{ plant_synonym, "synonyms of \"ferry\": value: \"4:boat 4:ship\" and \"4:boat "
	  "4:ship 6:vessel\"", 1 },
	{ plant_synonyms, "synonyms of \"gale\": only in the second", 1 },
};
/* clang-format on */

static void test_equal(void **state)
{
	struct small_db *a = make(NULL), *b = make(NULL);
	struct report r;

	(void)state;
	assert_int_equal(compare(a->path, b->path, QUERIES, &r), 0);
	assert_string_equal(r.text, "");
	small_db_free(a);
	small_db_free(b);
}

static void test_each_is_named(void **state)
{
	struct small_db *a = make(NULL);
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(plants) / sizeof(*plants); i++) {
		const struct plant *p = &plants[i];
		struct small_db *b = make(p->make);
		uint64_t n = compare(a->path, b->path, QUERIES, &r);

		if (!strstr(r.text, p->line) || (p->count && n != p->count))
			fail_msg("row %zu, \"%s\": %llu differences:\n%s", i,
				 p->line, (unsigned long long)n, r.text);
		assert_true(compare(b->path, a->path, 0, &r) > 0);
		small_db_free(b);
	}
	small_db_free(a);
}

/* ------------------------------------------------------------- at length -- */

/* One document that is not as in the other database. */
struct odd {
	uint32_t docid; /* 0: none */
	uint32_t shift; /* of its last position */
	const char *value;
	unsigned count; /* of differences */
	const char *line;
};

static void put_many(struct xap_writer *w, uint32_t n, const struct odd *odd)
{
	static uint32_t positions[LONG];
	char id[16], own[16];
	struct xap_posting p[] = { { .term = { id, 0 } },
				   { .term = { "common", 6 }, .wdf = LONG },
				   { .term = { own, 0 }, .wdf = 1 } };
	struct xap_value v = { 5, { odd->docid == n ? odd->value : "v", 1 } };
	const struct xap_document doc = {
		.postings = p, .npostings = 3, .values = &v, .nvalues = 1
	};
	struct trawl_error err;
	uint32_t docid;

	if (!positions[0])
		for (uint32_t i = 0; i < LONG; i++)
			positions[i] = i + 1;
	positions[LONG - 1] = LONG + (odd->docid == n ? odd->shift : 0);
	/* Most have the last of them alone. */
	p[1].npositions = n % MANIETH ? 1 : LONG;
	p[1].positions = positions + LONG - p[1].npositions;
	p[0].term.len = (size_t)snprintf(id, sizeof(id), "Q%u", n);
	p[2].term.len = (size_t)snprintf(own, sizeof(own), "own%u", n);
	small_ok(xap_writer_put(w, id, p[0].term.len, &doc, &docid, &err),
		 &err);
}

static struct small_db *make_many(const struct odd *odd)
{
	struct small_db *s = small_db_new();

	for (uint32_t n = 1; n <= MANY; n++)
		put_many(s->writer, n, odd);
	small_db_open(s);
	return s;
}

static void test_page_by_page(void **state)
{
	static const struct odd none, rows[] = {
		{ 1, 1, "v", 1, "document 1: position 1: 9000 and 9001" },
		{ 1024, 1, "v", 1, "document 1024: position 9000: 9000 and" },
		{ 1025, 1, "v", 1, "document 1025: position 1: 9000 and" },
		{ MANY, 1, "v", 1, "document 2600: position 1: 9000 and" },
		{ 1, 0, "w", 3, "document 1, slot 5: value" },
		{ 2049, 0, "w", 3, "document 2049, slot 5: value in the" },
		{ MANY, 0, "w", 3, "document 2600, slot 5: value in the" },
	};
	struct small_db *a = make_many(&none);
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct small_db *b = make_many(&rows[i]);
		uint64_t n = compare(a->path, b->path, 0, &r);

		if (n != rows[i].count || !strstr(r.text, rows[i].line))
			fail_msg("row %zu, \"%s\": %llu differences:\n%s", i,
				 rows[i].line, (unsigned long long)n, r.text);
		small_db_free(b);
	}
	small_db_free(a);
}

static void test_counts_on(void **state)
{
	const struct odd none = { .docid = 0 };
	struct small_db *a = make_many(&none), *b = make(NULL);
	struct report r;
	uint64_t n = 0;
	struct trawl_error err;

	(void)state;
	assert_true(compare(a->path, b->path, QUERIES, &r) > 3 * MANY - 20);
	assert_int_equal(r.lines, TRAWL_DIFF_LINES);
	/* It need not be told. */
	small_ok(trawl_diff(a->path, b->path, 0, NULL, NULL, &n, &err), &err);
	assert_true(n > 3 * MANY - 20);
	small_db_free(a);
	small_db_free(b);
}

/* --------------------------------------------------------------- errors -- */

static void test_cannot(void **state)
{
	struct small_db *a = make(NULL), *b = make(NULL);
	struct trawl_error err = { 0 };
	char path[400];
	uint64_t n = 77;
	int fd;

	(void)state;
	assert_int_equal(trawl_diff(a->path, NULL, 1, NULL, NULL, &n, &err),
			 TRAWL_INVAL);
	assert_int_equal(
		trawl_diff(a->path, "/nowhere", 1, NULL, NULL, &n, &err),
		TRAWL_NOTFOUND);
	assert_non_null(strstr(err.text, "/nowhere: "));
	snprintf(path, sizeof(path), "%s/position.glass", b->path);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	for (off_t at = 0; at < 5; at++) /* level and revision */
		assert_int_equal(pwrite(fd, "\xFF", 1, at), 1);
	close(fd);
	assert_int_equal(trawl_diff(a->path, b->path, 1, NULL, NULL, &n, &err),
			 TRAWL_CORRUPT);
	assert_non_null(strstr(err.text, b->path));
	assert_int_equal(n, 77);
	small_db_free(a);
	small_db_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_each_is_named),
		cmocka_unit_test(test_page_by_page),
		cmocka_unit_test(test_counts_on),
		cmocka_unit_test(test_cannot),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
