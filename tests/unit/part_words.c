/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/part_words.c: languages and spellings of a snapshot */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "part_words.h"
#include "small_db.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void set(struct small_db *s, const char *key, const char *value)
{
	struct trawl_error err;

	small_ok(xap_writer_set_metadata(s->writer, key, strlen(key), value,
					 strlen(value), &err),
		 &err);
}

static struct part_words *read_words(struct small_db *s, const char *own)
{
	struct part_words *w;
	struct trawl_error err;

	small_ok(xap_writer_commit(s->writer, &err), &err);
	small_ok(part_words_new(xap_writer_db(s->writer), own, &w, &err), &err);
	return w;
}

/* "french german": the main languages but own */
static void assert_main(struct small_db *s, const char *counts, const char *own,
			const char *want)
{
	const char *main[LANGUAGES_MAIN - 1];
	struct part_words *w;
	char got[200] = "";
	size_t n;

	set(s, LANGUAGES_KEY, counts);
	w = read_words(s, own);
	n = language_counts_main(&w->languages, own, main);
	for (size_t i = 0; i < n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			 i ? " " : "", main[i]);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s, not %s", counts, got, want);
	part_words_free(w);
}

static void test_main_languages(void **state)
{
	static const char *const cases[][3] = {
		{ "", "english", "" },
		{ "english 100\n", "english", "" },
		{ "english 100\nfrench 33\n", "english", "french" },
		{ "english 95\nfrench 5\n", "english", "french" },
		{ "english 96\nfrench 4\n", "english", "french" },
		{ "french 50\ngerman 40\nitalian 30\nenglish 1\n", "english",
		  "french german" },
		{ "french 50\ngerman 40\nitalian 30\n", "german",
		  "french italian" },
		{ "german 10\nitalian 10\nfrench 10\nspanish 10\n", "english",
		  "german italian" },
		{ "none 10\nenglish 10\n", "english", "none" },
		/* what is none */
		{ "klingon 50\nenglish 50\n", "english", "" },
		{ "french\nfrench x\n 5\nfrench -5\nenglish 10", "english",
		  "" },
		{ "french 5\nfrench 5\nenglish 10", "english", "french" },
		{ "french 0\n", "english", "" },
	};
	struct small_db *s = small_db_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_main(s, cases[i][0], cases[i][1], cases[i][2]);
	small_db_free(s);
}

static void test_adding_up(void **state)
{
	struct language_counts all = { .n = 1, .at = { { "english", 10 } } };
	const struct language_counts more = {
		.n = 2, .at = { { "german", 3 }, { "english", 1 } }
	};
	const char *main[LANGUAGES_MAIN - 1];

	(void)state;
	language_counts_add(&all, &more);
	language_counts_add(&all, &more);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.at[0].documents, 12);
	assert_int_equal(language_counts_main(&all, "english", main), 1);
	assert_string_equal(main[0], "german");
	/* no room for more of them: those that are there still count */
	for (size_t i = 0; i < 2 * LANGUAGES_MAX; i++) {
		struct language_counts one = { .n = 1 };

		snprintf(one.at[0].name, sizeof(one.at[0].name), "l%zu", i);
		one.at[0].documents = 1;
		language_counts_add(&all, &one);
	}
	assert_int_equal(all.n, LANGUAGES_MAX);
}

static void assert_found(struct small_db *s, const char *own, const char *word,
			 bool want)
{
	struct part_words *w = read_words(s, own);

	if (want != (variants_find(w->variants, word, strlen(word)) != NULL))
		fail_msg("%s in %s", word, own);
	part_words_free(w);
}

/* The list is of English documents; the rest of any. */
static void test_spellings(void **state)
{
	struct small_db *s = small_db_new();
	struct part_words *w;

	(void)state;
	assert_found(s, "english", "colour", true);
	assert_found(s, "porter", "colour", true);
	assert_found(s, "german", "colour", false);
	set(s, LANGUAGES_KEY, "german 90\nenglish 10\n");
	assert_found(s, "german", "colour", true);
	set(s, LANGUAGES_KEY, "german 97\n");
	assert_found(s, "german", "colour", false);
	w = read_words(s, "german");
	assert_null(w->variants);
	part_words_free(w);
	set(s, VARIANTS_MINED, "mined 0.9 selenskyj:2 zelensky:1 | x\n");
	assert_found(s, "german", "selenskyj", true);
	set(s, VARIANTS_USER, "! selenskyj zelensky\n= kiew kyjiw\n");
	assert_found(s, "german", "selenskyj", false);
	assert_found(s, "german", "kiew", true);
	small_db_free(s);
	part_words_free(NULL);
}

static void test_too_long(void **state)
{
	struct small_db *s = small_db_new();
	struct trawl_error err;
	struct part_words *w;
	char text[8000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	set(s, LANGUAGES_KEY, text);
	assert_int_equal(
		part_words_new(xap_writer_db(s->writer), "english", &w, &err),
		TRAWL_CORRUPT);
	assert_non_null(strstr(err.text, LANGUAGES_KEY));
	small_db_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_main_languages),
		cmocka_unit_test(test_adding_up),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
