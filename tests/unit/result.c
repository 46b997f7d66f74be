/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/result.c, stored.c, tally.c, facet.c: what an answer is made of */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "facet.h"
#include "result.h"
#include "stored.h"

#include <locale.h>
#include <math.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool into(void *ctx, const char *bytes, size_t n)
{
	buf_add(ctx, bytes, n);
	return true;
}

static bool refuse(void *ctx, const char *bytes, size_t n)
{
	(void)bytes;
	(void)n;
	++*(int *)ctx;
	return false;
}

/* -------------------------------------------------------------- results -- */

/* Asking for less helps against a limit, and not against want of memory. */
static void test_an_answer_too_large_is_no_want_of_memory(void **state)
{
	struct trawl_result *res = result_new();
	struct trawl_error err;

	(void)state;
	assert_non_null(res);
	assert_null(arena_alloc(&res->arena, RESULT_BYTES_MAX + 1));
	assert_int_equal(result_full(res, &err), TRAWL_TOOCOMPLEX);
	assert_string_equal(err.text, "the answer is over 64 MiB: ask for "
				      "fewer hits or fields");
	result_reset(res);
	res->arena.failed = true;
	assert_int_equal(result_full(res, &err), TRAWL_NOMEM);
	trawl_result_free(res);
}

static const struct trawl_field two_fields[] = {
	{ "place", "Kyiv", 4, false },
	{ "n", "1.50", 4, true },
};
static const char *const one_snippet[] = { "a <b>b</b>" };
static const struct trawl_share shares[] = {
	{ .word = "elect*",
	  .found = "election,elected",
	  .count = 3,
	  .score = 1.25 },
	{ .word = "carbon",
	  .found = "Carbon",
	  .count = 2,
	  .score = 0.75,
	  .lead = 0.5,
	  .first = 64 },
	{ .word = "carbon",
	  .with = "tax",
	  .found = "",
	  .count = 1,
	  .score = 0.125 },
};
static struct trawl_hit all_of_a_hit = {
	.rank = 1,
	.id = "a/1\t.txt",
	.score = 7.2149,
	.title = "T\"x\\\n",
	.date = "2024-11",
	.source = "Reuters",
	.fields = two_fields,
	.nfields = 2,
	.snippets = one_snippet,
	.nsnippets = 1,
	.explain = shares,
	.nexplain = COUNT(shares),
};

static void check_lines(struct trawl_result *res, enum trawl_format format,
			const char *want)
{
	struct buf out = BUF_INIT(4096);

	assert_true(trawl_result_write(res, format, into, &out));
	assert_string_equal(out.data, want);
	buf_release(&out);
}

static void test_hit_in_every_format(void **state)
{
	struct trawl_result res = { .head.hits = 1, .hits = &all_of_a_hit };

	(void)state;
	check_lines(&res, TRAWL_JSON,
		    "{\"rank\":1,\"id\":\"a/1\\t.txt\",\"score\":7.2149,"
		    "\"title\":\"T\\\"x\\\\\\n\",\"date\":\"2024-11\","
		    "\"source\":\"Reuters\",\"fields\":{\"place\":\"Kyiv\","
		    "\"n\":1.50},\"snippets\":[\"a <b>b</b>\"],\"explain\":"
		    "[{\"word\":\"elect*\",\"found\":\"election,elected\","
		    "\"count\":3,\"score\":1.250},"
		    "{\"word\":\"carbon\",\"found\":\"Carbon\",\"count\":2,"
		    "\"score\":0.750,\"lead\":0.500,\"first\":64},"
		    "{\"word\":\"carbon\",\"with\":\"tax\",\"count\":1,"
		    "\"score\":0.125}]}\n");
	check_lines(&res, TRAWL_TSV,
		    "1\ta/1\\t.txt\t7.2149\t2024-11\tReuters\tT\"x\\\\\\n\n");
	check_lines(&res, TRAWL_IDS, "a/1 .txt\n");
}

