/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/terms.c: terms to numbers, and numbers in the order of their terms */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "terms.h"
#include "xap.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MANY = 60000
};

static struct terms terms;

static int set_up(void **state)
{
	(void)state;
	terms_init(&terms);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	terms_release(&terms);
	return 0;
}

static uint32_t add(const char *s)
{
	return terms_add(&terms, s, strlen(s));
}

static void test_numbers(void **state)
{
	char longest[XAP_TERM_MAX];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(add("b"), 0);
	assert_int_equal(add("a"), 1);
	assert_int_equal(add("b"), 0);
	assert_int_equal(terms_add(&terms, "b", 2), 2); /* and its NUL */
	assert_int_equal(terms_add(&terms, "\0", 1), 3);
	assert_int_equal(terms_add(&terms, longest, sizeof(longest)), 4);
	assert_int_equal(terms_add(&terms, longest, sizeof(longest) - 1), 5);
	assert_int_equal(terms.n, 6);
	assert_int_equal(terms.term[2].len, 2);
	assert_memory_equal(terms.term[2].bytes, "b", 2);
	assert_memory_equal(terms.term[4].bytes, longest, sizeof(longest));
}

static void test_reset(void **state)
{
	const unsigned generation = terms.generation;
	size_t full;

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		char s[16];

		snprintf(s, sizeof(s), "w%u", i);
		assert_int_equal(add(s), i);
	}
	full = terms_bytes(&terms);
	assert_true(full > MANY * (16 + sizeof(struct term)));
	terms_reset(&terms);
	assert_int_not_equal(terms.generation, generation);
	assert_true(terms_bytes(&terms) < full / 16);
	assert_int_equal(terms.n, 0);
	assert_int_equal(add("w7"), 0);
}

/* ------------------------------------------------------------- sorting -- */

static uint32_t next_random(uint32_t *seed)
{
	return *seed = *seed * 1664525u + 1013904223u;
}

/* Of few letters, so that many begin alike; zero bytes, too. */
static size_t random_term(uint32_t *seed, char out[XAP_TERM_MAX])
{
	static const char letters[] = { '\0', 'a', 'b', 'Z', '\xC3' };
	const uint32_t shape = next_random(seed) >> 8;
	size_t len = 1 + shape % (shape % 8 ? 9 : 40), from = 0;

	if (shape % 3 == 0) {
		from = 16;
		memset(out, 'q', from);
	}
	for (size_t i = from; i < from + len; i++)
		out[i] = letters[(next_random(seed) >> 16) % sizeof(letters)];
	return from + len;
}

static bool in_order(uint32_t a, uint32_t b)
{
	const struct term *s = &terms.term[a], *t = &terms.term[b];
	const int order =
		memcmp(s->bytes, t->bytes, s->len < t->len ? s->len : t->len);

	return order < 0 || (!order && s->len < t->len);
}

/* All of picked[0..n), each once, and in order? */
static void check_sorted(const bool *picked, const uint32_t *numbers, size_t n)
{
	size_t npicked = 0;

	for (size_t i = 0; i < terms.n; i++)
		npicked += picked[i];
	assert_int_equal(npicked, n);
	for (size_t i = 0; i < n; i++) {
		assert_true(numbers[i] < terms.n && picked[numbers[i]]);
		if (i && !in_order(numbers[i - 1], numbers[i]))
			fail_msg("%zu of %zu is out of order", i, n);
	}
}

/* Documents of every size, while the dictionary grows under them. */
static void test_sort(void **state)
{
	uint32_t *numbers = malloc(MANY * sizeof(*numbers)), seed = 7;
	bool *picked = calloc(MANY, sizeof(*picked));

	(void)state;
	assert_true(numbers && picked);
	for (size_t round = 0; round < 600 && terms.n < MANY - 2000; round++) {
		const size_t tokens = next_random(&seed) % 2000;
		size_t n = 0;
		char s[XAP_TERM_MAX];

		for (size_t i = 0; i < tokens; i++) {
			const size_t len = random_term(&seed, s);
			const uint32_t t = terms_add(&terms, s, len);

			assert_int_not_equal(t, NO_TERM);
			if (!picked[t])
				numbers[n++] = t;
			picked[t] = true;
		}
		assert_true(terms_sort(&terms, numbers, n));
		check_sorted(picked, numbers, n);
		for (size_t i = 0; i < n; i++)
			picked[numbers[i]] = false;
	}
	assert_true(terms.n > 20000);
	/* Both kinds have been met, and the last round was no exception. */
	assert_in_range(terms.nranked, 1, terms.n - 1);

	for (size_t i = 0; i < terms.n; i++) {
		numbers[i] = (uint32_t)(terms.n - 1 - i);
		picked[i] = true;
	}
	assert_true(terms_sort(&terms, numbers, terms.n));
	check_sorted(picked, numbers, terms.n);
	free(numbers);
	free(picked);
}

/* In order, backwards, up and down: where parts of a range turn out unequal. */
static void test_sort_what_is_in_some_order(void **state)
{
	enum {
		N = 5000,
		ORDERS = 4
	};
	static uint32_t numbers[N];
	static bool picked[ORDERS * N];

	(void)state;
	for (unsigned order = 0; order < ORDERS; order++) {
		for (unsigned i = 0; i < N; i++) {
			const unsigned place[ORDERS] = {
				i, N - i, i < N / 2 ? 2 * i : 2 * (N - i) - 1,
				i < N / 2 ? 2 * (N / 2 - i) : 2 * i - N + 1
			};
			char s[16];

			snprintf(s, sizeof(s), "%u%05u", order, place[order]);
			numbers[i] = add(s);
			picked[numbers[i]] = true;
		}
		assert_int_equal(terms.n, (order + 1) * N);
		assert_true(terms_sort(&terms, numbers, N));
		check_sorted(picked, numbers, N);
		memset(picked, false, sizeof(picked));
	}
}

static void test_sort_few(void **state)
{
	uint32_t numbers[3];

	(void)state;
	assert_true(terms_sort(&terms, numbers, 0));
	numbers[0] = add("b");
	assert_true(terms_sort(&terms, numbers, 1));
	assert_int_equal(numbers[0], 0);
	numbers[1] = add("a");
	numbers[2] = add("ab");
	assert_true(terms_sort(&terms, numbers, 3));
	assert_int_equal(numbers[0], 1);
	assert_int_equal(numbers[1], 2);
	assert_int_equal(numbers[2], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_numbers),  TEST(test_reset),
		TEST(test_sort),     TEST(test_sort_what_is_in_some_order),
		TEST(test_sort_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
