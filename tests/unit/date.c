/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/date.c: dates to periods, keys and back */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "date.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* From 0000-01-01 to 1970-01-01, as any calendar says. */
static const int64_t EPOCH = (int64_t)719528 * 86400;

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t first; /* since 1970 */
		int64_t seconds;
		unsigned year, month, day;
	} cases[] = {
		{ "1970", 0, 365 * 86400, 1970, 0, 0 },
		{ "1970-01", 0, 31 * 86400, 1970, 1, 0 },
		{ "1970-01-01", 0, 86400, 1970, 1, 1 },
		{ "1970-01-01T00:00:00Z", 0, 1, 1970, 1, 1 },
		{ "2024", 1704067200, 366 * 86400, 2024, 0, 0 },
		{ "2024-02", 1706745600, 29 * 86400, 2024, 2, 0 },
		{ "2024-02-29", 1709164800, 86400, 2024, 2, 29 },
		{ "2023-02", 1675209600, 28 * 86400, 2023, 2, 0 },
		{ "1900", -2208988800, 365 * 86400, 1900, 0, 0 },
		{ "2000-12-31", 978220800, 86400, 2000, 12, 31 },
		{ "2024-11-07T01:09:00Z", 1730941740, 1, 2024, 11, 7 },
		{ "2024-11-07t01:09:00z", 1730941740, 1, 2024, 11, 7 },
		{ "2024-11-07 01:09:00Z", 1730941740, 1, 2024, 11, 7 },
		{ "2024-11-07T01:09:00.999Z", 1730941740, 1, 2024, 11, 7 },
		{ "2024-11-07T01:09:00+02:00", 1730934540, 1, 2024, 11, 6 },
		{ "2024-11-07T23:09:00-02:00", 1731028140, 1, 2024, 11, 8 },
		{ "2024-11-07T01:09:00", 1730941740, 1, 2024, 11, 7 },
		{ "2024-11-07T01:09Z", 1730941740, 60, 2024, 11, 7 },
		{ "2016-12-31T23:59:60Z", 1483228799, 1, 2016, 12, 31 },
		{ "0000", -62167219200, 366 * 86400, 0, 0, 0 },
		{ "9999-12-31T23:59:59Z", 253402300799, 1, 9999, 12, 31 },
	};
	struct date d;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i].text);
		assert_true(
			date_parse(cases[i].text, strlen(cases[i].text), &d));
		assert_int_equal(d.first, EPOCH + cases[i].first);
		assert_int_equal(d.last - d.first + 1, cases[i].seconds);
		assert_int_equal(d.year, cases[i].year);
		assert_int_equal(d.month, cases[i].month);
		assert_int_equal(d.day, cases[i].day);
		assert_int_equal(d.has_time, strlen(cases[i].text) > 10);
	}
}

static void test_no_dates(void **state)
{
	static const char *const cases[] = {
		"",
		"2",
		"202",
		"20245",
		"2024-",
		"2024-1",
		"2024-00",
		"2024-13",
		"2024-11-",
		"2024-11-7",
		"2024-11-00",
		"2024-11-31",
		"2023-02-29",
		"1900-02-29",
		"2024-11-071",
		"2024/11/07",
		"-2024",
		" 2024",
		"2024 ",
		"2024T01:00:00Z",
		"2024-11T01:00:00Z",
		"2024-11-07T",
		"2024-11-07T24:00:00Z",
		"2024-11-07T01:60:00Z",
		"2024-11-07T01:09:61Z",
		"2024-11-07T01:09:00.Z",
		"2024-11-07T01:09:00+0200",
		"2024-11-07T01:09:00+24:00",
		"2024-11-07T01:09:00ZZ",
		"0000-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"November 7, 2024",
	};
	struct date d;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("# %s\n", cases[i]);
		assert_false(date_parse(cases[i], strlen(cases[i]), &d));
	}
	/* Not past the length: no more is read, and no less. */
	assert_true(date_parse("2024-11-07", 4, &d));
	assert_false(date_parse("2024-11-07", 9, &d));
	assert_false(date_parse("2024\0", 5, &d));
}

static void test_keys(void **state)
{
	static const struct {
		const char *text, *key;
	} cases[] = {
		{ "2024", "20240101" },
		{ "2024-11", "20241101" },
		{ "2024-11-07", "20241107" },
		{ "2024-11-07T00:00:00Z", "20241107" },
		{ "2024-11-07T01:09:05Z", "20241107010905" },
		{ "0000-03-01", "00000301" },
		{ "9999-12-31T23:59:59Z", "99991231235959" },
	};
	struct date d;
	char key[16];
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(
			date_parse(cases[i].text, strlen(cases[i].text), &d));
		date_key(d.first, key);
		assert_string_equal(key, cases[i].key);
		assert_true(date_from_key(key, strlen(key), &seconds));
		assert_int_equal(seconds, d.first);
	}
	assert_false(date_from_key("2024", 4, &seconds));
	assert_false(date_from_key("20241301", 8, &seconds));
	assert_false(date_from_key("2024110701", 10, &seconds));
	assert_false(date_from_key("20241107010905x", 15, &seconds));
}

/* Every day of 1,200 years, against a count that knows nothing of years. */
static void test_every_day(void **state)
{
	char key[16], last[16] = "";
	int64_t seconds;

	(void)state;
	for (int64_t day = 500000; day < 940000; day++) {
		date_key(day * 86400, key);
		assert_true(strcmp(key, last) > 0);
		assert_true(date_from_key(key, 8, &seconds));
		assert_int_equal(seconds, day * 86400);
		memcpy(last, key, sizeof(key));
	}
}

static void test_order_keys(void **state)
{
	static const char *const newest_first[] = {
		"9999-12-31T23:59:59Z", "2024-11-08", "2024-11-07T00:00:01Z",
		"2024-11-07",		"2024-11",    "2024",
		"1916-01-01",		"0000-01-02",
	};
	unsigned char key[5], last[5] = { 0 };
	struct date d;

	(void)state;
	for (size_t i = 0; i < COUNT(newest_first); i++) {
		const char *text = newest_first[i];

		assert_true(date_parse(text, strlen(text), &d));
		date_order_key(true, d.first, key);
		assert_true(memcmp(last, key, 5) < 0);
		memcpy(last, key, 5);
	}
	date_order_key(false, 12345, key);
	assert_memory_equal(key, "\xFF\xFF\xFF\xFF\xFF", 5);
	date_order_key(true, 1, key);
	assert_memory_equal(key, "\xFF\xFF\xFF\xFF\xFE", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_no_dates),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_order_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
