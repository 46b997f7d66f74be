/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/news_words.c */
#include "news_words.h"

#include "fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	LONG = 1 << 20
};

/* The words of a text as written, one a line: the flags before each. */
static const struct {
	const char *text, *words;
} cases[] = {
	{ "", "" },
	{ " \n,.-", "" },
	{ "The cat sat.", "PSC The|cat|sat" },
	{ "One. Two! three? Four: five",
	  "PSC One|SC Two|S three|SC Four|S five" },
	{ "Mr. Smith, Dr. No", "PSC Mr|C Smith|C Dr|C No" },
	{ "by J. R. Hartley", "PS by|C J|C R|C Hartley" },
	{ "the U.S. President", "PS the|CU U.S|C President" },
	{ "u.s.a. now", "PS u.s.a|now" },
	{ "see example.com", "PS see|example|com" },
	{ "ends.Next", "PS ends|SC Next" },
	{ "He said \"yes\" to Ann", "PSC He|said|S yes|to|C Ann" },
	{ "\"Yes,\" Ann said", "PSC Yes|C Ann|said" },
	{ "says “Yes” Ann", "PS says|SC Yes|C Ann" },
	{ "Trump's win, Trump’s loss", "PSCG Trump|win|CG Trump|loss" },
	{ "O'Brien and O’Brien", "PSC O'Brien|and|C O’Brien" },
	{ "the boys' room", "PS the|boys|room" },
	{ "COVID19, A1234567B G20 mRNA",
	  "PSCU COVID19|CU A1234567B|C G20|mRNA" },
	{ "MULTINATIONALS grew. Multinationals",
	  "PSCU MULTINATIONALS|grew|SC Multinationals" },
	{ "NATO's UN", "PSCUG NATO|CU UN" },
	{ "well-known", "PS well|known" },
	{ "1,000 3.5 1,2 2016", "PSN 1,000|N 3.5|N 1|N 2|N 2016" },
	{ "1,234,567.", "PSN 1,234,567" },
	{ "12,34,567", "PSN 12|N 34,567" },
	{ "a\nB\r\nc", "PS a|PSC B|PS c" },
	{ "Élan Ångström's été", "PSC Élan|CG Ångström|été" },
	{ "ÉTÉ", "PSCU ÉTÉ" },
	{ "Київ у 2022", "PSC Київ|у|N 2022" },
	{ "日本 x", "PS 日|本|x" },
	{ "co\xC2\xADop", "PS co\xC2\xADop" },
	{ "a—B", "PS a|C B" },
	{ "\xFF"
	  "a\xE2\x80",
	  "PS a" },
	{ "col·legi", "PS col·legi" },
};

static void print_word(const struct news_word *w, const char *text, char *out)
{
	static const struct {
		int flag;
		char letter;
	} names[] = {
		{ NEWS_PARAGRAPH, 'P' }, { NEWS_START, 'S' },
		{ NEWS_CAPITAL, 'C' },	 { NEWS_UPPER, 'U' },
		{ NEWS_NUMBER, 'N' },	 { NEWS_POSSESSIVE, 'G' },
		{ NEWS_GAP, '-' },
	};
	size_t n = 0;

	for (size_t i = 0; i < COUNT(names); i++)
		if (w->flags & names[i].flag)
			out[n++] = names[i].letter;
	if (n)
		out[n++] = ' ';
	memcpy(out + n, text + w->begin, w->len);
	out[n + w->len] = '\0';
}

static void print_words(const struct news_words *w, const char *text, char *out)
{
	*out = '\0';
	for (size_t i = 0; i < w->n; i++) {
		if (i)
			*out++ = '|';
		print_word(&w->at[i], text, out);
		out += strlen(out);
	}
}

static void test_words_and_flags(void **state)
{
	char got[1024], padded[1024];
	struct news_words w = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *text = cases[i].text;

		/* Nothing behind its end is read. */
		char *copy = malloc(strlen(text) + 1);

		memcpy(copy, text, strlen(text));
		assert_true(news_words_read(&w, copy, strlen(text), NULL, 0));
		print_words(&w, copy, got);
		assert_string_equal(got, cases[i].words);
		free(copy);

		/* Nor does it matter what stands there. */
		snprintf(padded, sizeof(padded), "%s%*s", text, 16, "");
		assert_true(
			news_words_read(&w, padded, strlen(padded), NULL, 0));
		print_words(&w, padded, got);
		assert_string_equal(got, cases[i].words);
	}
	news_words_release(&w);
}

