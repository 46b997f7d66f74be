/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spellings of one word: decisions on them, and searches that they change. */
#include "small.h"

static const struct item items[] = {
	{ "1", "One", "2024-11-01", NULL, NULL,
	  "Here spoke Zelensky about the harvest of the year." },
	{ "2", "Two", "2024-11-02", NULL, NULL,
	  "Here spoke Zelenskyy about the harvest of the year." },
	{ "3", "Three", "2024-11-03", NULL, NULL,
	  "Here spoke Zelenskiy about the harvest of the year." },
	{ "4", "Colour of the year", "2024-11-04", NULL, NULL,
	  "The neighbour has a colour television, and likes it a lot." },
	{ "5", "Colors of the year", "2024-11-05", NULL, NULL,
	  "The neighbor has a color television, and likes it a lot." },
	{ "6", "Six", "2024-11-06", NULL, NULL,
	  "Iraq and an Iraqi delegation are another matter here." },
};

struct fixture {
	struct small small;
	struct trawl_index *ix;
	struct trawl_error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	small_open(&f->small, NULL);
	for (size_t i = 0; i < COUNT(items); i++)
		small_put(&f->small, &items[i]);
	small_commit(&f->small);
	small_writer_close(&f->small);
	f->ix = small_reader(&f->small);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	trawl_index_close(f->ix);
	small_close(&f->small);
	free(f);
	return 0;
}

/* Words that a blank separates. */
static enum trawl_status decide(struct fixture *f, enum trawl_decision decision,
				const char *words)
{
	const char *at[100];
	char copy[1024], *save = NULL;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *w = strtok_r(copy, " ", &save); w && n < COUNT(at);
	     w = strtok_r(NULL, " ", &save))
		at[n++] = w;
	return trawl_variants_decide(f->small.path, decision, at, n, false,
				     &f->err);
}

static void decided(struct fixture *f, enum trawl_decision decision,
		    const char *words)
{
	expect(decide(f, decision, words), TRAWL_OK, &f->err);
}

static void replace(struct fixture *f, const char *text)
{
	expect(trawl_variants_replace(f->small.path, text, strlen(text), false,
				      &f->err),
	       TRAWL_OK, &f->err);
}

/* ids, and what was expanded */
static void assert_search(struct fixture *f, const char *query,
			  const char *option, const char *want_ids,
			  const char *want)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	const char *got;

	rq.query = query;
	expect(trawl_request_set(&rq, "variants", option, &f->err), TRAWL_OK,
	       &f->err);
	res = search(f->ix, &rq);
	if (strcmp(ids(res), want_ids) != 0)
		fail_msg("%s: found %s, not %s", query, ids(res), want_ids);
	got = trawl_result_head(res)->expanded;
	if (strcmp(got ? got : "", want) != 0)
		fail_msg("%s: expanded %s, not %s", query, got, want);
	assert_null(trawl_result_head(res)->corrected);
	trawl_result_free(res);
}

/* -------------------------------------------------------------- searches -- */

/* Of equal documents the one asked for is first, then the newest. */
static void test_joined(void **state)
{
	struct fixture *f = *state;

	assert_search(f, "zelensky", "on", "1", "");
	decided(f, TRAWL_JOIN, "Zelensky ZELENSKYY zelenskiy");
	assert_search(f, "zelensky", "on", "1 3 2",
		      "zelensky:zelenskyy,zelenskiy");
	assert_search(f, "zelenskyy", "on", "2 3 1",
		      "zelenskyy:zelensky,zelenskiy");
	assert_search(f, "Zelenskiy's", "on", "3 2 1",
		      "zelenskiy's:zelensky,zelenskyy");
	assert_search(f, "zelensky", "off", "1", "");
	assert_search(f, "=zelensky", "on", "1", "");
	assert_search(f, "\"spoke zelensky\"", "on", "1", "");
	assert_search(f, "spoke NEAR zelenskyy", "on", "2", "");
	assert_search(f, "zelenskyy~1", "on", "3 2 1",
		      "zelenskyy~1:zelenskyy,zelenskiy,zelensky");
	assert_search(f, "harvest -zelensky", "on", "",
		      "zelensky:zelenskyy,zelenskiy");
	assert_search(f, "harvest -zelensky", "off", "3 2", "");
	/* one that the index does not have finds the others */
	decided(f, TRAWL_JOIN, "selenskyj zelensky");
	assert_search(f, "selenskyj", "on", "3 2 1",
		      "selenskyj:zelensky,zelenskyy,zelenskiy");
	assert_search(f, "selenskyj", "off", "", "");
}

