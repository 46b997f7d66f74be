/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an embedder reads: searches, orders, counts, documents, explanations */
#include "small.h"

#include <math.h>

static const struct item items[] = {
	{ "a", "Carbon tax passes", "2024-11-07", "Reuters", "politics",
	  "Parliament passed the carbon tax on Thursday. Ministers said that "
	  "the tax will start in May." },
	{ "b", "Election results", "2024-11-06", "Kyiv Independent", "politics",
	  "The election was called early. Elected members thanked voters in "
	  "the harbour town." },
	{ "c", "Harbour bridge", "2023-05-01", "Reuters", "transport",
	  "The harbour bridge reopened. Carbon cables replaced the steel." },
	{ "d", "Storm warning", NULL, NULL, NULL,
	  "A storm may reach the harbour tonight." },
	{ "e", "Old carbon study", "2019", "Nature", "science",
	  "Carbon in soils. A study of carbon, and of a tax." },
};

static struct small small;
static struct trawl_index *ix;

static int set_up(void **state)
{
	const struct trawl_field fields[] = {
		{ "title", "Numbers", 7, false },
		{ "n", "123456789012345678901234567890", 30, true },
		{ "topic", "science", 7, false },
		{ "topic", "transport", 9, false },
		{ "place", "Kyiv", 4, false },
	};
	const struct trawl_doc doc = { .id = "f",
				       .fields = fields,
				       .nfields = COUNT(fields),
				       .text = "Volcano <ash> & smoke.",
				       .text_len = 22,
				       .origin = { "/news", 77, 1234567890 } };

	(void)state;
	small_open(&small,
		   "[place]\ntype = keyword\nfacet = yes\nsort = yes\n");
	for (size_t i = 0; i < COUNT(items); i++)
		small_put(&small, &items[i]);
	small_put_doc(&small, &doc);
	small_commit(&small);
	ix = small_reader(&small);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_index_close(ix);
	small_close(&small);
	return 0;
}

static void check_ids(const struct trawl_request *rq, const char *want)
{
	struct trawl_result *res = search(ix, rq);

	assert_string_equal(ids(res), want);
	trawl_result_free(res);
}

/* ---------------------------------------------------------------- orders -- */

static void test_best_hit_is_first(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	const struct trawl_hit *hit;

	(void)state;
	rq.query = "carbon taxes";
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->hits, 3);
	assert_int_equal(trawl_result_head(res)->total, 3);
	assert_false(trawl_result_head(res)->lower_bound);
	assert_null(trawl_result_head(res)->partial);
	assert_null(trawl_result_head(res)->read_as);
	hit = trawl_result_hit(res, 0);
	assert_string_equal(hit->id, "a");
	assert_int_equal(hit->rank, 1);
	assert_string_equal(hit->title, "Carbon tax passes");
	assert_string_equal(hit->date, "2024-11-07");
	assert_string_equal(hit->source, "Reuters");
	assert_int_equal(hit->nfields, 2);
	assert_string_equal(hit->fields[0].name, "topic");
	assert_string_equal(hit->fields[1].name, "lang"); /* as guessed */
	assert_int_equal(hit->nsnippets, 1);
	assert_non_null(strstr(hit->snippets[0], "<b>carbon"));
	assert_true(hit->score > trawl_result_hit(res, 1)->score);
	assert_null(trawl_result_hit(res, 3));
	trawl_result_free(res);
}

