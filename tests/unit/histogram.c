/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* One value alone: every percentile is that value. */
static void test_one(void **state)
{
	static const uint64_t values[] = { 0,
					   1,
					   15,
					   16,
					   17,
					   31,
					   32,
					   33,
					   1000,
					   65535,
					   65536,
					   1u << 31,
					   (UINT64_C(1) << 37) - 1,
					   UINT64_C(1) << 37,
					   UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct histogram h = { .count = 0 };

		histogram_add(&h, values[i]);
		assert_int_equal(h.count, 1);
		assert_true(histogram_percentile(&h, 0.5) == values[i]);
		assert_true(histogram_percentile(&h, 1) == values[i]);
		assert_true(h.max == values[i] && h.sum == values[i]);
	}
}

/* Not below the value, and at most 1/16 above it. */
static void test_precision(void **state)
{
	(void)state;
	for (uint64_t v = 0; v < UINT64_C(1) << 36; v += 1 + v / 7) {
		struct histogram h = { .count = 0 };
		uint64_t p;

		histogram_add(&h, v);
		histogram_add(&h, UINT64_C(1) << 36);
		p = histogram_percentile(&h, 0.5);
		assert_true(p >= v && p - v <= v / 16);
	}
}

static void test_shares(void **state)
{
	static const struct {
		double share;
		uint64_t least, most;
	} cases[] = {
		{ 0, 1, 1 },	     { 0.5, 500, 531 },	   { 0.9, 900, 956 },
		{ 0.99, 990, 1000 }, { 0.999, 999, 1000 }, { 1, 1000, 1000 },
		{ 0.0005, 1, 1 },    { 0.0101, 11, 11 },
	};
	struct histogram h = { .count = 0 };

	(void)state;
	assert_int_equal(histogram_percentile(&h, 0.5), 0);
	for (uint64_t v = 1; v <= 1000; v++)
		histogram_add(&h, v);
	assert_int_equal(h.sum, 500500);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_in_range(histogram_percentile(&h, cases[i].share),
				cases[i].least, cases[i].most);
}

/* At every bound a bucket begins, so that nothing is counted on the wrong side
 * of it. */
static void test_below(void **state)
{
	struct histogram h = { .count = 0 };
	uint64_t added = 0;

	(void)state;
	for (unsigned n = 0; n < 32; n++)
		for (uint64_t m = 16; m < 32; m += 3) {
			uint64_t bound = m << n;

			assert_true(histogram_below(&h, bound) == added);
			histogram_add(&h, bound - 1);
			assert_true(histogram_below(&h, bound) == added + 1);
			histogram_add(&h, bound);
			assert_true(histogram_below(&h, bound) == added + 1);
			added += 2;
		}
	assert_true(histogram_below(&h, UINT64_C(1) << 36) == h.count);
	histogram_add(&h, UINT64_MAX);
	assert_true(histogram_below(&h, UINT64_C(1) << 36) == h.count - 1);
	assert_true(histogram_below(&h, 0) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_precision),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
