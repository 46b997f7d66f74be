/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/response: lines of JSON, of whatever making, read into structs */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "response.h"
#include "values.h"

static enum trawl_status read_all(struct response *r, enum ask ask,
				  const char *lines, size_t n)
{
	struct trawl_error err = { 0 };

	response_init(r);
	assert_true(response_sink(r, lines, n));

	enum trawl_status st = response_read(r, ask, &err);

	assert_int_equal(st != TRAWL_OK, err.text[0] != '\0');
	return st;
}

static void test_hits(void **state)
{
	static const char lines[] =
		"{\"rank\":11,\"id\":\"a\",\"score\":2.500,\"title\":\"T\","
		"\"date\":\"2031\",\"source\":\"S\",\"similar\":7,"
		"\"story\":\"b\",\"fields\":{\"x\":"
		"123456789012345678901234567890},\"snippets\":[\"one\","
		"\"\\u001b[1mtwo\"],\"explain\":[{\"word\":\"w\",\"found\":"
		"\"W,w\",\"count\":3,\"score\":1.250},{\"word\":\"v\","
		"\"count\":0,\"score\":1.250}],\"index\":\"news\"}\n"
		"{\"rank\":12,\"id\":\"\",\"score\":0,\"cut\":true,"
		"\"new\":[{}]}\n"
		"{\"facet\":\"f\",\"values\":[[\"one\",2],[\"two\",1]]}\n"
		"{\"facet\":\"none\",\"values\":[]}\n"
		"{\"timeline\":\"month\",\"buckets\":[[\"2031-05\",7],"
		"[\"2031-06\",1,\"a\",\"T\"],[\"2031-07\",1,\"b\"]]}\n"
		"{\"unknown\":1}\n";
	struct response r;

	(void)state;
	assert_int_equal(read_all(&r, ASK_SEARCH, lines, sizeof(lines) - 1),
			 TRAWL_OK);
	assert_int_equal(r.head.hits, 2);
	assert_int_equal(r.hits[0].rank, 11);
	assert_string_equal(r.hits[0].title, "T");
	assert_string_equal(r.hits[0].index, "news");
	assert_true(r.hits[0].score == 2.5);
	assert_int_equal(r.hits[0].nsnippets, 2);
	assert_string_equal(r.hits[0].snippets[1], "\033[1mtwo");
	assert_int_equal(r.hits[0].nexplain, 2);
	assert_string_equal(r.hits[0].explain[0].found, "W,w");
	assert_null(r.hits[0].explain[1].found);
	assert_int_equal(r.hits[0].explain[0].count, 3);
	assert_int_equal(r.hits[0].similar, 7);
	assert_string_equal(r.hits[0].story, "b");
	assert_int_equal(r.hits[1].similar, 0);
	assert_null(r.hits[1].story);
	assert_null(r.hits[1].title);
	assert_null(r.hits[1].index);
	assert_int_equal(r.head.nfacets, 2);
	assert_string_equal(r.facets[0].values[1].value, "two");
	assert_int_equal(r.facets[0].values[0].count, 2);
	assert_int_equal(r.facets[1].nvalues, 0);
	assert_int_equal(r.head.nbuckets, 3);
	assert_string_equal(r.buckets[0].when, "2031-05");
	assert_int_equal(r.buckets[0].count, 7);
	assert_null(r.buckets[0].id);
	assert_string_equal(r.buckets[1].id, "a");
	assert_string_equal(r.buckets[1].title, "T");
	assert_string_equal(r.buckets[2].id, "b");
	assert_null(r.buckets[2].title);
	response_release(&r);
}

static void test_words(void **state)
{
	static const char lines[] = "{\"word\":\"w\",\"documents\":5}\n"
				    "{\"title\":\"A w\",\"documents\":1}\n";
	struct response r;

	(void)state;
	assert_int_equal(read_all(&r, ASK_SUGGEST, lines, sizeof(lines) - 1),
			 TRAWL_OK);
	assert_int_equal(r.nwords, 2);
	assert_string_equal(r.words[0].text, "w");
	assert_int_equal(r.words[0].documents, 5);
	assert_false(r.words[0].title);
	assert_true(r.words[1].title);
	response_release(&r);
}

static void test_document(void **state)
{
	static const char line[] =
		"{\"id\":\"a\\\"b\",\"n\":12.50,\"big\":"
		"123456789012345678901234567890,\"l\":[\"x\",{\"y\":1}],"
		"\"s\":\"\\u00e9\",\"s\":\"again\",\"id\":\"second\","
		"\"text\":\"one\\u0000two\\n\"}\n";
	static const struct {
		const char *name, *value;
		bool json;
	} fields[] = {
		{ "n", "12.50", true },
		{ "big", "123456789012345678901234567890", true },
		{ "l", "[\"x\",{\"y\":1}]", true },
		{ "s", "\u00e9", false },
		{ "s", "again", false },
		{ "id", "second", false },
	};
	struct response r;

	(void)state;
	assert_int_equal(read_all(&r, ASK_GET, line, sizeof(line) - 1),
			 TRAWL_OK);
	assert_string_equal(r.doc.id, "a\"b");
	assert_int_equal(r.doc.nfields, sizeof(fields) / sizeof(*fields));
	for (size_t i = 0; i < r.doc.nfields; i++) {
		assert_string_equal(r.doc.fields[i].name, fields[i].name);
		assert_string_equal(r.doc.fields[i].value, fields[i].value);
		assert_int_equal(r.doc.fields[i].json, fields[i].json);
	}
	assert_int_equal(r.doc.text_len, 8);
	assert_memory_equal(r.doc.text, "one\0two\n", 8);
	response_release(&r);
}