static void test_orders(void **state)
{
	static const struct {
		const char *query, *sort, *want;
	} cases[] = {
		{ NULL, NULL, "a b c e d f" },
		{ "", "relevance", "a b c e d f" },
		{ "", "-date", "a b c e d f" },
		{ "", "date", "e c b a d f" },
		{ "", "source", "b e a c d f" },
		{ "", "-source", "a c e b d f" },
		{ "", "place", "f a b c e d" },
		{ "", "-place", "f a b c e d" },
		{ "harbour", "date", "c b d" },
		{ "harbour", "-date", "b c d" },
		{ "-carbon", NULL, "b d f" },
		{ "source:reuters", "date", "c a" },
		{ "topic:science", NULL, "e f" },
		{ "date:2024-11", "date", "b a" },
		{ "id:d", NULL, "d" },
		{ "\"carbon tax\"", NULL, "a" },
		{ "elect*", NULL, "b" },
		{ "harbor~1", "date", "c b d" },
		{ "nowhere", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;

		rq.query = cases[i].query;
		rq.sort = cases[i].sort;
		res = search(ix, &rq);
		if (strcmp(ids(res), cases[i].want) != 0)
			printf("# %s, sort %s\n", cases[i].query,
			       cases[i].sort ? cases[i].sort : "NULL");
		assert_string_equal(ids(res), cases[i].want);
		if (cases[i].sort && strcmp(cases[i].sort, "relevance") != 0 &&
		    trawl_result_hit(res, 0))
			assert_true(trawl_result_hit(res, 0)->score == 0);
		trawl_result_free(res);
	}
}

/* What would be an operator is a word, or nothing. */
static void test_plain_words(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;

	(void)state;
	rq.query = "-storm";
	check_ids(&rq, "a b c e f");
	rq.plain = true;
	check_ids(&rq, "d");
	rq.query = "storm \"(";
	rq.strict = true;
	check_ids(&rq, "d");
}

static void test_pages_and_dates(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.offset = 1;
	rq.limit = 2;
	check_ids(&rq, "b c");
	res = search(ix, &rq);
	assert_int_equal(trawl_result_hit(res, 0)->rank, 2);
	assert_int_equal(trawl_result_head(res)->total, 6);
	trawl_result_free(res);
	rq.offset = 100;
	check_ids(&rq, "");
	rq.offset = rq.limit = 0;
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->total, 6);
	assert_int_equal(trawl_result_head(res)->hits, 0);
	trawl_result_free(res);
	rq.limit = 10;
	rq.since = "2023";
	check_ids(&rq, "a b c");
	rq.until = "2024-11-06";
	check_ids(&rq, "b c");
	rq.since = NULL;
	check_ids(&rq, "b c e");
	rq.query = "harbour";
	check_ids(&rq, "c b");
}

static void test_bad_values_list_what_there_is(void **state)
{
	static const char *const cases[][3] = {
		{ "sort", "title", "date, source, author, lang, topic, place" },
		{ "sort", "nope", "date, source, author, lang, topic, place" },
		{ "facets", "url", "source, author, lang, topic, place" },
		{ "since", "soon", "YYYY-MM-DD" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res = NULL;
		struct trawl_error err = { 0 };

		if (trawl_request_set(&rq, cases[i][0], cases[i][1], &err) ==
		    TRAWL_OK)
			expect(trawl_search(ix, &rq, &res, &err),
			       TRAWL_BADVALUE, &err);
		assert_non_null(strstr(err.text, cases[i][1]));
		assert_non_null(strstr(err.text, cases[i][2]));
		assert_null(res);
	}
}

/* ---------------------------------------------------------------- counts -- */

static void test_facets_and_timeline(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	const struct trawl_facet *f;

	(void)state;
	rq.facets = "source,topic,place";
	rq.timeline = TRAWL_TIMELINE_MONTH;
	rq.limit = 1;
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->nfacets, 3);
	f = trawl_result_facet(res, 0);
	assert_string_equal(f->name, "source");
	assert_int_equal(f->nvalues, 3);
	assert_string_equal(f->values[0].value, "Reuters");
	assert_int_equal(f->values[0].count, 2);
	assert_string_equal(f->values[1].value, "Kyiv Independent");
	f = trawl_result_facet(res, 1);
	assert_int_equal(f->nvalues, 3);
	assert_string_equal(f->values[0].value, "politics");
	assert_string_equal(f->values[1].value, "science");
	assert_int_equal(f->values[1].count, 2);
	assert_string_equal(f->values[2].value, "transport");
	assert_int_equal(f->values[2].count, 2);
	assert_int_equal(trawl_result_head(res)->nbuckets, 3);
	assert_string_equal(trawl_result_bucket(res, 0)->when, "2019-01");
	assert_string_equal(trawl_result_bucket(res, 1)->when, "2023-05");
	assert_string_equal(trawl_result_bucket(res, 2)->when, "2024-11");
	assert_int_equal(trawl_result_bucket(res, 2)->count, 2);
	trawl_result_free(res);

	rq.query = "nowhere";
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->nbuckets, 0);
	assert_int_equal(trawl_result_facet(res, 0)->nvalues, 0);
	trawl_result_free(res);
}

