/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/sketch.c, copies.c */
#include "copies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	WORDS_MAX = 4096,
	PARTS = 4,
	ROOM = 1 << 20,
	MANY = 300 /* pages with the same furniture */
};

/* A text is words by number: of so many from a number on. */
struct part {
	uint32_t from, n;
};

static size_t write_text(const struct part *p, struct news_word *out)
{
	size_t n = 0;

	for (size_t i = 0; i < PARTS; i++)
		for (uint32_t k = 0; k < p[i].n; k++)
			out[n++].hash = (p[i].from + k + 1) *
					UINT64_C(0xD6E8FEB86659FD93);
	return n;
}

static void make_sketch(const struct part *p, struct buf *room,
			struct sketch *s)
{
	struct news_word words[WORDS_MAX];
	struct news_words w = { .at = words, .n = write_text(p, words) };

	assert_true(sketch_make(&w, room, s));
}

static void add(struct copies *c, const struct part *p)
{
	struct buf room = BUF_INIT(ROOM);
	struct sketch s;

	make_sketch(p, &room, &s);
	assert_int_equal(copies_add(c, &s, NULL), TRAWL_OK);
	buf_release(&room);
}

static struct copies *copies_of(const struct part (*p)[PARTS], size_t n)
{
	struct copies *c;

	assert_int_equal(copies_new("/tmp", 1 << 20, &c, NULL), TRAWL_OK);
	for (size_t i = 0; i < n; i++)
		add(c, p[i]);
	return c;
}

static void test_sketch(void **state)
{
	static const struct {
		struct part text[PARTS];
		uint32_t shingles, least, most;
	} cases[] = {
		{ { { 0, 0 } }, 0, 0, 0 },
		{ { { 0, 4 } }, 0, 0, 0 },
		{ { { 0, 5 } }, 1, 1, 1 },
		{ { { 0, 29 } }, 25, 25, 25 }, /* whole */
		{ { { 0, 39 } }, 35, 36, 48 }, /* both */
		{ { { 0, 44 } }, 40, 1, 15 },  /* sampled */
		{ { { 0, 4000 } }, 3996, 420, 580 },
		/* The same again and again: what is new is where it turns. */
		{ { { 0, 1000 }, { 0, 1000 } }, 1996, 90, 170 },
	};
	struct buf room = BUF_INIT(ROOM);
	struct sketch s;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		make_sketch(cases[i].text, &room, &s);
		assert_int_equal(s.shingles, cases[i].shingles);
		assert_in_range(s.n, cases[i].least, cases[i].most);
		assert_int_equal(s.exact != 0, cases[i].text[0].n != 0);
		for (uint32_t k = 1; k < s.n; k++)
			assert_true(s.hash[k - 1] < s.hash[k]);
	}
	buf_release(&room);
}

static void test_sketch_without_room(void **state)
{
	static const struct part text[PARTS] = { { 0, 4000 } };
	struct news_word words[WORDS_MAX];
	struct news_words w = { .at = words, .n = write_text(text, words) };
	struct buf room = BUF_INIT(64);
	struct sketch s;

	(void)state;
	assert_false(sketch_make(&w, &room, &s));
	buf_release(&room);
}

/* Texts in the order of their ranks, and what stands for each. */
static const struct {
	const char *what;
	size_t n;
	struct part text[4][PARTS];
	uint32_t group[4];
} cases[] = {
	{ "none", 0, { { { 0, 0 } } }, { 0 } },
	{ "empty ones are alone", 2, { { { 0, 0 } }, { { 0, 0 } } }, { 0, 1 } },
	{ "the same words, however few",
	  3,
	  { { { 0, 2 } }, { { 5, 2 } }, { { 0, 2 } } },
	  { 0, 1, 0 } },
	{ "others", 2, { { { 0, 400 } }, { { 1000, 400 } } }, { 0, 1 } },
	{ "a paragraph left out",
	  2,
	  { { { 0, 400 } }, { { 0, 100 }, { 200, 200 } } },
	  { 0, 0 } },
	{ "inside one that is 8 times as long",
	  2,
	  { { { 1000, 1000 }, { 0, 300 }, { 3000, 1100 } }, { { 0, 300 } } },
	  { 0, 0 } },
	{ "a third in common",
	  2,
	  { { { 0, 600 } }, { { 400, 600 } } },
	  { 0, 1 } },
	{ "stars: the ends of a chain are apart",
	  3,
	  { { { 0, 400 } },
	    { { 100, 400 }, { 2000, 1 } },
	    { { 0, 0 }, { 200, 400 } } },
	  { 0, 0, 2 } },
	{ "short and alike", 2, { { { 0, 34 } }, { { 0, 33 } } }, { 0, 0 } },
	{ "short, one inside the other",
	  2,
	  { { { 0, 34 } }, { { 8, 18 } } },
	  { 0, 1 } },
	{ "short, inside a long one",
	  2,
	  { { { 0, 400 } }, { { 100, 25 } } },
	  { 0, 1 } },
	{ "short and longer, alike",
	  2,
	  { { { 0, 38 } }, { { 0, 35 } } },
	  { 0, 0 } },
};

