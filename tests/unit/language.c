/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/language.c, textcat.c, tongues.c */
#include "language.h"

#include "tongues.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	LINE_MAX_BYTES = 1 << 16,
	LONG = 1 << 24
};

static const struct {
	const char *text, *code;
} cases[] = {
	{ "", NULL },
	{ "12 34 5,600 -- 7:30", NULL },
	{ "Zelenskyy", NULL },
	{ "Liverpool 2 Chelsea 1 Arsenal 0 Everton 0 Fulham 3 Leeds 2 Bolton 1 "
	  "Wigan 1 Norwich 2 Portsmouth 0 Blackburn 1 Birmingham 4",
	  NULL },
	{ "Zxcvb poiuy lkjhg mnbvc asdfgh qwertyui zxcvb poiuy lkjhg", NULL },
	{ "for (int i = 0; i < n; i++) { printf(\"%d\", x[i]); }", NULL },
	{ "The minister said that the talks would go on until the end of the "
	  "week.",
	  "en" },
	{ "THE MINISTER SAID THAT THE TALKS WOULD GO ON UNTIL THE END", "en" },
	{ "The minister said \x01 that the talks \xFF would go on", "en" },
	{ "日本の首相は火曜日に会見した", "ja" },
	{ "中国总理星期二发表讲话", "zh" },
	{ "대통령은 화요일 기자회견을 열었다", "ko" },
	{ "Η κυβέρνηση ανακοίνωσε σήμερα νέα μέτρα", "el" },
	{ "قال الرئيس في مؤتمر صحفي إن الحكومة لم تقرر بعد", "ar" },
	{ "प्रधानमंत्री ने कहा कि सरकार इस पर काम कर रही है", "hi" },
	{ "Президент заявив, що уряд не має часу і що це буде важко для всіх",
	  "uk" },
	{ "Премијер је рекао да ће влада о томе одлучити после састанка",
	  "sr" },
	{ "Regjeringen sa at den ikke ville si noe om saken før etter møtet",
	  "no" },
	{ "Regeringen sagde, at den ikke ville sige noget om sagen før efter "
	  "mødet",
	  "da" },
};

static struct language_detector *detector_new(void)
{
	struct language_detector *d;

	assert_int_equal(language_detector_new(&d, NULL), TRAWL_OK);
	return d;
}

static void assert_code(struct language_detector *d, const char *text,
			size_t len, const char *code)
{
	struct language_guess g;

	assert_true(language_detect(d, text, len, NULL, 0, &g));
	assert_non_null(g.reason);
	if (!code && g.code)
		fail_msg("%.*s: taken for %s", (int)len, text, g.code);
	if (code && (!g.code || strcmp(g.code, code) != 0))
		fail_msg("%.*s: %s", (int)len, text, g.code ? g.code : "?");
	assert_true(g.confidence >= 0 && g.confidence <= 1);
	assert_true(!code == !g.confidence);
}

static void test_texts(void **state)
{
	struct language_detector *d = detector_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_code(d, cases[i].text, strlen(cases[i].text),
			    cases[i].code);
	language_detector_free(d);
}

/* tests/data/languages.tsv: every text, and its first 200 characters. */
static void test_samples(void **state)
{
	FILE *f = fopen("tests/data/languages.tsv", "r");
	struct language_detector *d = detector_new();
	char *line = malloc(LINE_MAX_BYTES), *tab;
	size_t n = 0;

	(void)state;
	assert_non_null(f);
	for (; fgets(line, LINE_MAX_BYTES, f); n++) {
		tab = strchr(line, '\t');
		assert_non_null(tab);
		*tab = '\0';
		assert_code(d, tab + 1, strlen(tab + 1), line);
		assert_code(d, tab + 1, 200, line);
	}
	assert_true(n > 24);
	fclose(f);
	free(line);
	language_detector_free(d);
}

static void test_furniture_does_not_count(void **state)
{
	static const char text[] =
		"Accept all cookies and continue to the site to read more of "
		"this\nLe ministre a dit que les discussions vont durer "
		"jusqu'à la fin de la semaine.\n";
	const struct span spans[] = { { 0, 66, FURNITURE_CONSENT } };
	struct language_detector *d = detector_new();
	struct language_guess g;

	(void)state;
	assert_true(language_detect(d, text, strlen(text), spans, 1, &g));
	assert_string_equal(g.code, "fr");
	assert_string_equal(g.stemmer, "french");
	language_detector_free(d);
}

/* Only the first kilobyte is looked at, or this would take minutes. */
static void test_long(void **state)
{
	struct language_detector *d = detector_new();
	char *text = malloc(LONG);

	(void)state;
	for (size_t i = 0; i < LONG; i++)
		text[i] = (char)(i * 7 + i / 251);
	for (size_t i = 0; i < 1000; i++)
		assert_code(d, text + i, LONG - i, NULL);
	free(text);
	language_detector_free(d);
}

static void test_tongues(void **state)
{
	const char *const *name;

	(void)state;
	for (size_t i = 0; i < tongues_count; i++) {
		if (!tongues[i].stemmer)
			continue;
		assert_string_equal(language_stemmer(tongues[i].code),
				    tongues[i].stemmer);
		for (name = trawl_languages();
		     strcmp(*name, tongues[i].stemmer) != 0; name++)
			assert_non_null(name[1]);
	}
}

static void test_stemmer(void **state)
{
	static const char *const of[][2] = {
		{ "fr", "french" },
		{ "fra", "french" },
		{ "French", "french" },
		{ "fr-CA", "french" },
		{ "en_US", "english" },
		{ "nb-NO", "norwegian" },
		{ "nn", "norwegian" },
		{ "", NULL },
		{ "-", NULL },
		{ "klingon", NULL },
		{ "zh", NULL },
		{ "a name far longer than that of any language", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(of); i++) {
		const char *got = language_stemmer(of[i][0]);

		if (of[i][1])
			assert_string_equal(got, of[i][1]);
		else
			assert_null(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_furniture_does_not_count),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_tongues),
		cmocka_unit_test(test_stemmer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