static void test_totals(void **state)
{
	enum {
		MANY = 1300
	};
	struct small many;
	struct trawl_index *reader;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	char id[16], text[64];

	(void)state;
	small_open(&many, NULL);
	for (unsigned i = 0; i < MANY; i++) {
		struct item item = { .id = id, .text = text };

		snprintf(id, sizeof(id), "%04u", i);
		snprintf(text, sizeof(text), "%s word%u %s",
			 i % 2 ? "odd" : "even", i, i < 900 ? "low" : "high");
		small_put(&many, &item);
	}
	small_commit(&many);
	reader = small_reader(&many);

	rq.query = "odd low";
	res = search(reader, &rq);
	assert_true(trawl_result_head(res)->lower_bound);
	assert_in_range(trawl_result_head(res)->total, 1000, 1100);
	trawl_result_free(res);
	rq.count_exact = true;
	res = search(reader, &rq);
	assert_false(trawl_result_head(res)->lower_bound);
	assert_int_equal(trawl_result_head(res)->total, 1100);
	trawl_result_free(res);
	rq.count_exact = false;
	rq.query = "odd AND low";
	res = search(reader, &rq);
	assert_false(trawl_result_head(res)->lower_bound);
	assert_int_equal(trawl_result_head(res)->total, 450);
	trawl_result_free(res);
	rq.query = "odd even";
	rq.limit = TRAWL_LIMIT_MAX;
	rq.offset = 999;
	res = search(reader, &rq);
	assert_int_equal(trawl_result_head(res)->hits, MANY - 999);
	trawl_result_free(res);
	trawl_index_close(reader);
	small_close(&many);
}

/* --------------------------------------------------------------- answers -- */

static bool collect(void *ctx, const char *bytes, size_t n)
{
	char *text = ctx;
	size_t len = strlen(text);

	assert_true(len + n < 8192);
	memcpy(text + len, bytes, n);
	text[len + n] = '\0';
	return true;
}

static void test_fields_that_are_asked_for(void **state)
{
	static const struct {
		const char *fields, *want;
	} cases[] = {
		{ NULL, "{\"rank\":1,\"id\":\"f\",\"score\":0.000,"
			"\"title\":\"Numbers\",\"fields\":{"
			"\"n\":123456789012345678901234567890,"
			"\"topic\":[\"science\",\"transport\"],"
			"\"place\":\"Kyiv\"},\"snippets\":"
			"[\"Volcano &lt;ash&gt; &amp; smoke.\"]}\n" },
		{ "place,title",
		  "{\"rank\":1,\"id\":\"f\",\"score\":0.000,"
		  "\"title\":\"Numbers\",\"fields\":{\"place\":\"Kyiv\"},"
		  "\"snippets\":[\"Volcano &lt;ash&gt; &amp; smoke.\"]}\n" },
		{ "", "{\"rank\":1,\"id\":\"f\",\"score\":0.000,\"snippets\":"
		      "[\"Volcano &lt;ash&gt; &amp; smoke.\"]}\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;
		char text[8192] = "";

		rq.query = "id:f";
		rq.sort = "date";
		rq.fields = cases[i].fields;
		res = search(ix, &rq);
		assert_true(trawl_result_write(res, TRAWL_JSON, collect, text));
		assert_string_equal(text, cases[i].want);
		trawl_result_free(res);
	}
}

static void test_what_was_done_to_the_query_is_said(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_error err;

	(void)state;
	rq.query = "the carbon elect*";
	res = search(ix, &rq);
	assert_string_equal(trawl_result_head(res)->ignored, "the");
	assert_non_null(strstr(trawl_result_head(res)->expanded, "elect*:"));
	trawl_result_free(res);
	rq.query = "carbon \"tax";
	res = search(ix, &rq);
	assert_non_null(trawl_result_head(res)->read_as);
	trawl_result_free(res);
	rq.strict = true;
	assert_int_equal(trawl_search(ix, &rq, &res, &err), TRAWL_BADQUERY);
	assert_int_equal(err.column, 8);
}

static void test_spelling_is_suggested_and_run_when_asked(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.query = "parlament";
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->total, 0);
	assert_string_equal(trawl_result_head(res)->corrected, "parliament");
	assert_false(trawl_result_head(res)->correct_ran);
	trawl_result_free(res);
	rq.correct = true;
	res = search(ix, &rq);
	assert_string_equal(ids(res), "a");
	assert_true(trawl_result_head(res)->correct_ran);
	assert_non_null(strstr(trawl_result_hit(res, 0)->snippets[0],
			       "<b>Parliament</b>"));
	trawl_result_free(res);
	/* With hits of its own the query as typed stands. */
	rq.query = "storm parlament";
	res = search(ix, &rq);
	assert_string_equal(ids(res), "d");
	assert_string_equal(trawl_result_head(res)->corrected,
			    "storm parliament");
	assert_false(trawl_result_head(res)->correct_ran);
	trawl_result_free(res);
	rq.query = "storm";
	res = search(ix, &rq);
	assert_null(trawl_result_head(res)->corrected);
	trawl_result_free(res);
}