static void test_written_alike_hash_alike(void **state)
{
	static const char *const same[][2] = {
		{ "Trump", "TRUMP's" },
		{ "Café", "cafe" },
		{ "o'brien", "O’Brien" },
		{ "1,000", "1000" },
		{ "U.S.", "us" },
		{ "ﬁn", "FIN" },
		{ "ЗЕЛЕНСЬКИЙ", "Зеленський" },
	};
	static const char *const other[][2] = {
		{ "trump", "trumps" }, { "a", "b" },   { "3.5", "35" },
		{ "ї", "и" },	       { "日", "本" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++)
		assert_true(news_word_hash(same[i][0], strlen(same[i][0])) ==
			    news_word_hash(same[i][1], strlen(same[i][1])));
	for (size_t i = 0; i < COUNT(other); i++)
		assert_true(news_word_hash(other[i][0], strlen(other[i][0])) !=
			    news_word_hash(other[i][1], strlen(other[i][1])));
	assert_true(news_word_hash(" .", 2) == 0);
	assert_true(news_word_hash("", 0) == 0);
	assert_true(news_word_hash("x", 1) != 0);
}

/* A word by itself hashes as it does in a text, wherever that is. */
static void test_hash_in_a_text(void **state)
{
	static const char text[] = "Zoë met Abcdefgh, abcdefghi and 1,000 "
				   "ABCDEFGHIJKLMNOPQ; Łódź's x";
	struct news_words w = { 0 };

	(void)state;
	for (int again = 0; again < 2; again++) {
		assert_true(news_words_read(&w, text, strlen(text), NULL, 0));
		assert_int_equal(w.n, 9);
		for (size_t i = 0; i < w.n; i++)
			assert_true(w.at[i].hash ==
				    news_word_hash(text + w.at[i].begin,
						   w.at[i].len));
	}
	news_words_release(&w);
}

static void test_furniture_is_passed_over(void **state)
{
	static const char text[] = "Menu home\nthe story Is\nShare\nthe end\n";
	static const struct span spans[] = {
		{ 0, 10, FURNITURE_NAVIGATION },
		{ 23, 29, FURNITURE_SHARING },
		{ 100, 200, FURNITURE_OTHER }, /* of another text */
	};
	struct news_words w = { 0 };
	char got[256];

	(void)state;
	assert_true(
		news_words_read(&w, text, strlen(text), spans, COUNT(spans)));
	print_words(&w, text, got);
	assert_string_equal(got, "PS- the|story|C Is|PS- the|end");
	news_words_release(&w);
}

static void test_too_long(void **state)
{
	struct news_words w = { 0 };
	char *text = malloc(LONG);

	(void)state;
	memset(text, 'a', LONG);
	memcpy(text + LONG - 3, " b ", 3);
	assert_true(news_words_read(&w, text, LONG, NULL, 0));
	assert_int_equal(w.n, 1);
	assert_int_equal(w.at[0].len, 1);
	text[ANALYZE_WORD_CHARS] = ' ';
	assert_true(news_words_read(&w, text, LONG, NULL, 0));
	assert_int_equal(w.n, 2);
	assert_int_equal(w.at[0].len, ANALYZE_WORD_CHARS);
	free(text);
	news_words_release(&w);
}

/* Bytes of any kind: every word within the text, in order, none empty. */
static void test_hostile(void **state)
{
	static const char bits[][5] = { "a",	    "1",    ",", ".",
					"'",	    "\n",   "é", "’",
					"\xCC\x81", "\xFF", "",	 "日",
					" ",	    "\"",   "s", "\xE2\x80" };
	struct news_words w = { 0 };
	char text[64];
	uint32_t seed = 7;

	(void)state;
	for (int turn = 0; turn < 20000; turn++) {
		size_t len = 0, end = 0;

		while (len < sizeof(text) - 4) {
			const char *bit = bits[(seed >> 16) % COUNT(bits)];

			seed = seed * 1664525 + 1013904223;
			memcpy(text + len, bit, *bit ? strlen(bit) : 1);
			len += *bit ? strlen(bit) : 1;
		}
		assert_true(news_words_read(&w, text, len, NULL, 0));
		for (size_t i = 0; i < w.n; i++) {
			assert_true(w.at[i].begin >= end && w.at[i].len);
			end = w.at[i].begin + w.at[i].len;
			assert_true(w.at[i].hash && end <= len);
		}
	}
	news_words_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_flags),
		cmocka_unit_test(test_written_alike_hash_alike),
		cmocka_unit_test(test_hash_in_a_text),
		cmocka_unit_test(test_furniture_is_passed_over),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