/* A terminal would obey them: JSON escapes them, TSV has blanks. */
static void test_controls(void **state)
{
	struct trawl_hit hit = { .rank = 1,
				 .id = "x",
				 .title = "\x1B[1m\xC2\x9B"
					  "0m\x7F\xC2\xA0\xC2" };
	struct trawl_result res = { .head.hits = 1, .hits = &hit };

	(void)state;
	check_lines(&res, TRAWL_JSON,
		    "{\"rank\":1,\"id\":\"x\",\"score\":0.000,\"title\":"
		    "\"\\u001b[1m\\u009b0m\\u007f\xC2\xA0\xEF\xBF\xBD\"}\n");
	check_lines(&res, TRAWL_TSV, "1\tx\t0.000\t\t\t [1m 0m \xC2\xA0\xC2\n");
}

static void test_absent_members_are_left_out(void **state)
{
	struct trawl_hit hit = { .rank = 12, .id = "x" };
	struct trawl_result res = { .head.hits = 1, .hits = &hit };

	(void)state;
	check_lines(&res, TRAWL_JSON,
		    "{\"rank\":12,\"id\":\"x\",\"score\":0.000}\n");
	check_lines(&res, TRAWL_TSV, "12\tx\t0.000\t\t\t\n");
}

static void test_facets_and_timeline_follow_the_hits(void **state)
{
	struct trawl_facet_value values[] = { { "Kyiv \"I\"", 2 },
					      { "Reuters", 1 } };
	struct trawl_facet facets[] = { { "source", values, 2 },
					{ "lang", NULL, 0 } };
	struct trawl_bucket buckets[] = { { .when = "2024-10", .count = 1 },
					  { .when = "2024-11", .count = 30 } };
	struct trawl_hit hit = { .rank = 1, .id = "x" };
	struct trawl_result res = {
		.head = { .hits = 1, .nfacets = 2, .nbuckets = 2 },
		.hits = &hit,
		.facets = facets,
		.buckets = buckets,
		.timeline = TRAWL_TIMELINE_MONTH,
	};

	(void)state;
	check_lines(&res, TRAWL_JSON,
		    "{\"rank\":1,\"id\":\"x\",\"score\":0.000}\n"
		    "{\"facet\":\"source\",\"values\":[[\"Kyiv \\\"I\\\"\",2],"
		    "[\"Reuters\",1]]}\n"
		    "{\"facet\":\"lang\",\"values\":[]}\n"
		    "{\"timeline\":\"month\",\"buckets\":[[\"2024-10\",1],"
		    "[\"2024-11\",30]]}\n");
	check_lines(&res, TRAWL_IDS, "x\n");
	assert_ptr_equal(trawl_result_hit(&res, 0), &hit);
	assert_null(trawl_result_hit(&res, 1));
	assert_ptr_equal(trawl_result_facet(&res, 1), &facets[1]);
	assert_null(trawl_result_facet(&res, 2));
	assert_ptr_equal(trawl_result_bucket(&res, 1), &buckets[1]);
	assert_null(trawl_result_bucket(&res, 2));
}

static void test_what_a_hit_stands_for(void **state)
{
	struct trawl_hit hits[] = {
		{ .rank = 1,
		  .id = "x",
		  .source = "Reuters",
		  .similar = 7,
		  .story = "a\tb",
		  .index = "news" },
		{ .rank = 2, .id = "y" },
	};
	struct trawl_result res = { .head.hits = 2,
				    .hits = hits,
				    .grouped = true };

	(void)state;
	check_lines(&res, TRAWL_JSON,
		    "{\"rank\":1,\"id\":\"x\",\"score\":0.000,"
		    "\"source\":\"Reuters\",\"similar\":7,"
		    "\"story\":\"a\\tb\",\"index\":\"news\"}\n"
		    "{\"rank\":2,\"id\":\"y\",\"score\":0.000}\n");
	check_lines(&res, TRAWL_TSV,
		    "1\tx\t0.000\t\tReuters\t\t7\ta\\tb\n"
		    "2\ty\t0.000\t\t\t\t0\t\n");
	check_lines(&res, TRAWL_IDS, "x\ny\n");
}

