/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/randomisation: p of differences that can be counted by hand */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "randomisation.h"

static void test_counted(void **state)
{
	/* Of the ways to give signs, those that reach the sum:
	 * 1+2+3 = 6: +++ and ---
	 * 3+2-1 = 4: 6, 4 and the same below 0
	 * 4+1-2 = 3: 7, 5, 3 and the same below 0; 4-1-2 = 1 is not */
	static const struct {
		double d[4];
		size_t n;
		double p;
	} tests[] = {
		{ { 0 }, 0, 1 },
		{ { 0, 0, 0, 0 }, 4, 1 },
		{ { 0.5 }, 1, 1 },
		{ { 1, -1 }, 2, 1 },
		{ { 1, 2, 3 }, 3, 0.25 },
		{ { -3, 0, -2, -1 }, 4, 0.25 },
		{ { 3, 2, -1 }, 3, 0.5 },
		{ { 4, 1, -2 }, 3, 0.75 },
		{ { 0.1, 0.2, -0.3 }, 3, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		double d[4];

		memcpy(d, tests[i].d, sizeof(d));
		assert_true(fabs(randomisation_test(d, tests[i].n) -
				 tests[i].p) < 1e-12);
	}
}

/* won times +1, lost times -1 */
static double p_of(size_t won, size_t lost)
{
	double d[512];

	for (size_t i = 0; i < won + lost; i++)
		d[i] = i < won ? 1 : -1;
	return randomisation_test(d, won + lost);
}

static void test_drawn(void **state)
{
	(void)state;
	/* Binomial of 20 and 1/2: 2 * (15504+4845+1140+190+20+1) / 2^20 */
	assert_true(fabs(p_of(15, 5) - 0.04139) < 0.003);
	/* 200: the normal distribution beyond 19.5 / sqrt(200) */
	assert_true(fabs(p_of(110, 90) - 0.1790) < 0.006);
	assert_true(p_of(20, 0) <= 2.0 / (RANDOMISATION_ROUNDS + 1));
	assert_true(p_of(100, 0) > 0);
	assert_true(p_of(110, 90) == p_of(110, 90));
	assert_true(p_of(50, 50) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
