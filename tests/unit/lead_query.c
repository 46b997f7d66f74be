/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/lead_query.c: what a document gains by how it begins */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lead_query.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct arena arena;
static struct lead_query query;
static struct lead_found found;

static void add(double weight, double idf, uint32_t position, const char *stem)
{
	const struct lead_word word = { weight, idf, position, NULL };

	lead_query_add(&query, &word);
	lead_query_add_stem(&query, stem, strlen(stem));
}

static void begin(size_t stems)
{
	arena_release(&arena);
	arena_init(&arena, 1 << 20);
	assert_true(lead_query_init(&query, stems, &arena));
}

static void finish(void)
{
	assert_true(lead_query_finish(&query, &arena));
}

/* Words with a blank between two, "|" where a paragraph ends. */
static void look(const char *text)
{
	unsigned char value[2 * LEAD_STORED];
	size_t n = 0;

	while (*text) {
		const size_t len = strcspn(text, " ");
		const uint16_t hash =
			*text == '|' ? LEAD_BREAK : lead_hash(text, len);

		assert_true(n + 2 <= sizeof(value));
		value[n++] = (unsigned char)hash;
		value[n++] = (unsigned char)(hash >> 8);
		text += len + (text[len] != '\0');
	}
	memset(&found, 0x55, sizeof(found));
	lead_query_look(&query, (char *)value, n, &found);
}

static void is_near(double got, double want)
{
	if (fabs(got - want) > 1e-6)
		fail_msg("%.9g, not %.9g", got, want);
}

/* ------------------------------------------------------------------ words -- */

static void test_one_word(void **state)
{
	static const struct {
		const char *text;
		double sum, lead;
		unsigned count, first;
	} cases[] = {
		/* 6 n 1.8 / (n + 0.8) */
		{ "w", 1, 6, 1, 1 },
		{ "x w y w", 1.872053, 7.566531, 2, 2 },
		{ "x | w", 0.967216, 5.910954, 1, 2 },
		{ "x | | y | w", 0.935507, 5.821628, 1, 3 },
		{ "x y", 0, 0, 0, 0 },
		{ "| | |", 0, 0, 0, 0 },
		{ "", 0, 0, 0, 0 },
	};

	(void)state;
	begin(1);
	add(2, 3, 1, "w");
	finish();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		look(cases[i].text);
		is_near(found.word[0].sum, cases[i].sum);
		assert_true(fabs(found.lead - cases[i].lead) < 2e-6);
		assert_true(found.lead == found.word[0].value);
		assert_int_equal(found.word[0].count, cases[i].count);
		assert_int_equal(found.word[0].first, cases[i].first);
		assert_true(found.near == 0);
	}
}

static void test_what_each_place_is_worth(void **state)
{
	char text[2 * LEAD_STORED + 1] = "";
	double all = 0;

	(void)state;
	begin(1);
	add(1, 1, 1, "w");
	finish();
	for (int i = 0; i < LEAD_STORED; i++) {
		snprintf(text + 2 * i, 3, "w%s",
			 i + 1 < LEAD_STORED ? " " : "");
		all += exp(-i / 30.0);
		look(text);
		assert_true(fabs(found.word[0].sum - all) < 1e-6 * (i + 1));
		assert_int_equal(found.word[0].count, i + 1);
	}
}

static void test_stems_of_one_word(void **state)
{
	(void)state;
	begin(3);
	add(1, 1, 1, "theatr");
	lead_query_add_stem(&query, "theater", 7);
	lead_query_add_stem(&query, "theatr", 6);
	/* There is room for three. */
	lead_query_add_stem(&query, "late", 4);
	finish();
	assert_int_equal(query.nstems, 2);
	look("theatr theater late");
	assert_int_equal(found.word[0].count, 2);
	is_near(found.word[0].sum, 1.967216);
}

static void test_many_stems(void **state)
{
	char stem[16];

	(void)state;
	begin(3001);
	add(1, 1, 1, "first");
	for (unsigned i = 0; i < 3000; i++)
		lead_query_add_stem(
			&query, stem,
			(size_t)snprintf(stem, sizeof(stem), "s%u", i));
	finish();
	look("s0 s2999 first s1234");
	assert_int_equal(found.word[0].count, 4);
	assert_int_equal(found.word[0].first, 1);
}

static void test_a_stem_without_a_word(void **state)
{
	(void)state;
	begin(2);
	lead_query_add_stem(&query, "w", 1);
	finish();
	assert_int_equal(query.nstems, 0);
	look("w w");
	assert_true(found.lead == 0 && found.near == 0);
}

/* ------------------------------------------------------------------ pairs -- */

/* min(1, 2) sqrt(4 * 9) p 2.2 / (p + 1.2) */
static double near_of(double p)
{
	return 6 * p * 2.2 / (p + 1.2);
}

static void ask_pair(uint32_t a, uint32_t b)
{
	begin(2);
	add(1, 4, a, "a");
	add(2, 9, b, "b");
	finish();
}

static void check_near(const char *text, double p, unsigned count)
{
	look(text);
	if (fabs(found.near - near_of(p)) > 1e-9 ||
	    found.pair[0].count != count)
		fail_msg("%s: %.9g of %u, not %.9g of %u", text, found.near,
			 found.pair[0].count, near_of(p), count);
	is_near(found.pair[0].sum, p);
	assert_true(found.pair[0].value == found.near);
}