static void test_same_request_same_bytes(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *first, *second;
	char one[8192] = "", two[8192] = "";

	(void)state;
	rq.query = "harbour carbon elect*";
	rq.facets = "source";
	rq.timeline = TRAWL_TIMELINE_DAY;
	rq.explain = true;
	rq.timeout_ms = 600000;
	first = search(ix, &rq);
	second = search(ix, &rq);
	trawl_result_write(first, TRAWL_JSON, collect, one);
	trawl_result_write(second, TRAWL_JSON, collect, two);
	assert_non_null(strstr(one, "\"facet\""));
	assert_string_equal(one, two);
	assert_null(trawl_result_head(first)->partial);
	trawl_result_free(first);
	trawl_result_free(second);
}

/* Eight million letters take more than a millisecond to read. */
static void test_similar_ends_in_time(void **state)
{
	enum {
		BYTES = 8000000
	};
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err = { 0 };
	struct trawl_result *res;
	char *text = malloc(BYTES + 1);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < BYTES; i++)
		text[i] = i % 8 ? (char)('a' + i * 7 / 8 % 26) : ' ';
	text[BYTES] = '\0';
	rq.timeout_ms = 1;
	expect(trawl_similar(ix, NULL, text, &rq, &res, &err), TRAWL_OK, &err);
	assert_string_equal(trawl_result_head(res)->partial, "timeout");
	assert_true(trawl_result_head(res)->lower_bound);
	trawl_result_free(res);
	free(text);
}

static void test_result_outlives_its_index(void **state)
{
	struct trawl_index *other = small_reader(&small);
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.query = "storm";
	res = search(other, &rq);
	trawl_index_close(other);
	assert_string_equal(trawl_result_hit(res, 0)->title, "Storm warning");
	trawl_result_free(res);
}

static void test_revision(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_error err;
	char rev[64];

	(void)state;
	res = search(ix, &rq);
	snprintf(rev, sizeof(rev), "%s", trawl_result_head(res)->rev);
	trawl_result_free(res);
	rq.rev = rev;
	res = search(ix, &rq);
	assert_string_equal(trawl_result_head(res)->rev, rev);
	trawl_result_free(res);
	rq.rev = "1.99999";
	assert_int_equal(trawl_search(ix, &rq, &res, &err), TRAWL_STALE);
	assert_non_null(strstr(err.text, "1.99999"));
	assert_non_null(strstr(err.text, rev));
}

