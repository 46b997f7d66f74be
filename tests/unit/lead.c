/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/lead.c: the first words of a document, as one value */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze.h"
#include "lead.h"

#include <stdio.h>
#include <string.h>

static struct analyzer *analyzer;

static int set_up(void **state)
{
	struct trawl_error err;

	(void)state;
	return analyzer_new("english", &analyzer, &err) == TRAWL_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	analyzer_free(analyzer);
	return 0;
}

/* Reads it in pieces of at most batch words; the position behind it. */
static uint32_t read_text(struct lead *l, const char *text, uint32_t from,
			  size_t batch)
{
	struct token t[8];
	size_t n = 0;

	analyzer_begin(analyzer, text, strlen(text), from);
	while (analyzer_next(analyzer, &t[n]))
		if (++n == batch) {
			lead_add(l, t, n);
			n = 0;
		}
	lead_add(l, t, n);
	return analyzer_position(analyzer);
}

/* want: stems with a blank between two, "|" where a break is. */
static void check(const struct lead *l, const char *want)
{
	size_t n = 0;

	while (*want) {
		const size_t len = strcspn(want, " ");
		const uint16_t hash =
			*want == '|' ? LEAD_BREAK : lead_hash(want, len);

		assert_true(n < l->n);
		if (lead_at(l->bytes, n) != hash)
			fail_msg("%zu. is not %.*s", n, (int)len, want);
		n++;
		want += len + (want[len] != '\0');
	}
	assert_int_equal(l->n, n);
}

static void check_text(const char *text, const char *want)
{
	for (size_t batch = 1; batch <= 8; batch++) {
		struct lead l = { .n = 0 };

		read_text(&l, text, 1, batch);
		check(&l, want);
	}
}

static void test_words_are_stems(void **state)
{
	(void)state;
	check_text("Elections, ELECTED; the volcanoes",
		   "elect elect the volcano");
	check_text("", "");
	check_text("...", "");
}

static void test_paragraphs(void **state)
{
	(void)state;
	check_text("one\n\ntwo three\n \n\nfour\nfive\n\n",
		   "one | two three | four five");
	check_text("\n\none", "one");
}

/* What comes second, as a text behind its title, is a paragraph. */
static void test_a_title_comes_first(void **state)
{
	struct lead l = { .n = 0 };
	uint32_t position;

	(void)state;
	position = read_text(&l, "Volcano erupts", 1, 8);
	read_text(&l, "On Friday", position + ANALYZE_PARAGRAPH_GAP, 8);
	check(&l, "volcano erupt | on friday");
}

/* A pair stands where its first character does. */
static void test_cjk_pairs(void **state)
{
	(void)state;
	check_text("\xE6\xB0\x94\xE5\x80\x99\xE5\x8F\x98 x", /* 气候变 */
		   "\xE6\xB0\x94\xE5\x80\x99 \xE5\x80\x99\xE5\x8F\x98 "
		   "\xE5\x8F\x98 x");
	check_text("\xE6\xB0\x94", "\xE6\xB0\x94");
}

/* A word, a break, and words after it: breaks take up room, too. */
static void test_there_is_room_for_64(void **state)
{
	char text[1000] = "a\n\n";
	struct lead l = { .n = 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		snprintf(text + strlen(text), 8, "w%d ", i);
	read_text(&l, text, 1, 8);
	assert_true(lead_is_full(&l));
	assert_int_equal(lead_at(l.bytes, 1), LEAD_BREAK);
	assert_int_equal(lead_at(l.bytes, 63), lead_hash("w61", 3));
	read_text(&l, "more", 5000, 8);
	assert_int_equal(l.n, LEAD_STORED);
	assert_int_equal(lead_at(l.bytes, 63), lead_hash("w61", 3));
}

/* A break that takes the last place leaves none for the word behind it. */
static void test_a_break_in_the_last_place(void **state)
{
	char text[1000] = "";
	struct lead l = { .n = 0 };

	(void)state;
	for (int i = 0; i < LEAD_STORED - 1; i++)
		snprintf(text + strlen(text), 8, "w%d ", i);
	snprintf(text + strlen(text), 20, "\n\nlast of all");
	read_text(&l, text, 1, 8);
	assert_int_equal(l.n, LEAD_STORED);
	assert_int_equal(lead_at(l.bytes, 63), LEAD_BREAK);
}

static void test_the_low_byte_is_first(void **state)
{
	static const unsigned char value[] = { 1, 2, 3, 4 };
	struct lead l = { .n = 0 };
	const uint16_t hash = lead_hash("on", 2);

	(void)state;
	assert_int_equal(lead_at(value, 0), 0x0201);
	assert_int_equal(lead_at(value, 1), 0x0403);
	read_text(&l, "on", 1, 8);
	assert_int_equal(l.bytes[0], hash & 0xFF);
	assert_int_equal(l.bytes[1], hash >> 8);
}

/* Of so many words some would have the hash of a break. */
static void test_no_word_is_a_break(void **state)
{
	unsigned ones = 0;

	(void)state;
	for (unsigned i = 0; i < 400000; i++) {
		char word[16];
		const int len = snprintf(word, sizeof(word), "%u", i);
		const uint16_t hash = lead_hash(word, (size_t)len);

		assert_int_not_equal(hash, LEAD_BREAK);
		ones += hash == 1;
	}
	/* About six of each; those that would be 0 are 1. */
	assert_true(ones > 6 && ones < 30);
}

/* What is on disk: another hash would need another format. */
static void test_hashes_stay(void **state)
{
	(void)state;
	assert_int_equal(lead_hash("volcano", 7), 0x2112);
	assert_int_equal(lead_hash("", 0), 0x94C2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_stems),
		cmocka_unit_test(test_paragraphs),
		cmocka_unit_test(test_a_title_comes_first),
		cmocka_unit_test(test_cjk_pairs),
		cmocka_unit_test(test_there_is_room_for_64),
		cmocka_unit_test(test_a_break_in_the_last_place),
		cmocka_unit_test(test_the_low_byte_is_first),
		cmocka_unit_test(test_no_word_is_a_break),
		cmocka_unit_test(test_hashes_stay),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
