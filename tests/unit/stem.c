/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stem.h"

#include <libstemmer.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct stemmer *new_stemmer(const char *language)
{
	struct trawl_error err;
	struct stemmer *s;

	assert_int_equal(stemmer_new(language, &s, &err), TRAWL_OK);
	return s;
}

static void test_languages(void **state)
{
	const char *const *ours = trawl_languages();
	const char **theirs = sb_stemmer_list();
	size_t i;

	(void)state;
	for (i = 0; theirs[i]; i++) {
		assert_non_null(ours[i]);
		assert_string_equal(ours[i], theirs[i]);
	}
	assert_string_equal(ours[i], "none");
	assert_null(ours[i + 1]);
}

static void test_every_language_works(void **state)
{
	const char *const *languages = trawl_languages();

	(void)state;
	for (size_t i = 0; languages[i]; i++) {
		struct stemmer *s = new_stemmer(languages[i]);
		size_t len;

		assert_string_equal(stemmer_language(s), languages[i]);
		assert_non_null(stemmer_stem(s, "x", 1, &len));
		assert_int_equal(len, 1);
		assert_non_null(stemmer_stem(s, "", 0, &len));
		assert_int_equal(len, 0);
		stemmer_free(s);
	}
	stemmer_free(NULL);
}

static void test_codes(void **state)
{
	static const char *const rows[][2] = {
		{ "en", "english" },  { "eng", "english" },
		{ "de", "german" },   { "ger", "german" },
		{ "deu", "german" },  { "fr", "french" },
		{ "nl", "dutch" },    { "ro", "romanian" },
		{ "yi", "yiddish" },  { "hy", "armenian" },
		{ "eu", "basque" },   { "ga", "irish" },
		{ "spa", "spanish" }, { "pt", "portuguese" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stemmer *s = new_stemmer(rows[i][0]);
		struct sb_stemmer *known = sb_stemmer_new(rows[i][0], NULL);

		assert_string_equal(stemmer_language(s), rows[i][1]);
		assert_non_null(known);
		sb_stemmer_delete(known);
		stemmer_free(s);
	}
}

static void test_bad_language(void **state)
{
	static const char *const rows[] = {
		"", " ", "klingon", "English", "e", "ar ara", "none ", "xx\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stemmer *s = NULL;
		struct trawl_error err;
		char hash[17] = "unset";

		assert_int_equal(stemmer_new(rows[i], &s, &err),
				 TRAWL_BADVALUE);
		assert_null(s);
		assert_non_null(strstr(err.text, "english"));
		assert_non_null(strstr(err.text, "yiddish, none"));
		assert_null(strchr(err.text, '\n'));
		assert_int_equal(stemmer_fingerprint(rows[i], hash, NULL),
				 TRAWL_BADVALUE);
		assert_string_equal(hash, "unset");
	}
}

static void test_long_bad_language(void **state)
{
	struct trawl_error err;
	struct stemmer *s;
	char name[1001];

	(void)state;
	memset(name, 'n', 1000);
	name[1000] = '\0';
	assert_int_equal(stemmer_new(name, &s, &err), TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "yiddish, none"));
}

static void test_stems(void **state)
{
	static const char *const rows[][3] = {
		{ "english", "running", "run" },
		{ "english", "zelensky's", "zelenski" },
		{ "english", "zelensky", "zelenski" },
		{ "english", "us", "us" },
		{ "porter", "zelensky's", "zelenski" },
		{ "none", "running's", "running's" },
		{ "german", "häusern", "haus" },
		{ "german", "andrea's", "andrea" },
		{ "german", "'s", "'s" },
		{ "french", "continué", "continu" },
		{ "french", "continue", "continu" },
		{ "spanish", "acción", "accion" },
		{ "russian", "важными", "важн" },
		{ "turkish", "istanbul'da", "istanbul" },
		{ "turkish", "'da", "'da" },
		{ "hindi", "लड़कियों", "लड़क" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stemmer *s = new_stemmer(rows[i][0]);
		size_t len;
		const char *stem =
			stemmer_stem(s, rows[i][1], strlen(rows[i][1]), &len);

		if (len != strlen(rows[i][2]) || memcmp(stem, rows[i][2], len))
			fail_msg("%s: %s: %.*s", rows[i][0], rows[i][1],
				 (int)len, stem);
		stemmer_free(s);
	}
}

/* Whatever it is given: not empty, not longer. */
static void check_length(struct stemmer *s, const char *word)
{
	size_t n = strlen(word), len;

	assert_non_null(stemmer_stem(s, word, n, &len));
	assert_in_range(len, 1, n);
}

static void test_length(void **state)
{
	static const char *const words[] = {
		"s", "'s", "ing", "ies",  "é", "ü", "ies's", "ليس", "ال", "وال",
		"ы", "लड", "ों",	  "களில்", "இ", "ի", "ούς",   "ßen", "i̇",
	};
	const char *const *languages = trawl_languages();

	(void)state;
	for (size_t i = 0; languages[i]; i++) {
		struct stemmer *s = new_stemmer(languages[i]);

		for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++)
			check_length(s, words[j]);
		stemmer_free(s);
	}
}

static void test_fingerprints(void **state)
{
	const char *const *languages = trawl_languages();
	char hash[40][17], again[17];
	size_t n;

	(void)state;
	for (n = 0; languages[n]; n++) {
		assert_int_equal(
			stemmer_fingerprint(languages[n], hash[n], NULL),
			TRAWL_OK);
		assert_int_equal(strspn(hash[n], "0123456789abcdef"), 16);
		assert_int_equal(strlen(hash[n]), 16);
		for (size_t i = 0; i < n; i++)
			assert_string_not_equal(hash[i], hash[n]);
	}
	assert_int_equal(stemmer_fingerprint("ar", again, NULL), TRAWL_OK);
	assert_string_equal(again, hash[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_every_language_works),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_bad_language),
		cmocka_unit_test(test_long_bad_language),
		cmocka_unit_test(test_stems),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_fingerprints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