static void test_malformed(void **state)
{
	static const struct {
		enum ask ask;
		const char *lines;
	} cases[] = {
		{ ASK_SEARCH, "{\n" },
		{ ASK_SEARCH, "[]\n" },
		{ ASK_SEARCH, "7\n" },
		{ ASK_SEARCH, "\n" },
		{ ASK_SEARCH, "{\"rank\":1}\n" },
		{ ASK_SEARCH, "{\"rank\":1,\"id\":7}\n" },
		{ ASK_SEARCH, "{\"facet\":1}\n" },
		{ ASK_SEARCH, "{\"documents\":1}\n" },
		{ ASK_SEARCH, "{\"rank\":1,\"id\":\"a\"}x\n" },
		{ ASK_GET, "" },
		{ ASK_GET, "{}\n" },
		{ ASK_GET, "{\"id\":\"a\"\n" },
		{ ASK_GET, "{\"id\":\"a\",\n" },
		{ ASK_GET, "{\"id\"\n" },
		{ ASK_GET, "{\"id\":}\n" },
		{ ASK_GET, "{7:\"a\"}\n" },
		{ ASK_GET, "[\"id\"]\n" },
	};
	struct response r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(read_all(&r, cases[i].ask, cases[i].lines,
					  strlen(cases[i].lines)),
				 TRAWL_INTERNAL);
		response_release(&r);
	}
}

/* What is no list or no count where one should be is none. */
static void test_odd_values(void **state)
{
	static const char lines[] =
		"{\"rank\":-1,\"id\":\"a\",\"snippets\":7,\"explain\":[3],"
		"\"title\":null}\n"
		"{\"facet\":\"f\",\"values\":[3,[1],[\"v\",-5],"
		"[\"w\",1e300]]}\n"
		"{\"timeline\":\"day\",\"buckets\":[[\"20310101T00:00:00Z\","
		"1]]}\n";
	struct response r;

	(void)state;
	assert_int_equal(read_all(&r, ASK_SEARCH, lines, sizeof(lines) - 1),
			 TRAWL_OK);
	assert_int_equal(r.hits[0].rank, 0);
	assert_int_equal(r.hits[0].nsnippets, 0);
	assert_string_equal(r.hits[0].explain[0].word, "");
	assert_int_equal(r.facets[0].nvalues, 4);
	assert_string_equal(r.facets[0].values[1].value, "");
	assert_int_equal(r.facets[0].values[2].count, 0);
	assert_int_equal(r.facets[0].values[3].count, 0);
	assert_int_equal(strlen(r.buckets[0].when),
			 sizeof(r.buckets[0].when) - 1);
	response_release(&r);
}

static void test_values(void **state)
{
	struct values v = { 0 }, copy = { 0 };
	struct trawl_error err;

	(void)state;
	assert_int_equal(values_put(&v, "limit", "5", &err), TRAWL_OK);
	assert_int_equal(values_put(&v, "in", "news", &err), TRAWL_OK);
	assert_int_equal(values_put(&v, "limit", "x", &err), TRAWL_BADVALUE);
	assert_int_equal(values_put(&v, "nope", "1", &err), TRAWL_BADOPTION);
	assert_int_equal(values_put(&v, "limit", "7", &err), TRAWL_OK);
	assert_int_equal(v.n, 2);
	assert_string_equal(values_get(&v, "limit"), "7");
	values_copy(&copy, &v);
	assert_true(values_drop(&v, "limit"));
	assert_false(values_drop(&v, "limit"));
	assert_string_equal(values_get(&v, "in"), "news");
	assert_string_equal(values_get(&copy, "limit"), "7");
	assert_true(values_known("in", 2));
	assert_true(values_known("sort=x", 4));
	assert_false(values_known("sor", 3));
	values_release(&v);
	values_release(&copy);
}

/* Every option of a search is taken by a search; the rest is a subset. */
static void test_takes(void **state)
{
	(void)state;
	for (const char *const *name = trawl_request_options(); *name; name++)
		assert_true(ask_takes(ASK_SEARCH, *name));
	assert_true(ask_takes(ASK_SIMILAR, "limit"));
	assert_false(ask_takes(ASK_SIMILAR, "lim"));
	assert_false(ask_takes(ASK_SIMILAR, "facets"));
	assert_true(ask_takes(ASK_GET, "in"));
	assert_false(ask_takes(ASK_GET, "limit"));
	assert_false(ask_takes(ASK_STATS, "in"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hits),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