static void test_headlines_of_buckets(void **state)
{
	struct trawl_bucket buckets[] = {
		{ .when = "2023", .count = 1 },
		{ .when = "2024", .count = 2, .id = "x", .title = "A \"b\"" },
		{ .when = "2025", .count = 3, .id = "y" },
	};
	struct trawl_result res = {
		.head.nbuckets = 3,
		.buckets = buckets,
		.timeline = TRAWL_TIMELINE_YEAR,
	};
	char *big = calloc(1, RESULT_LINE_MAX);

	(void)state;
	assert_non_null(big);
	check_lines(&res, TRAWL_JSON,
		    "{\"timeline\":\"year\",\"buckets\":[[\"2023\",1],"
		    "[\"2024\",2,\"x\",\"A \\\"b\\\"\"],"
		    "[\"2025\",3,\"y\"]]}\n");
	/* A line has its limit: the counts are what must be there. */
	memset(big, 'x', RESULT_LINE_MAX - 1);
	buckets[2].id = big;
	check_lines(&res, TRAWL_JSON,
		    "{\"timeline\":\"year\",\"buckets\":[[\"2023\",1],"
		    "[\"2024\",2],[\"2025\",3]],\"cut\":true}\n");
	free(big);
}

/* Fields go first, then snippets; rank, id and score always fit. */
static void test_long_lines_lose_parts(void **state)
{
	const size_t big = 700000;
	char *text = malloc(big + 1);
	const struct trawl_field field = { "f", text, big, false };
	const char *const snippets[] = { text };
	struct trawl_hit hit = { .rank = 1,
				 .id = "x",
				 .title = "t",
				 .fields = &field,
				 .nfields = 1,
				 .snippets = snippets,
				 .nsnippets = 1 };
	struct trawl_result res = { .head.hits = 1, .hits = &hit };
	struct buf out = BUF_INIT(2 * RESULT_LINE_MAX);

	(void)state;
	assert_non_null(text);
	memset(text, 'y', big);
	text[big] = '\0';
	assert_true(trawl_result_write(&res, TRAWL_JSON, into, &out));
	assert_in_range(out.len, big, RESULT_LINE_MAX);
	assert_null(strstr(out.data, "\"fields\""));
	assert_non_null(strstr(out.data, "\"snippets\""));
	assert_non_null(strstr(out.data, ",\"cut\":true}\n"));

	hit.title = text;
	memset(text, '\1', big);
	buf_reset(&out);
	assert_true(trawl_result_write(&res, TRAWL_JSON, into, &out));
	assert_string_equal(out.data,
			    "{\"rank\":1,\"id\":\"x\",\"score\":0.000,"
			    "\"cut\":true}\n");
	memset(text, '\n', big);
	buf_reset(&out);
	assert_true(trawl_result_write(&res, TRAWL_TSV, into, &out));
	assert_string_equal(out.data, "1\tx\t0.000\t\t\t\n");
	buf_release(&out);
	free(text);
}

static void test_sink_stops_the_writing(void **state)
{
	struct trawl_hit hits[] = { { .rank = 1, .id = "a" },
				    { .rank = 2, .id = "b" } };
	struct trawl_result res = { .head.hits = 2, .hits = hits };
	int calls = 0;

	(void)state;
	assert_false(trawl_result_write(&res, TRAWL_JSON, refuse, &calls));
	assert_int_equal(calls, 1);
}