static void test_parse(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err = { 0 };
	char *text = NULL, *again = NULL;

	(void)state;
	rq.query = "carbon  +\"tax  bill\" -(x OR y)";
	expect(trawl_parse(ix, &rq, &text, &err), TRAWL_OK, &err);
	rq.query = text;
	expect(trawl_parse(ix, &rq, &again, &err), TRAWL_OK, &err);
	assert_string_equal(text, again);
	trawl_free(text);
	trawl_free(again);
	trawl_free(NULL);
	rq.query = "((";
	rq.strict = true;
	assert_int_equal(trawl_parse(ix, &rq, &text, &err), TRAWL_BADQUERY);
}

static void test_whole_texts_are_marked(void **state)
{
	static const char text[] =
		"Elections & <b>taxes</b>\r\n\n  on carbon: a carbon tax.\n";
	static const struct {
		const char *query;
		enum trawl_mark mark;
		const char *want;
	} cases[] = {
		{ "taxes", TRAWL_MARK_HTML,
		  "Elections &amp; &lt;b&gt;<b>taxes</b>&lt;/b&gt;\n\n  on "
		  "carbon: a carbon <b>tax</b>.\n" },
		{ "\"carbon tax\" -taxes elec*", TRAWL_MARK_HTML,
		  "<b>Elections</b> &amp; &lt;b&gt;taxes&lt;/b&gt;\n\n  on "
		  "carbon: a <b>carbon tax</b>.\n" },
		{ "title:carbon source:tax", TRAWL_MARK_NONE,
		  "Elections & <b>taxes</b>\n\n  on carbon: a carbon tax.\n" },
		{ "on", TRAWL_MARK_TERM,
		  "Elections & <b>taxes</b>\n\n  \033[1mon\033[0m carbon: a "
		  "carbon tax.\n" },
		{ NULL, TRAWL_MARK_HTML,
		  "Elections &amp; &lt;b&gt;taxes&lt;/b&gt;\n\n  on carbon: a "
		  "carbon tax.\n" },
	};
	struct trawl_error err = { 0 };
	char *marked;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;

		rq.query = cases[i].query;
		rq.mark = cases[i].mark;
		rq.timeout_ms = 10000;
		expect(trawl_mark(ix, &rq, text, sizeof(text) - 1, &marked, &n,
				  &err),
		       TRAWL_OK, &err);
		assert_string_equal(marked, cases[i].want);
		assert_int_equal(n, strlen(cases[i].want));
		trawl_free(marked);
	}
}

static void test_nothing_is_marked_without_a_text_or_a_query(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err = { 0 };
	char *marked = NULL;
	size_t n = 1;

	(void)state;
	rq.query = "a";
	expect(trawl_mark(ix, &rq, NULL, 0, &marked, &n, &err), TRAWL_OK, &err);
	assert_string_equal(marked, "");
	assert_int_equal(n, 0);
	trawl_free(marked);
	marked = NULL;
	assert_int_equal(trawl_mark(ix, &rq, NULL, 1, &marked, &n, &err),
			 TRAWL_INVAL);
	assert_int_equal(trawl_mark(ix, NULL, "a", 1, &marked, &n, &err),
			 TRAWL_INVAL);
	assert_int_equal(trawl_mark(NULL, &rq, "a", 1, &marked, &n, &err),
			 TRAWL_INVAL);
	rq.strict = true;
	rq.query = "((";
	assert_int_equal(trawl_mark(ix, &rq, "a", 1, &marked, &n, &err),
			 TRAWL_BADQUERY);
	assert_null(marked);
}

/* --------------------------------------------------------------- explain -- */

static void check_shares(const char *query, const struct trawl_hit *hit)
{
	double sum = 0;

	if (!hit->nexplain)
		printf("# %s: %s: no share\n", query, hit->id);
	assert_true(hit->nexplain > 0);
	for (size_t i = 0; i < hit->nexplain; i++) {
		sum += hit->explain[i].score;
		if (i)
			assert_true(hit->explain[i].score <=
				    hit->explain[i - 1].score);
	}
	if (fabs(sum - hit->score) > 1e-6)
		printf("# %s: %s: %g, not %g\n", query, hit->id, sum,
		       hit->score);
	assert_true(fabs(sum - hit->score) < 1e-6);
}