static void test_one_idf(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	double score[2];
	static const char *const queries[] = { "zelensky", "harvest" };

	decided(f, TRAWL_JOIN, "zelensky zelenskyy zelenskiy");
	for (size_t i = 0; i < 2; i++) {
		struct trawl_result *res;

		rq.query = queries[i];
		rq.explain = true;
		res = search(f->ix, &rq);
		score[i] = trawl_result_hit(res, 0)->score;
		assert_int_equal(trawl_result_head(res)->hits, 3);
		assert_int_equal(trawl_result_hit(res, 2)->nexplain, 1);
		assert_int_equal(trawl_result_hit(res, 2)->explain[0].count, 1);
		trawl_result_free(res);
	}
	/* Three words in one document each weigh as one in three; what asked
	 * for it adds is next to nothing.  (How many have any of several words
	 * is estimated.) */
	assert_true(score[0] > score[1] * 0.9 && score[0] < score[1] * 1.6);
}

static void assert_shown(struct fixture *f, const char *query, const char *id,
			 const char *snippet, const char *found)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	const struct trawl_hit *hit;

	rq.query = query;
	expect(trawl_explain(f->ix, &rq, id, &res, &f->err), TRAWL_OK, &f->err);
	hit = trawl_result_hit(res, 0);
	assert_string_equal(hit->id, id);
	assert_int_equal(hit->nsnippets, 1);
	assert_string_equal(hit->snippets[0], snippet);
	assert_int_equal(hit->nexplain, 1);
	assert_string_equal(hit->explain[0].found, found);
	assert_true(hit->explain[0].score > 0);
	assert_true(hit->explain[0].score > hit->score * 0.9999 &&
		    hit->explain[0].score < hit->score * 1.0001);
	trawl_result_free(res);
}

/* Snippets, explanations and whole texts show the spelling that is there. */
static void test_shown(void **state)
{
	static const char text[] = "Zelenskiy, Zelenskyj & Zelenskyy";
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	char *marked;
	size_t len;

	decided(f, TRAWL_JOIN, "zelensky zelenskyy zelenskiy");
	assert_shown(f, "zelensky", "3",
		     "Here spoke <b>Zelenskiy</b> about the harvest of the "
		     "year.",
		     "zelenskiy");
	assert_shown(f, "color", "4",
		     "The neighbour has a <b>colour</b> television, and likes "
		     "it a lot.",
		     "colour");
	rq.query = "zelensky";
	expect(trawl_mark(f->ix, &rq, text, strlen(text), &marked, &len,
			  &f->err),
	       TRAWL_OK, &f->err);
	assert_string_equal(marked, "<b>Zelenskiy</b>, Zelenskyj &amp; "
				    "<b>Zelenskyy</b>");
	trawl_free(marked);
	rq.variants_off = true;
	expect(trawl_mark(f->ix, &rq, text, strlen(text), &marked, &len,
			  &f->err),
	       TRAWL_OK, &f->err);
	assert_string_equal(marked, "Zelenskiy, Zelenskyj &amp; Zelenskyy");
	trawl_free(marked);
}