static void test_decimals(void **state)
{
	static const struct {
		double value;
		const char *text, *score;
	} cases[] = {
		{ 0, "0.000", "0.000" },
		{ 7.215, "7.215", "7.215" },
		{ 7.2149, "7.215", "7.2149" },
		{ 7.0000000014, "7.000", "7.000000001" },
		{ 0.0004, "0.000", "0.0004" },
		{ 0.0006, "0.001", "0.0006" },
		{ 9.9996, "10.000", "9.9996" },
		{ 9.9999999999, "10.000", "10.000" },
		{ -1.5, "-1.500", "0.000" },
		{ -0.0001, "0.000", "0.000" },
		{ NAN, "0.000", "0.000" },
		{ 1234567.125, "1234567.125", "1234567.125" },
		{ INFINITY, "1000000000000000.000", "1000000000000000.000" },
	};

	(void)state;
	/* Where there is such a locale its comma must not be seen. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF_INIT(64);

		add_decimal(&out, cases[i].value);
		assert_string_equal(out.data, cases[i].text);
		buf_reset(&out);
		add_score(&out, cases[i].value);
		assert_string_equal(out.data, cases[i].score);
		buf_release(&out);
	}
	setlocale(LC_ALL, "C");
}

/* --------------------------------------------------------------- stored -- */

static enum trawl_status parse(const char *data, size_t len, struct arena *a,
			       struct trawl_doc *doc)
{
	const char *why = NULL;
	enum trawl_status st = stored_parse(data, len, a, doc, &why);

	assert_true(st == TRAWL_CORRUPT ? why != NULL : why == NULL);
	return st;
}

static void test_stored_is_read_back(void **state)
{
	static const char data[] =
		"{\"id\":\"a\\u00e9\",\"title\":\"x \\\"y\\\"\\n\",\"n\":"
		"123456789012345678901234567890,\"r\":1.10, \"o\" : "
		"{\"a\":[1,\"]}\\\"\"]} ,\"b\":true,\"e\":\"\","
		"\"z\":\"a\\u0000b\",\"n\":null}\n{text}\nof \0 it";
	static const struct trawl_field want[] = {
		{ "title", "x \"y\"\n", 6, false },
		{ "n", "123456789012345678901234567890", 30, true },
		{ "r", "1.10", 4, true },
		{ "o", "{\"a\":[1,\"]}\\\"\"]}", 16, true },
		{ "b", "true", 4, true },
		{ "e", "", 0, false },
		{ "z", "a\0b", 3, false },
		{ "n", "null", 4, true },
	};
	struct trawl_doc doc;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(parse(data, sizeof(data) - 1, &a, &doc), TRAWL_OK);
	assert_string_equal(doc.id, "a\xC3\xA9");
	assert_int_equal(doc.text_len, 14);
	assert_memory_equal(doc.text, "{text}\nof \0 it", 14);
	assert_int_equal(doc.nfields, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_string_equal(doc.fields[i].name, want[i].name);
		assert_int_equal(doc.fields[i].json, want[i].json);
		assert_int_equal(doc.fields[i].len, want[i].len);
		assert_memory_equal(doc.fields[i].value, want[i].value,
				    want[i].len + 1);
	}
	arena_release(&a);
}

/* Strings of every length, which are read eight bytes at a time; the one that is
 * escaped is read otherwise, and there are more of them than are read in one go. */
static void test_plain_lines_are_read_back(void **state)
{
	enum {
		MOST = 200
	};

	(void)state;
	for (size_t n = 0; n <= MOST; n += 1 + n / 40) {
		for (int escaped = 0; escaped < 2; escaped++) {
			struct buf line = BUF_INIT(1 << 20);
			struct trawl_doc doc;
			struct arena a;

			arena_init(&a, 1 << 20);
			buf_addf(&line, "{\"id\":\"%s\"",
				 escaped ? "\\u0069" : "i");
			for (size_t i = 0; i < n; i++)
				buf_addf(&line, ",\"f%zu\":\"%.*s\xC3\xA9\"", i,
					 (int)i,
					 "0123456789abcdefghijklmnopqrs"
					 "tuvwxyz[]{}:,' 0123456789");
			buf_adds(&line, "}\n");
			assert_int_equal(parse(line.data, line.len, &a, &doc),
					 TRAWL_OK);
			assert_string_equal(doc.id, "i");
			assert_int_equal(doc.nfields, n);
			assert_int_equal(doc.text_len, 0);
			for (size_t i = 0; i < n; i++) {
				size_t len = i < 54 ? i : 54;

				assert_int_equal(strtoul(doc.fields[i].name + 1,
							 NULL, 10),
						 i);
				assert_int_equal(doc.fields[i].len, len + 2);
				assert_int_equal(strlen(doc.fields[i].value),
						 len + 2);
				assert_memory_equal(doc.fields[i].value + len,
						    "\xC3\xA9", 3);
			}
			arena_release(&a);
			buf_release(&line);
		}
	}
}

/* A backslash at every place of eight bytes, and several. */
static void test_escapes_are_read_back(void **state)
{
	static const char data[] =
		"{\"id\":\"a\\/"
		"b\",\"a\":\"\\\"\",\"b\":\"1\\\\\",\"c\":\"12\\b\\f\","
		"\"d\":\"123\\n4\\r\",\"e\":\"1234567\\t\",\"f\":\"\\\\n\"}\n";
	static const char *const want[] = { "\"",	"1\\",	     "12\b\f",
					    "123\n4\r", "1234567\t", "\\n" };
	struct trawl_doc doc;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(parse(data, sizeof(data) - 1, &a, &doc), TRAWL_OK);
	assert_string_equal(doc.id, "a/b");
	assert_int_equal(doc.nfields, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(doc.fields[i].len, strlen(want[i]));
		assert_string_equal(doc.fields[i].value, want[i]);
	}
	arena_release(&a);
}

static void test_garbage_is_no_document(void **state)
{
	static const char *const cases[] = {
		"",
		"\n",
		"{\"id\":\"x\"}",
		"{}\ntext",
		"[]\ntext",
		"\"id\"\ntext",
		"{\"id\":1}\n",
		"{\"id\":\"x\"\n",
		"{\"id\":\"x\"}}\n",
		"{\"id\":\"x\",}\n",
		"{\"id\":\"\xFF\"}\n",
		"{\"id\":\"x\",\"a\\u0000\":1}\n",
		"{\"id\":\"x\",\"n\":1e999}\n",
		"{\"id\":\"x\",\"n\":\"1234567\t\"}\n",
		"{\"id\":\"x\",\"n\":\"12345678\x1F\"}\n",
		"{\"id\":\"x\",\"n\":\"12345678\xFF\"}\n",
		"{\"id\":\"x\" \"n\":\"y\"}\n",
		"{\"id\":\"x\",\"n\":\"\\x\"}\n",
		"{\"id\":\"x\",\"n\":\"\\",
		"{\"id\":\"x\",\"n\":\"\\\"}\n",
		"{\"id\":\"x\",\"n\",\"y\"}\n",
		",\"id\":\"x\"}\n",
		"{\"id\":\"x\",\"n\":\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_doc doc;
		struct arena a;

		arena_init(&a, 1 << 20);
		assert_int_equal(parse(cases[i], strlen(cases[i]), &a, &doc),
				 TRAWL_CORRUPT);
		arena_release(&a);
	}
}

/* Whatever one byte becomes: a document, or CORRUPT, and nothing else. */
static void change_each_byte(const char *good, size_t len)
{
	char *data = malloc(len);

	assert_non_null(data);
	for (size_t at = 0; at < len; at++)
		for (int c = 0; c < 256; c++) {
			struct trawl_doc doc;
			enum trawl_status st;
			struct arena a;

			memcpy(data, good, len);
			data[at] = (char)c;
			arena_init(&a, 1 << 20);
			st = parse(data, len, &a, &doc);
			assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
			arena_release(&a);
		}
	free(data);
}

static void test_one_changed_byte(void **state)
{
	static const char nested[] =
		"{\"id\":\"a\",\"t\":\"x\\\"\",\"o\":{\"k\":[1]},\"n\":1}\nt";
	static const char plain[] =
		"{\"id\":\"a\",\"t\":\"0123456\\\"\",\"u\":\"\\n\"}\n";

	(void)state;
	change_each_byte(nested, sizeof(nested) - 1);
	change_each_byte(plain, sizeof(plain) - 1);
}

static void test_stored_has_a_limit(void **state)
{
	static const char data[] = "{\"id\":\"x\",\"a\":\"0123456789\"}\ntext";
	struct trawl_doc doc;
	struct arena a;

	(void)state;
	for (size_t max = 0; max < 64; max += 8) {
		arena_init(&a, max);
		assert_int_equal(parse(data, sizeof(data) - 1, &a, &doc),
				 TRAWL_NOMEM);
		arena_release(&a);
	}
}

static void test_members_of_one_name_become_an_array(void **state)
{
	static const struct trawl_field fields[] = {
		{ "topic", "a", 1, false },
		{ "n", "[1,\r\n2]", 7, true },
		{ "topic", "2", 1, true },
		{ "topic", "\"", 1, false },
	};
	struct buf out = BUF_INIT(1000);

	(void)state;
	stored_print(fields, COUNT(fields), &out);
	assert_string_equal(out.data,
			    "\"topic\":[\"a\",2,\"\\\"\"],\"n\":[1,  2]");
	buf_release(&out);
}

/* --------------------------------------------------------------- counts -- */

static void test_tally_counts_and_sorts(void **state)
{
	struct arena a;
	struct tally t = { .arena = &a, .max = 2000 };
	char text[16];

	(void)state;
	arena_init(&a, 1 << 20);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 1000; i++) {
			int n = snprintf(text, sizeof(text), "w%u", i);

			assert_true(tally_add(&t, text, (size_t)n));
		}
	assert_true(tally_add(&t, "w7", 2));
	assert_true(tally_add(&t, "w", 1));
	assert_int_equal(t.n, 1001);
	tally_sort_by_count(&t);
	assert_string_equal(t.entry[0].text, "w7");
	assert_int_equal(t.entry[0].count, 3);
	assert_string_equal(t.entry[1].text, "w0");
	assert_string_equal(t.entry[2].text, "w1");
	assert_string_equal(t.entry[3].text, "w10");
	assert_string_equal(t.entry[1000].text, "w");
	tally_sort_by_text(&t);
	assert_string_equal(t.entry[0].text, "w");
	assert_string_equal(t.entry[1000].text, "w999");
	arena_release(&a);
}