static void test_shares_add_up_to_the_score(void **state)
{
	static const char *const queries[] = {
		"carbon",
		"carbon tax harbour",
		"carbon^3 tax^0.5 carbon",
		"\"carbon tax\" ministers",
		"+carbon tax -storm",
		"elect* harbour",
		"harbor~1 storm",
		"carbon AND (tax OR bridge)",
		"(harbour AND nowhere) OR storm",
		"title:carbon tax",
		"source:reuters carbon",
		"carbon NEAR/3 tax",
		"=elected members",
		"+carbon +date:2023..",
	};

	(void)state;
	for (size_t q = 0; q < COUNT(queries); q++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;

		rq.query = queries[q];
		rq.explain = true;
		res = search(ix, &rq);
		if (!trawl_result_head(res)->hits)
			printf("# no hit: %s\n", queries[q]);
		assert_true(trawl_result_head(res)->hits > 0);
		for (size_t i = 0; i < trawl_result_head(res)->hits; i++)
			check_shares(queries[q], trawl_result_hit(res, i));
		trawl_result_free(res);
	}
}

static void test_explain_one_document(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res = NULL, *all;
	struct trawl_error err = { 0 };
	const struct trawl_hit *hit;

	(void)state;
	rq.query = "elections harbours storms";
	expect(trawl_explain(ix, &rq, "b", &res, &err), TRAWL_OK, &err);
	assert_int_equal(trawl_result_head(res)->hits, 1);
	hit = trawl_result_hit(res, 0);
	assert_string_equal(hit->id, "b");
	assert_int_equal(hit->nexplain, 3);
	assert_string_equal(hit->explain[0].word, "elections");
	assert_string_equal(hit->explain[0].found, "election,elected");
	assert_int_equal(hit->explain[0].count, 3);
	assert_int_equal(hit->explain[0].first, 1);
	assert_null(hit->explain[0].with);
	assert_string_equal(hit->explain[2].word, "elections");
	assert_string_equal(hit->explain[2].with, "harbours");
	check_shares(rq.query, hit);
	all = search(ix, &rq);
	for (size_t i = 0; i < trawl_result_head(all)->hits; i++)
		if (!strcmp(trawl_result_hit(all, i)->id, "b"))
			assert_true(fabs(trawl_result_hit(all, i)->score -
					 hit->score) < 1e-9);
	trawl_result_free(all);
	trawl_result_free(res);
	expect(trawl_explain(ix, &rq, "a", &res, &err), TRAWL_OK, &err);
	assert_int_equal(trawl_result_head(res)->hits, 0);
	trawl_result_free(res);
	expect(trawl_explain(ix, &rq, "zzz", &res, &err), TRAWL_NOTFOUND, &err);
	assert_non_null(strstr(err.text, "\"zzz\""));
}

/* --------------------------------------------------------------- similar -- */

static void test_similar(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res = NULL;
	struct trawl_error err = { 0 };

	(void)state;
	expect(trawl_similar(ix, "a", NULL, &rq, &res, &err), TRAWL_OK, &err);
	assert_true(trawl_result_head(res)->hits >= 2);
	assert_string_equal(trawl_result_hit(res, 0)->id, "e");
	assert_null(strstr(ids(res), "a"));
	assert_non_null(strstr(trawl_result_hit(res, 0)->snippets[0], "<b>"));
	trawl_result_free(res);
	expect(trawl_similar(ix, NULL, "a bridge of steel", &rq, &res, &err),
	       TRAWL_OK, &err);
	assert_string_equal(ids(res), "c");
	trawl_result_free(res);
	rq.query = "source:reuters";
	expect(trawl_similar(ix, "e", NULL, &rq, &res, &err), TRAWL_OK, &err);
	assert_string_equal(ids(res), "a c");
	trawl_result_free(res);
	rq.query = NULL;
	rq.until = "2023";
	expect(trawl_similar(ix, "a", NULL, &rq, &res, &err), TRAWL_OK, &err);
	assert_string_equal(ids(res), "e c");
	trawl_result_free(res);
	expect(trawl_similar(ix, NULL, "", &rq, &res, &err), TRAWL_OK, &err);
	assert_int_equal(trawl_result_head(res)->total, 0);
	trawl_result_free(res);
	expect(trawl_similar(ix, "zzz", NULL, &rq, &res, &err), TRAWL_NOTFOUND,
	       &err);
	expect(trawl_similar(ix, NULL, NULL, &rq, &res, &err), TRAWL_INVAL,
	       &err);
}