static void test_a_pair(void **state)
{
	(void)state;
	ask_pair(7, 8);
	assert_int_equal(query.npairs, 1);
	check_near("a b", 1, 1);
	check_near("b a", 0.3, 1);
	check_near("a x b", 0.3, 1);
	check_near("a b a", 1.3, 2);
	check_near("a b a b", 1 + 0.3 + 1 + 0.3, 4);
	check_near("a x x x x x x x b", 0.3, 1);
	check_near("b x x x x x x x a", 0.3, 1);
	check_near("a x x x x x x x x b", 0, 0);
	check_near("a | b", 0, 0);
	check_near("b | a", 0, 0);
	check_near("x | a b | x", 1, 1);
	check_near("a a", 0, 0);
}

static void test_the_gap_of_the_query(void **state)
{
	(void)state;
	ask_pair(1, 4);
	check_near("a b", 1, 1);
	check_near("a x x b", 1, 1);
	check_near("a x x x b", 0.3, 1);
	check_near("b x x a", 0.3, 1);
	ask_pair(1, 5);
	assert_int_equal(query.npairs, 0);
	ask_pair(3, 3);
	assert_int_equal(query.npairs, 0);
	look("a b");
	assert_true(found.near == 0 && found.lead > 0);
	/* Whichever was added first. */
	ask_pair(2, 1);
	assert_int_equal(query.npairs, 1);
	assert_int_equal(query.pair[0].a, 1);
	check_near("b a", 1, 1);
	check_near("a b", 0.3, 1);
}

static void test_words_of_one_hash(void **state)
{
	(void)state;
	begin(2);
	add(1, 4, 1, "x");
	add(2, 9, 2, "x");
	finish();
	look("x");
	assert_int_equal(found.word[0].count, 1);
	assert_int_equal(found.word[1].count, 1);
	assert_true(found.near == 0);
	check_near("x x", 1.3, 2);
}

static void test_three_words(void **state)
{
	double want;

	(void)state;
	begin(3);
	add(1, 1, 1, "a");
	add(1, 4, 2, "b");
	add(0.3, 9, 3, "c");
	finish();
	assert_int_equal(query.npairs, 3);
	look("a b c");
	want = 2 * 2.2 / 2.2 + 0.3 * 3 * 1 + 0.3 * 6 * 1;
	is_near(found.near, want);
}

/* ----------------------------------------------------------------- bounds -- */

static void test_as_many_words_as_fit(void **state)
{
	char stem[16], text[8 * LEAD_STORED] = "";

	(void)state;
	begin(200);
	for (unsigned i = 0; i < LEAD_QUERY_WORDS + 5; i++) {
		snprintf(stem, sizeof(stem), "s%u", i);
		add(1, 1, i + 1, stem);
	}
	finish();
	assert_int_equal(query.nwords, LEAD_QUERY_WORDS);
	assert_int_equal(query.npairs, 3 * LEAD_QUERY_WORDS - 6);
	for (unsigned i = 0; i < LEAD_STORED; i++)
		snprintf(text + strlen(text), 8, "%ss%u", i ? " " : "", i + 64);
	look(text);
	assert_int_equal(found.word[127].count, 1);
	assert_int_equal(found.word[127].first, 64);
	assert_true(found.near > 0);
}

/* Every place of the lead is one of each word. */
static void test_all_words_are_alike(void **state)
{
	char text[2 * LEAD_STORED + 1] = "";

	(void)state;
	begin(LEAD_QUERY_WORDS);
	for (unsigned i = 0; i < LEAD_QUERY_WORDS; i++)
		add(1, 1, i + 1, "w");
	finish();
	for (int i = 0; i < LEAD_STORED; i++)
		snprintf(text + 2 * i, 3, "w%s",
			 i + 1 < LEAD_STORED ? " " : "");
	look(text);
	assert_int_equal(found.word[0].first, 1);
	assert_true(isfinite(found.lead) && isfinite(found.near));
}

/* A value is what is on disk: of any length. */
static void test_values_of_any_length(void **state)
{
	const uint16_t hash = lead_hash("w", 1);
	char value[300];

	(void)state;
	begin(1);
	add(1, 1, 1, "w");
	finish();
	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (char)(i % 2 ? hash >> 8 : hash & 0xFF);
	for (size_t len = 0; len <= sizeof(value); len++) {
		char exact[300];

		memcpy(exact, value, len);
		memset(exact + len, 0, sizeof(exact) - len);
		lead_query_look(&query, exact, len, &found);
		assert_int_equal(found.word[0].count,
				 len / 2 < LEAD_STORED ? len / 2 : LEAD_STORED);
	}
}

static void test_no_words(void **state)
{
	(void)state;
	begin(0);
	finish();
	look("a b c");
	assert_true(found.lead == 0 && found.near == 0);
}

static void test_no_memory(void **state)
{
	struct arena none;
	bool ok;

	(void)state;
	arena_init(&none, 16);
	assert_false(lead_query_init(&query, 1000, &none));
	arena_release(&none);
	arena_init(&none, 512);
	ok = lead_query_init(&query, 4, &none);
	for (unsigned i = 0; ok && i < 100; i++)
		add(1, 1, i + 1, "w");
	assert_false(ok && lead_query_finish(&query, &none));
	arena_release(&none);
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_word),
		cmocka_unit_test(test_what_each_place_is_worth),
		cmocka_unit_test(test_stems_of_one_word),
		cmocka_unit_test(test_many_stems),
		cmocka_unit_test(test_a_stem_without_a_word),
		cmocka_unit_test(test_a_pair),
		cmocka_unit_test(test_the_gap_of_the_query),
		cmocka_unit_test(test_words_of_one_hash),
		cmocka_unit_test(test_three_words),
		cmocka_unit_test(test_as_many_words_as_fit),
		cmocka_unit_test(test_all_words_are_alike),
		cmocka_unit_test(test_values_of_any_length),
		cmocka_unit_test(test_no_words),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