/* In any order the same stands for the same, ranks given. */
static void assert_groups(size_t i, const uint32_t *order)
{
	struct part text[4][PARTS];
	uint32_t rank[4], group[4];
	struct copies *c;

	for (size_t at = 0; at < cases[i].n; at++) {
		memcpy(text[at], cases[i].text[order[at]], sizeof(text[at]));
		rank[at] = order[at];
	}
	c = copies_of((const struct part(*)[PARTS])text, cases[i].n);
	assert_int_equal(copies_finish(c, rank, group, NULL), TRAWL_OK);
	for (size_t at = 0; at < cases[i].n; at++)
		if (order[group[at]] != cases[i].group[order[at]])
			fail_msg("%s: text %u is of %u", cases[i].what,
				 order[at], order[group[at]]);
	copies_free(c);
}

static void test_groups(void **state)
{
	static const uint32_t orders[][3] = { { 0, 1, 2 }, { 1, 0, 2 },
					      { 2, 1, 0 }, { 1, 2, 0 },
					      { 2, 0, 1 }, { 0, 2, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t o = 0; o < COUNT(orders); o++)
			if (cases[i].n == 3 || orders[o][2] == 2)
				assert_groups(i, orders[o]);
}

static struct copies *pages(uint32_t furniture, uint32_t words)
{
	struct copies *c;

	assert_int_equal(copies_new("/tmp", 0, &c, NULL), TRAWL_OK);
	for (uint32_t i = 0; i < MANY; i++) {
		/* Each article on two pages, a word apart. */
		const struct part p[PARTS] = {
			{ 0, furniture },
			{ 10000 + i / 2 * 2000, words },
			{ 9000 + i, 1 },
		};

		add(c, p);
	}
	return c;
}

static void assert_by_twos(struct copies *c)
{
	uint32_t rank[MANY], group[MANY];

	for (uint32_t i = 0; i < MANY; i++)
		rank[i] = MANY - 1 - i;
	assert_int_equal(copies_finish(c, rank, group, NULL), TRAWL_OK);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(group[i], i | 1);
	copies_free(c);
}

/* More furniture than article: the articles are told apart, and found. */
static void test_furniture(void **state)
{
	(void)state;
	assert_by_twos(pages(400, 200));
}

/* What is shared takes more than the least memory. */
static void test_little_memory(void **state)
{
	(void)state;
	assert_by_twos(pages(0, 3900));
}

struct seen {
	size_t n;
	double least;
};

static void see(void *ctx, uint32_t a, uint32_t b, double containment)
{
	struct seen *s = ctx;

	assert_true(a != b);
	if (containment < s->least)
		s->least = containment;
	s->n++;
}

static void test_pairs(void **state)
{
	static const struct part text[][PARTS] = {
		{ { 0, 400 } },
		{ { 0, 300 }, { 1000, 100 } },
		{ { 0, 400 } },
		{ { 5000, 400 } },
	};
	struct copies *c = copies_of(text, COUNT(text));
	struct seen s = { .least = 1 };

	(void)state;
	assert_int_equal(copies_pairs(c, see, &s, NULL), TRAWL_OK);
	assert_int_equal(s.n, 2);
	assert_true(s.least > 0.6 && s.least < 0.9);
	copies_free(c);
}

static void test_no_such_folder(void **state)
{
	struct trawl_error err = { .text = "" };
	enum trawl_status st = TRAWL_OK;
	struct copies *c;

	(void)state;
	assert_int_equal(copies_new("/tmp/no such folder", 0, &c, NULL),
			 TRAWL_OK);
	for (uint32_t i = 0; !st && i < MANY; i++) {
		const struct part p[PARTS] = { { i * 10000, 4000 } };
		struct buf room = BUF_INIT(ROOM);
		struct sketch s;

		make_sketch(p, &room, &s);
		st = copies_add(c, &s, &err);
		buf_release(&room);
	}
	assert_int_equal(st, TRAWL_IO);
	copies_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sketch),
		cmocka_unit_test(test_sketch_without_room),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_furniture),
		cmocka_unit_test(test_little_memory),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_no_such_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