static void test_tally_has_a_maximum(void **state)
{
	struct arena a;
	struct tally t = { .arena = &a, .max = 2 };

	(void)state;
	arena_init(&a, 1 << 20);
	assert_true(tally_add(&t, "a", 1));
	assert_true(tally_add(&t, "b", 1));
	assert_false(tally_add(&t, "c", 1));
	assert_true(t.full);
	assert_true(tally_add(&t, "a", 1) || t.full);
	assert_int_equal(t.n, 2);
	arena_release(&a);
}

struct counting {
	struct schema schema;
	struct arena arena;
	struct facets facets;
	struct trawl_result *res;
};

static void count(struct counting *c, const struct trawl_request *rq)
{
	struct trawl_error err;

	memset(c, 0, sizeof(*c));
	assert_int_equal(schema_read(&c->schema, NULL, &err), TRAWL_OK);
	arena_init(&c->arena, 1 << 24);
	c->res = result_new();
	assert_non_null(c->res);
	assert_int_equal(
		facets_begin(&c->facets, &c->schema, rq, &c->arena, &err),
		TRAWL_OK);
}

static void counted(struct counting *c)
{
	arena_release(&c->arena);
	trawl_result_free(c->res);
}

static void test_facets_count_each_value_once_a_document(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct counting c;
	const struct trawl_facet *f;

	(void)state;
	rq.facets = "topic,source";
	count(&c, &rq);
	assert_int_equal(c.facets.n, 2);
	facets_count(&c.facets, 0,
		     "b\x1F"
		     "a\x1F"
		     "b",
		     5);
	facets_count(&c.facets, 0, "a", 1);
	facets_count(&c.facets, 0, "c\x1F", 2);
	facets_count(&c.facets, 0,
		     "ab\x1F"
		     "a",
		     4);
	facets_count(&c.facets, 1, "Reuters", 7);
	assert_int_equal(facets_finish(&c.facets, c.res, NULL), TRAWL_OK);
	assert_int_equal(trawl_result_head(c.res)->nfacets, 2);
	f = trawl_result_facet(c.res, 0);
	assert_string_equal(f->name, "topic");
	assert_int_equal(f->nvalues, 4);
	assert_string_equal(f->values[0].value, "a");
	assert_int_equal(f->values[0].count, 3);
	assert_string_equal(f->values[1].value, "ab");
	assert_string_equal(f->values[2].value, "b");
	assert_int_equal(f->values[2].count, 1);
	assert_string_equal(f->values[3].value, "c");
	assert_string_equal(trawl_result_facet(c.res, 1)->values[0].value,
			    "Reuters");
	counted(&c);
}

