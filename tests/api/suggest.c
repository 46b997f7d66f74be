/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completions, spellings and corrected queries. */
#include "small.h"

static const struct item items[] = {
	{ "1", "Climate summit opens in Baku", "2024-11-11", "Reuters", NULL,
	  "Delegates argue over the climate and a carbon tax in 1995." },
	{ "2", "Climate summit ends", "2024-11-22", "Reuters", NULL,
	  "The climate summit ended. Delegates climbed into buses." },
	{ "3", "Climate Summit ends", "2024-11-23", "AFP", NULL,
	  "It ended, the climate summit, and the climax was a deal." },
	{ "4", "Summit climate talks", "2024-11-12", "AFP", NULL,
	  "Talks on climate and government spending by the government." },
	{ "5", "Zelensky meets Trump", "2024-09-27", "Kyiv Independent", NULL,
	  "President Zelensky and president-elect Trump." },
	{ "6", "Zelenskyy in Paris", "2024-09-28", "Le Monde", NULL,
	  "President Zelenskyy, Zelenskyy said, and the climat." },
	{ "7", NULL, "2024-09-29", NULL, NULL,
	  "A document of 1996 without a title: climate, government." },
	{ "8", "\xE5\x8C\x97\xE4\xBA\xAC\xE5\xA5\xA5\xE8\xBF\x90", NULL, NULL,
	  NULL, "\xE5\x8C\x97\xE4\xBA\xAC\xE5\xA5\xA5\xE8\xBF\x90" },
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
	/* A word that the index has many times. */
	for (int i = 0; i < 120; i++) {
		char id[16];
		struct item common = { .id = id, .text = "the parliament" };

		snprintf(id, sizeof(id), "c%d", i);
		small_put(&f->small, &common);
	}
	small_put(&f->small, &(struct item){ .id = "p", .text = "parliment" });
	small_commit(&f->small);
	expect(trawl_index_open(f->small.path, &f->ix, &f->err), TRAWL_OK,
	       &f->err);
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

/* "climate/5 climax/1 [Climate summit ends]/2" */
static void assert_words(const struct trawl_words *words, const char *asked,
			 const char *want)
{
	char got[2048] = "";

	for (size_t i = 0; i < trawl_words_count(words); i++) {
		const struct trawl_word *w = trawl_words_at(words, i);
		size_t len = strlen(got);

		snprintf(got + len, sizeof(got) - len, "%s%s%s%s/%u",
			 i ? " " : "", w->title ? "[" : "", w->text,
			 w->title ? "]" : "", (unsigned)w->documents);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s, not %s", asked, got, want);
}

/* -------------------------------------------------------------- suggest -- */

static void test_suggest(void **state)
{
	static const struct {
		const char *prefix;
		unsigned limit;
		const char *want;
	} cases[] = {
		{ "clim", 10,
		  "climate/5 climat/1 climax/1 climbed/1 "
		  "[Climate Summit ends]/1 [Climate summit ends]/1 "
		  "[Climate summit opens in Baku]/1" },
		/* half of them are titles, when there are so many */
		{ "clim", 4,
		  "climate/5 climat/1 [Climate Summit ends]/1 "
		  "[Climate summit ends]/1" },
		{ "clim", 1, "climate/5" },
		{ "Climate Su", 10,
		  "summit/4 [Climate Summit ends]/1 [Climate summit ends]/1 "
		  "[Climate summit opens in Baku]/1" },
		{ "climate, summit o", 10,
		  "of/1 on/1 opens/1 over/1 [Climate summit opens in Baku]/1" },
		/* a word that is finished is not completed */
		{ "zelensky ", 10, "[Zelensky meets Trump]/1" },
		{ "zelensky", 10,
		  "zelensky/1 zelenskyy/1 [Zelenskyy in Paris]/1 "
		  "[Zelensky meets Trump]/1" },
		{ "199", 10, "1995/1 1996/1" },
		{ "\xE5\x8C\x97\xE4\xBA\xAC", 10,
		  "\xE5\x8C\x97\xE4\xBA\xAC/1 "
		  "[\xE5\x8C\x97\xE4\xBA\xAC\xE5\xA5\xA5\xE8\xBF\x90]/1" },
		{ "xyz", 10, "" },
		{ "", 10, "" },
		{ " - ", 10, "" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_words *words;

		expect(trawl_suggest(f->ix, cases[i].prefix, cases[i].limit,
				     &words, &f->err),
		       TRAWL_OK, &f->err);
		assert_words(words, cases[i].prefix, cases[i].want);
		trawl_words_free(words);
	}
}

static void test_the_same_title_is_one(void **state)
{
	struct fixture *f = *state;
	struct trawl_words *words;
	struct small other = { .w = NULL };
	struct trawl_index *ix;

	small_open(&other, NULL);
	for (int i = 0; i < 5; i++) {
		char id[16];
		struct item one = { .id = id,
				    .title = "The deal",
				    .text = "x" };

		snprintf(id, sizeof(id), "%d", i);
		small_put(&other, &one);
	}
	small_commit(&other);
	expect(trawl_index_open(other.path, &ix, &f->err), TRAWL_OK, &f->err);
	expect(trawl_suggest(ix, "the d", 10, &words, &f->err), TRAWL_OK,
	       &f->err);
	assert_words(words, "the d", "deal/5 [The deal]/5");
	trawl_words_free(words);
	trawl_index_close(ix);
	small_close(&other);
}

/* ---------------------------------------------------------------- spell -- */

static void test_spell(void **state)
{
	static const struct {
		const char *word;
		unsigned limit;
		const char *want;
	} cases[] = {
		{ "zelenski", 10, "zelensky/1 zelenskyy/1" },
		{ "Zelenski", 1, "zelensky/1" },
		{ "climte", 10, "climate/5 climat/1 climax/1 climbed/1" },
		{ "cilmate", 10, "climate/5 climat/1" },
		{ "glimate", 10, "climate/5" },
		{ "climat", 10, "climate/5 climax/1" },
		{ "parlament", 10, "parliament/120 parliment/1" },
		/* much rarer than the word itself: no correction of it */
		{ "parliament", 10, "" },
		{ "1997", 10, "1995/1 1996/1" },
		{ "xyzzyxyzzy", 10, "" },
		{ "", 10, "" },
		{ "...", 10, "" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_words *words;

		expect(trawl_spell(f->ix, cases[i].word, cases[i].limit, &words,
				   &f->err),
		       TRAWL_OK, &f->err);
		assert_words(words, cases[i].word, cases[i].want);
		trawl_words_free(words);
	}
}

/* -------------------------------------------------------------- correct -- */

static void test_correct(void **state)
{
	static const char *const cases[][2] = {
		{ "goverment", "government" },
		{ "Goverment  spendng", "government  spending" },
		{ "+goverment -climte (sumit OR x)",
		  "+government -climte (summit OR x)" },
		{ "climate-sumit", "climate-summit" },
		{ "sumit^2 AND =sumit", "summit^2 AND =sumit" },
		{ "source:reutrs sumit", "source:reutrs summit" },
		{ "\"lone sumit", "\"lone summit" },
		/* there, but hardly, and another one is there far more often */
		{ "parliment", "parliament" },
		/* nothing to do, nothing that is better, too short, numbers */
		{ "climate summit", NULL },
		{ "xyzzyxyzzy", NULL },
		{ "tx", NULL },
		{ "1997", NULL },
		{ "\"goverment spendng\"", NULL },
		{ "goverm* sumit~1", NULL },
		{ "", NULL },
		{ "delegate", NULL }, /* its stem is there */
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = NULL;

		expect(trawl_correct(f->ix, cases[i][0], &got, &f->err),
		       TRAWL_OK, &f->err);
		if (!cases[i][1] != !got ||
		    (got && strcmp(got, cases[i][1]) != 0))
			fail_msg("%s: %s, not %s", cases[i][0], got,
				 cases[i][1]);
		trawl_free(got);
	}
}

static void test_at_most_eight_words_are_corrected(void **state)
{
	static const char query[] = "sumit sumit sumit sumit sumit sumit sumit "
				    "sumit sumit sumit";
	struct fixture *f = *state;
	char *got;

	expect(trawl_correct(f->ix, query, &got, &f->err), TRAWL_OK, &f->err);
	assert_string_equal(got, "summit summit summit summit summit summit "
				 "summit summit sumit sumit");
	trawl_free(got);
}

static void test_wrong_arguments(void **state)
{
	struct fixture *f = *state;
	struct trawl_words *words = NULL;
	char *text = NULL, huge[TRAWL_QUERY_MAX + 2];

	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	expect(trawl_suggest(f->ix, "a", 0, &words, &f->err), TRAWL_BADVALUE,
	       &f->err);
	assert_non_null(strstr(f->err.text, "1..100"));
	expect(trawl_suggest(f->ix, "a", 101, &words, &f->err), TRAWL_BADVALUE,
	       &f->err);
	expect(trawl_spell(f->ix, "a", 101, &words, &f->err), TRAWL_BADVALUE,
	       &f->err);
	expect(trawl_suggest(f->ix, NULL, 1, &words, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_suggest(NULL, "a", 1, &words, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_spell(f->ix, NULL, 1, &words, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_correct(f->ix, NULL, &text, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_suggest(f->ix, huge, 1, &words, &f->err), TRAWL_TOOCOMPLEX,
	       &f->err);
	expect(trawl_correct(f->ix, huge, &text, &f->err), TRAWL_TOOCOMPLEX,
	       &f->err);
	assert_null(words);
	assert_null(text);
	expect(trawl_spell(f->ix, huge, 1, &words, NULL), TRAWL_OK, &f->err);
	assert_int_equal(trawl_words_count(words), 0);
	assert_null(trawl_words_at(words, 0));
	trawl_words_free(words);
	assert_int_equal(trawl_words_count(NULL), 0);
	assert_null(trawl_words_at(NULL, 0));
	trawl_words_free(NULL);
}

struct written {
	char text[1024];
	size_t lines, stop_at;
};

static bool write_line(void *ctx, const char *bytes, size_t n)
{
	struct written *w = ctx;
	size_t len = strlen(w->text);

	assert_int_equal(bytes[n - 1], '\n');
	snprintf(w->text + len, sizeof(w->text) - len, "%.*s", (int)n, bytes);
	return ++w->lines != w->stop_at;
}

static void test_words_as_json(void **state)
{
	struct fixture *f = *state;
	struct written all = { .lines = 0 }, one = { .stop_at = 1 };
	struct trawl_words *words;

	expect(trawl_suggest(f->ix, "zelenskyy", 10, &words, &f->err), TRAWL_OK,
	       &f->err);
	assert_true(trawl_words_write(words, write_line, &all));
	assert_string_equal(all.text,
			    "{\"word\":\"zelenskyy\",\"documents\":1}\n"
			    "{\"title\":\"Zelenskyy in Paris\","
			    "\"documents\":1}\n");
	assert_false(trawl_words_write(words, write_line, &one));
	assert_int_equal(one.lines, 1);
	trawl_words_free(words);
	assert_true(trawl_words_write(NULL, write_line, &one));
	assert_int_equal(one.lines, 1);
}

/* A list is of one revision, whatever is committed later. */
static void test_the_revision_of_words(void **state)
{
	struct fixture *f = *state;
	struct trawl_words *words, *spelled;
	struct small other = { .w = NULL };
	struct trawl_index *ix;

	small_open(&other, NULL);
	small_put(&other, &(struct item){ .id = "1", .text = "calm" });
	small_commit(&other);
	expect(trawl_index_open(other.path, &ix, &f->err), TRAWL_OK, &f->err);
	expect(trawl_suggest(ix, "cal", 10, &words, &f->err), TRAWL_OK,
	       &f->err);
	small_put(&other, &(struct item){ .id = "2", .text = "calamity" });
	small_commit(&other);
	expect(trawl_spell(ix, "calmy", 10, &spelled, &f->err), TRAWL_OK,
	       &f->err);
	assert_words(words, "cal", "calm/1");
	assert_string_equal(trawl_words_rev(words), "1.2");
	assert_string_equal(trawl_words_rev(spelled), "1.3");
	assert_string_equal(trawl_words_rev(NULL), "");
	trawl_words_free(words);
	trawl_words_free(spelled);
	trawl_index_close(ix);
	small_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_the_same_title_is_one),
		cmocka_unit_test(test_spell),
		cmocka_unit_test(test_correct),
		cmocka_unit_test(test_at_most_eight_words_are_corrected),
		cmocka_unit_test(test_wrong_arguments),
		cmocka_unit_test(test_words_as_json),
		cmocka_unit_test(test_the_revision_of_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