/* ------------------------------------------------------------- documents -- */

static void test_get(void **state)
{
	struct trawl_doc *doc = NULL;
	struct trawl_error err = { 0 };
	char text[8192] = "";

	(void)state;
	expect(trawl_get(ix, "f", &doc, &err), TRAWL_OK, &err);
	assert_string_equal(doc->id, "f");
	assert_int_equal(doc->text_len, 22);
	assert_string_equal(doc->text, "Volcano <ash> & smoke.");
	assert_int_equal(doc->nfields, 4);
	assert_true(trawl_doc_write(doc, true, collect, text));
	assert_string_equal(text, "{\"id\":\"f\",\"title\":\"Numbers\","
				  "\"n\":123456789012345678901234567890,"
				  "\"topic\":[\"science\",\"transport\"],"
				  "\"place\":\"Kyiv\","
				  "\"text\":\"Volcano <ash> & smoke.\"}\n");
	text[0] = '\0';
	assert_true(trawl_doc_write(doc, false, collect, text));
	assert_null(strstr(text, "Volcano"));
	trawl_doc_free(doc);
	trawl_doc_free(NULL);
	expect(trawl_get(ix, "F", &doc, &err), TRAWL_NOTFOUND, &err);
	expect(trawl_get(ix, "", &doc, NULL), TRAWL_NOTFOUND, &err);
}

static bool note_id(void *ctx, const struct trawl_doc *doc)
{
	char *line = ctx;
	size_t n = strlen(line);

	line[n] = doc->id[0];
	line[n + 1] = '\0';
	return doc->id[0] != 'e';
}

static void test_each_document(void **state)
{
	char line[16] = "";
	struct trawl_error err = { 0 };

	(void)state;
	expect(trawl_each(ix, note_id, line, &err), TRAWL_OK, &err);
	assert_string_equal(line, "abcde");
}

static void test_info(void **state)
{
	const struct trawl_info *info = NULL;
	struct trawl_error err = { 0 };
	bool seen = false;

	(void)state;
	expect(trawl_index_info(ix, &info, &err), TRAWL_OK, &err);
	assert_string_equal(info->path, small.path);
	assert_string_equal(info->language, "english");
	assert_int_equal(info->documents, 6);
	assert_in_range(info->words, 60, 120);
	assert_true(info->bytes > 1000);
	assert_false(info->stale_analyzer);
	assert_int_equal(info->format, 1);
	for (size_t i = 0; i < info->nfields; i++)
		if (!strcmp(info->fields[i].name, "place")) {
			seen = true;
			assert_true(info->fields[i].facet);
			assert_int_equal(info->fields[i].type, TRAWL_KEYWORD);
		}
	assert_true(seen);
}

/* Asked again, the same search finds in memory what it read before. */
static void test_cache(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_cache first, second = { 0 };
	struct trawl_index *fresh;
	struct trawl_result *res;
	struct trawl_error err;

	(void)state;
	expect(trawl_index_open(small.path, &fresh, &err), TRAWL_OK, &err);
	trawl_index_cache(fresh, &first);
	assert_int_equal(first.hits + first.misses + first.bytes, 0);
	rq.query = "volcano";
	for (int i = 0; i < 2; i++) {
		first = second;
		expect(trawl_search(fresh, &rq, &res, &err), TRAWL_OK, &err);
		trawl_result_free(res);
		trawl_index_cache(fresh, &second);
	}
	assert_true(first.misses > 0);
	assert_int_equal(second.misses, first.misses);
	assert_true(second.hits > first.hits);
	assert_true(second.bytes >= second.misses * 2048);
	trawl_index_close(fresh);
	trawl_index_cache(NULL, &first);
	assert_int_equal(first.hits, 0);
}