static void test_facets_list_their_first_hundred(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct counting c;
	char text[16];

	(void)state;
	rq.facets = "lang";
	count(&c, &rq);
	for (unsigned i = 0; i < 250; i++) {
		int n = snprintf(text, sizeof(text), "%03u", i);

		facets_count(&c.facets, 0, text, (size_t)n);
	}
	assert_int_equal(facets_finish(&c.facets, c.res, NULL), TRAWL_OK);
	assert_int_equal(trawl_result_facet(c.res, 0)->nvalues, 100);
	assert_string_equal(trawl_result_facet(c.res, 0)->values[99].value,
			    "099");
	counted(&c);
}

static void test_timeline_ascends(void **state)
{
	static const char *const days[] = { "20241107", "20241107120000",
					    "20231231", "20241101" };
	static const struct {
		enum trawl_timeline timeline;
		size_t n;
		const char *last;
		uint64_t count;
	} cases[] = {
		{ TRAWL_TIMELINE_YEAR, 2, "2024", 3 },
		{ TRAWL_TIMELINE_MONTH, 2, "2024-11", 3 },
		{ TRAWL_TIMELINE_DAY, 3, "2024-11-07", 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		const struct trawl_bucket *last;
		struct counting c;

		rq.timeline = cases[i].timeline;
		count(&c, &rq);
		for (size_t k = 0; k < COUNT(days); k++)
			facets_count(&c.facets, 0, days[k], strlen(days[k]));
		assert_int_equal(facets_finish(&c.facets, c.res, NULL),
				 TRAWL_OK);
		assert_int_equal(trawl_result_head(c.res)->nbuckets,
				 cases[i].n);
		last = trawl_result_bucket(c.res, cases[i].n - 1);
		assert_string_equal(last->when, cases[i].last);
		assert_int_equal(last->count, cases[i].count);
		assert_int_equal(trawl_result_head(c.res)->nfacets, 0);
		counted(&c);
	}
}

static void test_unknown_facets_list_those_there_are(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err;
	struct facets f;
	struct schema schema;
	struct arena a;

	(void)state;
	assert_int_equal(schema_read(&schema, NULL, &err), TRAWL_OK);
	arena_init(&a, 1 << 20);
	rq.facets = "source,nope";
	assert_int_equal(facets_begin(&f, &schema, &rq, &a, &err),
			 TRAWL_BADVALUE);
	assert_string_equal(err.text, "facets=nope: no such field; there are "
				      "source, author, lang, topic");
	rq.facets = "title";
	assert_int_equal(facets_begin(&f, &schema, &rq, &a, &err),
			 TRAWL_BADVALUE);
	assert_string_equal(err.text, "facets=title: that field has no facet; "
				      "there are source, author, lang, topic");
	rq.facets = "";
	assert_int_equal(facets_begin(&f, &schema, &rq, &a, &err), TRAWL_OK);
	assert_int_equal(f.n, 0);
	arena_release(&a);
}

static void test_too_many_values_are_said(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err;
	struct counting c;
	char text[16];

	(void)state;
	rq.timeline = TRAWL_TIMELINE_DAY;
	count(&c, &rq);
	for (unsigned i = 0; i <= TIMELINE_BUCKETS_MAX; i++) {
		snprintf(text, sizeof(text), "%08u", i);
		facets_count(&c.facets, 0, text, 8);
	}
	assert_int_equal(facets_finish(&c.facets, c.res, &err),
			 TRAWL_TOOCOMPLEX);
	assert_non_null(strstr(err.text, "40000"));
	counted(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hit_in_every_format),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_absent_members_are_left_out),
		cmocka_unit_test(test_facets_and_timeline_follow_the_hits),
		cmocka_unit_test(test_what_a_hit_stands_for),
		cmocka_unit_test(test_headlines_of_buckets),
		cmocka_unit_test(test_long_lines_lose_parts),
		cmocka_unit_test(test_sink_stops_the_writing),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_stored_is_read_back),
		cmocka_unit_test(test_plain_lines_are_read_back),
		cmocka_unit_test(test_escapes_are_read_back),
		cmocka_unit_test(test_garbage_is_no_document),
		cmocka_unit_test(test_one_changed_byte),
		cmocka_unit_test(test_stored_has_a_limit),
		cmocka_unit_test(test_members_of_one_name_become_an_array),
		cmocka_unit_test(test_tally_counts_and_sorts),
		cmocka_unit_test(test_an_answer_too_large_is_no_want_of_memory),
		cmocka_unit_test(test_tally_has_a_maximum),
		cmocka_unit_test(test_facets_count_each_value_once_a_document),
		cmocka_unit_test(test_facets_list_their_first_hundred),
		cmocka_unit_test(test_timeline_ascends),
		cmocka_unit_test(test_unknown_facets_list_those_there_are),
		cmocka_unit_test(test_too_many_values_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