static void test_us_uk(void **state)
{
	struct fixture *f = *state;

	assert_search(f, "colour", "on", "4 5", "colour:color");
	assert_search(f, "neighbor", "on", "5 4", "neighbor:neighbour");
	assert_search(f, "neighbor", "off", "5", "");
	assert_search(f, "title:colour", "on", "4 5", "title:colour:color");
	/* a spelling that is not there is not told */
	assert_search(f, "honour harvest", "on", "3 2 1", "");
	decided(f, TRAWL_REJECT, "neighbor");
	assert_search(f, "neighbor", "on", "5", "");
	decided(f, TRAWL_FORGET, "neighbour");
	assert_search(f, "neighbor", "on", "5 4", "neighbor:neighbour");
}

/* Another spelling is no mistake. */
static void test_correction(void **state)
{
	struct fixture *f = *state;
	char *better;

	decided(f, TRAWL_JOIN, "zelensky zelenskyy zelenskiy zelenskys");
	expect(trawl_correct(f->ix, "zelenskys", &better, &f->err), TRAWL_OK,
	       &f->err);
	assert_null(better);
	replace(f, "");
	expect(trawl_correct(f->ix, "selensky", &better, &f->err), TRAWL_OK,
	       &f->err);
	assert_string_equal(better, "zelensky");
	trawl_free(better);
}

/* What one of several indexes knows is searched in all of them. */
static void test_several(void **state)
{
	struct fixture *f = *state;
	struct fixture other = { .ix = NULL };
	struct trawl_part parts[2] = { { "a", f->small.path }, { "b", NULL } };
	struct trawl_index *one = f->ix;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	small_open(&other.small, NULL);
	small_put(&other.small, &items[1]);
	small_commit(&other.small);
	small_writer_close(&other.small);
	decided(f, TRAWL_JOIN, "zelensky zelenskyy");
	parts[1].path = other.small.path;
	expect(trawl_index_open_many(parts, 2, &f->ix, &f->err), TRAWL_OK,
	       &f->err);
	assert_search(f, "zelensky", "on", "1 2 2", "zelensky:zelenskyy");
	assert_search(f, "zelensky", "off", "1", "");
	decided(&other, TRAWL_JOIN, "zelensky zelenskiy");
	/* Xapian estimates in each how many have any of them, so that their
	 * order is another matter. */
	rq.query = "zelensky";
	res = search(f->ix, &rq);
	assert_int_equal(trawl_result_head(res)->total, 4);
	assert_string_equal(trawl_result_head(res)->expanded,
			    "zelensky:zelenskyy,zelenskiy");
	trawl_result_free(res);
	assert_shown(f, "zelensky", "3",
		     "Here spoke <b>Zelenskiy</b> about the harvest of the "
		     "year.",
		     "zelenskiy");
	trawl_index_close(f->ix);
	f->ix = one;
	small_close(&other.small);
}

/* ------------------------------------------------------------- decisions -- */

/* "user zelensky/1 zelenskyy/1; -list color/1 colour/1" */
static void assert_list(struct fixture *f, const char *want)
{
	static const char *const sources[] = { "user", "mined", "list" };
	struct trawl_variants *list;
	const struct trawl_variants_group *g;
	char got[2048] = "";

	expect(trawl_variants_list(f->ix, &list, &f->err), TRAWL_OK, &f->err);
	for (size_t i = 0; (g = trawl_variants_at(list, i)); i++) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof(got) - n, "%s%s%s", i ? "; " : "",
			 g->rejected ? "-" : "", sources[g->source]);
		for (size_t k = 0; k < g->nspellings; k++) {
			n = strlen(got);
			snprintf(got + n, sizeof(got) - n, " %s/%d",
				 g->spellings[k].word,
				 (int)g->spellings[k].documents);
		}
	}
	trawl_variants_free(list);
	assert_string_equal(got, want);
}

#define US_UK "list color/1 colour/1; list neighbor/1 neighbour/1"