static void test_origins(void **state)
{
	struct trawl_origin origin = { 0 }, file = { "/in.jsonl", 5, 6 };
	struct trawl_error err = { 0 };
	const char *reason = NULL;
	uint64_t count = 0;

	(void)state;
	expect(trawl_origin_of(ix, "f", &origin, &err), TRAWL_OK, &err);
	assert_string_equal(origin.root, "/news");
	assert_int_equal(origin.size, 77);
	assert_int_equal(origin.mtime_ns, 1234567890);
	expect(trawl_origin_of(ix, "a", &origin, &err), TRAWL_OK, &err);
	assert_null(origin.root);
	expect(trawl_origin_of(ix, "zzz", &origin, &err), TRAWL_NOTFOUND, &err);
	expect(trawl_root_count(ix, "/news", &count, &err), TRAWL_OK, &err);
	assert_int_equal(count, 1);
	expect(trawl_root_count(ix, "/new", &count, &err), TRAWL_OK, &err);
	assert_int_equal(count, 0);

	expect(trawl_writer_input(small.w, &file, &err), TRAWL_OK, &err);
	expect(trawl_writer_failed(small.w, "bad", &file, "no text", &err),
	       TRAWL_OK, &err);
	small_commit(&small);
	expect(trawl_input_of(ix, "/in.jsonl", &origin, &err), TRAWL_OK, &err);
	assert_int_equal(origin.size, 5);
	assert_int_equal(origin.mtime_ns, 6);
	expect(trawl_input_of(ix, "/in", &origin, &err), TRAWL_NOTFOUND, &err);
	expect(trawl_failure_of(ix, "bad", &origin, &reason, &err), TRAWL_OK,
	       &err);
	assert_string_equal(origin.root, "/in.jsonl");
	assert_string_equal(reason, "no text");
	expect(trawl_failure_of(ix, "a", &origin, &reason, &err),
	       TRAWL_NOTFOUND, &err);
}

static void test_wrong_arguments(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *none = NULL;
	struct trawl_result *res = NULL;
	struct trawl_error err = { 0 };

	(void)state;
	assert_int_equal(trawl_index_open("/no/such", &none, &err),
			 TRAWL_NOTFOUND);
	assert_int_equal(trawl_index_open(small.dir, &none, &err),
			 TRAWL_NOTFOUND);
	assert_int_equal(trawl_index_open("/no/such", &none, NULL),
			 TRAWL_NOTFOUND);
	assert_int_equal(trawl_index_open(NULL, &none, &err), TRAWL_INVAL);
	assert_int_equal(trawl_search(NULL, &rq, &res, &err), TRAWL_INVAL);
	assert_int_equal(trawl_search(ix, NULL, &res, &err), TRAWL_INVAL);
	assert_int_equal(trawl_search(ix, &rq, NULL, &err), TRAWL_INVAL);
	rq.limit = TRAWL_LIMIT_MAX + 1;
	assert_int_equal(trawl_search(ix, &rq, &res, NULL), TRAWL_BADVALUE);
	assert_null(none);
	assert_null(res);
	trawl_index_close(NULL);
	trawl_result_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_best_hit_is_first),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_plain_words),
		cmocka_unit_test(test_pages_and_dates),
		cmocka_unit_test(test_bad_values_list_what_there_is),
		cmocka_unit_test(test_facets_and_timeline),
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_fields_that_are_asked_for),
		cmocka_unit_test(test_what_was_done_to_the_query_is_said),
		cmocka_unit_test(test_spelling_is_suggested_and_run_when_asked),
		cmocka_unit_test(test_same_request_same_bytes),
		cmocka_unit_test(test_similar_ends_in_time),
		cmocka_unit_test(test_result_outlives_its_index),
		cmocka_unit_test(test_revision),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_whole_texts_are_marked),
		cmocka_unit_test(
			test_nothing_is_marked_without_a_text_or_a_query),
		cmocka_unit_test(test_shares_add_up_to_the_score),
		cmocka_unit_test(test_explain_one_document),
		cmocka_unit_test(test_similar),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_each_document),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_wrong_arguments),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
