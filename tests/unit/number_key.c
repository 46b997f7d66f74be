/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/number_key.c: numbers, and the keys Xapian makes of them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "number_key.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char *hex(double value)
{
	static char out[2 * NUMBER_KEY_MAX + 1];
	unsigned char key[NUMBER_KEY_MAX];
	size_t len = number_key(value, key);

	out[0] = '\0';
	for (size_t i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02x", key[i]);
	return out;
}

/* What xapian.sortable_serialise() of 1.4.22 gives for them. */
static void test_known_keys(void **state)
{
	static const struct {
		double value;
		const char *key;
	} cases[] = {
		{ 0, "80" },
		{ -0.0, "80" },
		{ 1, "a0" },
		{ -1, "5e" },
		{ 2, "a4" },
		{ 0.5, "9fdc" },
		{ 100, "ba40" },
		{ -100, "44e0" },
		{ 3.14, "a647ae147ae147c0" },
		{ -0.1, "602cccccceccccccc0" },
		{ 1e10, "e068a817c8" },
		{ -1e-10, "60a4906406c50848a0" },
		{ 2024, "cfe8" },
		{ -9129.825816118042, "25c562cb7509c8" },
		{ 5e-324, "8f18" },
		{ -5e-324, "70e6" },
		{ DBL_MAX, "efe3ffffffffffffc0" },
		{ -DBL_MAX, "101c00000200000020" },
		{ INFINITY, "ffffffffffffffffff" },
		{ -INFINITY, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(hex(cases[i].value), cases[i].key);
}

static void check_order(double low, double high)
{
	unsigned char a[NUMBER_KEY_MAX + 1] = { 0 };
	unsigned char b[NUMBER_KEY_MAX + 1] = { 0 };
	size_t alen = number_key(low, a), blen = number_key(high, b);

	/* Zero bytes at the end are the ones left out. */
	if (memcmp(a, b, NUMBER_KEY_MAX) >= 0)
		fail_msg("%.17g and %.17g", low, high);
	assert_true(alen <= NUMBER_KEY_MAX && blen <= NUMBER_KEY_MAX);
}

static void test_order(void **state)
{
	double last = -DBL_MAX;

	(void)state;
	check_order(-INFINITY, -DBL_MAX);
	for (double x = -1e300; x < -1e-300; x *= 0.7) {
		check_order(last, x);
		last = x;
	}
	for (double x = 1e-300; x < 1e300; x *= 1.3) {
		check_order(last, x);
		last = x;
	}
	check_order(last, INFINITY);
	check_order(-5e-324, 0);
	check_order(0, 5e-324);
	for (int i = -3000; i < 3000; i++)
		check_order(i, i + 1);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
	} cases[] = {
		{ "0", 0 },	    { "-0", 0 },     { "12", 12 },
		{ "+12", 12 },	    { "007", 7 },    { "1.5", 1.5 },
		{ "-1.25", -1.25 }, { "1e3", 1000 }, { "1E-2", 0.01 },
		{ "2.5e+1", 25 },   { "0.10", 0.1 },
	};
	static const char *const bad[] = {
		"",	 "-",	  "+",	 ".",	  ".5",	   "5.",
		"1,5",	 "1 ",	  " 1",	 "1e",	  "e1",	   "1e+",
		"0x10",	 "nan",	  "inf", "-inf",  "1e400", "--1",
		"1.2.3", "1e1.5", "12a", "1_000",
	};
	double value;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(number_parse(cases[i].text, strlen(cases[i].text),
					 &value));
		assert_true(value == cases[i].value);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_parse(bad[i], strlen(bad[i]), &value))
			fail_msg("\"%s\" was read as %g", bad[i], value);
	assert_true(number_parse("12345", 2, &value) && value == 12);
}

static void test_length_is_limited(void **state)
{
	char text[NUMBER_TEXT_MAX + 2];
	double value;

	(void)state;
	memset(text, '0', sizeof(text));
	assert_true(number_parse(text, NUMBER_TEXT_MAX, &value));
	assert_false(number_parse(text, NUMBER_TEXT_MAX + 1, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_keys),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_length_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