static void test_decisions(void **state)
{
	struct fixture *f = *state;

	assert_list(f, US_UK);
	decided(f, TRAWL_JOIN, "nowhere zelensky zelenskyy");
	assert_list(f, "user zelensky/1 zelenskyy/1 nowhere/0; " US_UK);
	decided(f, TRAWL_FORBID, "iraq iraqi");
	decided(f, TRAWL_REJECT, "color");
	assert_list(f, "user zelensky/1 zelenskyy/1 nowhere/0; "
		       "-list color/1 colour/1; list neighbor/1 neighbour/1; "
		       "-user iraq/1 iraqi/1");
	replace(f, "# mine\n\n = Zelensky Zelenskiy \r\n! color colour\n");
	assert_list(f, "user zelensky/1 zelenskiy/1; -list color/1 colour/1; "
		       "list neighbor/1 neighbour/1; -user color/1 colour/1");
	replace(f, "");
	assert_list(f, US_UK);
}

static void test_refused(void **state)
{
	static const struct {
		enum trawl_decision decision;
		const char *words;
		enum trawl_status want;
		const char *says;
	} cases[] = {
		{ TRAWL_JOIN, "", TRAWL_BADVALUE, "no word" },
		{ TRAWL_JOIN, "a", TRAWL_BADVALUE, "two different" },
		{ TRAWL_JOIN, "a A", TRAWL_BADVALUE, "two different" },
		{ TRAWL_FORBID, "a", TRAWL_BADVALUE, "two different" },
		{ TRAWL_JOIN, "a b-c", TRAWL_BADVALUE, "\"b-c\"" },
		{ TRAWL_JOIN, "a ...", TRAWL_BADVALUE, "\"...\"" },
		{ TRAWL_ACCEPT, "color", TRAWL_NOTFOUND, "color is in no" },
		{ TRAWL_REJECT, "iraq", TRAWL_NOTFOUND, "iraq is in no" },
		{ TRAWL_REJECT, "color grey", TRAWL_NOTFOUND,
		  "color and grey" },
		{ TRAWL_FORGET, "color", TRAWL_NOTFOUND, "nothing was" },
		{ (enum trawl_decision)99, "a b", TRAWL_INVAL, "99" },
	};
	static const char *const texts[][2] = {
		{ "= a b\n? c d\n", "line 2" },
		{ "\n\n=a b", "line 3" },
		{ "= a\n", "line 1" },
		{ "= a b-c\n", "line 1" },
		{ "mined 0.5 a:1 b:1 | x\n", "line 1" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		expect(decide(f, cases[i].decision, cases[i].words),
		       cases[i].want, &f->err);
		if (!strstr(f->err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].words, f->err.text);
	}
	for (size_t i = 0; i < COUNT(texts); i++) {
		expect(trawl_variants_replace(f->small.path, texts[i][0],
					      strlen(texts[i][0]), false,
					      &f->err),
		       TRAWL_BADVALUE, &f->err);
		if (!strstr(f->err.text, texts[i][1]))
			fail_msg("%s: %s", texts[i][0], f->err.text);
	}
	assert_list(f, US_UK);
	expect(trawl_variants_decide("/nonexistent/index", TRAWL_JOIN, NULL, 0,
				     false, &f->err),
	       TRAWL_NOTFOUND, &f->err);
	expect(trawl_variants_decide(NULL, TRAWL_JOIN, NULL, 0, false, &f->err),
	       TRAWL_INVAL, &f->err);
	expect(trawl_variants_list(f->ix, NULL, &f->err), TRAWL_INVAL, &f->err);
	assert_null(trawl_variants_at(NULL, 0));
	trawl_variants_free(NULL);
}

static void test_locked(void **state)
{
	struct fixture *f = *state;

	small_writer(&f->small, TRAWL_UPDATE, NULL);
	expect(decide(f, TRAWL_JOIN, "a b"), TRAWL_LOCKED, &f->err);
	small_writer_close(&f->small);
	decided(f, TRAWL_JOIN, "a b");
}

static bool take(void *ctx, const char *bytes, size_t n)
{
	strncat(ctx, bytes, n);
	return true;
}

static bool refuse(void *ctx, const char *bytes, size_t n)
{
	(void)ctx;
	(void)bytes;
	(void)n;
	return false;
}

static void test_written(void **state)
{
	struct fixture *f = *state;
	struct trawl_variants *list;
	char text[2048] = "";

	decided(f, TRAWL_JOIN, "zelenskyy zelensky");
	expect(trawl_variants_list(f->ix, &list, &f->err), TRAWL_OK, &f->err);
	assert_true(trawl_variants_write(list, take, text));
	assert_false(trawl_variants_write(list, refuse, NULL));
	trawl_variants_free(list);
	assert_string_equal(
		text,
		"{\"spellings\":[{\"word\":\"zelenskyy\",\"documents\":1},"
		"{\"word\":\"zelensky\",\"documents\":1}],\"source\":\"user\"}"
		"\n"
		"{\"spellings\":[{\"word\":\"color\",\"documents\":1},"
		"{\"word\":\"colour\",\"documents\":1}],\"source\":\"list\"}\n"
		"{\"spellings\":[{\"word\":\"neighbor\",\"documents\":1},"
		"{\"word\":\"neighbour\",\"documents\":1}],\"source\":\"list\"}"
		"\n");
}

/* ------------------------------------------------------------- languages -- */

static const struct {
	const char *id, *language, *text;
} speakers[] = {
	{ "e1", "en",
	  "The houses on the hill are white, as they always were." },
	{ "e2", "en", "Die Hard is a film about a policeman in a high tower." },
	{ "g1", "de",
	  "Die H\xC3\xA4user am Hang sind wei\xC3\x9F gestrichen." },
	{ "g2", "de", "Das Haus am See ist alt, und nun wurde es verkauft." },
	{ "f1", "fr", "Les maisons de la colline, et les gouvernements." },
	{ "f2", "fr", "Le gouvernement a vendu la maison au bord du lac." },
};

static void put_speakers(struct small *s)
{
	for (size_t i = 0; i < COUNT(speakers); i++) {
		const struct trawl_field lang = { "lang", speakers[i].language,
						  2, false };
		const struct trawl_doc doc = {
			.id = speakers[i].id,
			.fields = &lang,
			.nfields = 1,
			.text = speakers[i].text,
			.text_len = strlen(speakers[i].text),
		};

		small_put_doc(s, &doc);
	}
}

/* Each document is found by words of its language, in any of their forms. */
static void test_languages(void **state)
{
	static const char *const cases[][2] = {
		{ "h\xC3\xA4user", "g1 g2" },
		{ "haus", "g1 g2" },
		{ "maison", "f1 f2" },
		{ "gouvernements", "f1 f2" },
		{ "house", "e1" },
		{ "Gouvernement haus", "" },
		{ "+die +hard", "e2" },
		{ "hard -die", "" },
	};
	struct fixture f = { .ix = NULL };
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	small_open(&f.small, NULL);
	put_speakers(&f.small);
	small_commit(&f.small);
	f.ix = small_reader(&f.small);
	for (size_t i = 0; i < COUNT(cases); i++) {
		rq.query = cases[i][0];
		rq.match = TRAWL_ALL;
		res = search(f.ix, &rq);
		assert_string_equal(ids(res), cases[i][1]);
		assert_null(trawl_result_head(res)->expanded);
		trawl_result_free(res);
	}
	assert_shown(&f, "haus", "g1",
		     "Die <b>H\xC3\xA4user</b> am Hang sind wei\xC3\x9F "
		     "gestrichen.",
		     "hauser");
	assert_shown(&f, "gouvernement", "f1",
		     "Les maisons de la colline, et les <b>gouvernements</b>.",
		     "gouvernements");
	trawl_index_close(f.ix);
	small_close(&f.small);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_joined),
		TEST(test_one_idf),
		TEST(test_shown),
		TEST(test_us_uk),
		TEST(test_correction),
		TEST(test_decisions),
		TEST(test_refused),
		TEST(test_locked),
		TEST(test_several),
		TEST(test_written),
		cmocka_unit_test(test_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
