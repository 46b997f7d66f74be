/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/lib: requests to bytes; a line where it will do, else a literal */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "wire_request.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void check(const char *verb, const struct trawl_client_option *options,
		  size_t n, const char *text, const char *wanted)
{
	struct wire_buffer out = { 0 };

	/* Behind what is queued already. */
	assert_true(wire_buffer_add(&out, "x\n", 2));
	assert_int_equal(
		wire_request_add(&out, verb, options, n, text, 32, NULL),
		TRAWL_CLIENT_OK);
	assert_int_equal(out.len, 2 + strlen(wanted));
	assert_memory_equal(out.data + out.start, "x\n", 2);
	assert_memory_equal(out.data + out.start + 2, wanted, strlen(wanted));
	wire_buffer_release(&out);
}

static void test_texts(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ NULL, "SEARCH\n" },
		{ "", "SEARCH :\n" },
		{ "a b", "SEARCH :a b\n" },
		{ " a", "SEARCH : a\n" },
		{ "a\tb%20", "SEARCH :a\tb%20\n" },
		{ "x={3}", "SEARCH :x={3}\n" },
		{ "caf\xC3\xA9", "SEARCH :caf\xC3\xA9\n" },
		{ "a ", "SEARCH q={2}\na \n" },
		{ "a\t", "SEARCH q={2}\na\t\n" },
		{ "a\nb", "SEARCH q={3}\na\nb\n" },
		{ "a\r", "SEARCH q={2}\na\r\n" },
		{ "\x01", "SEARCH q={1}\n\x01\n" },
		{ "\x7F", "SEARCH q={1}\n\x7F\n" },
		{ "123456789012345678901234",
		  "SEARCH :123456789012345678901234\n" },
		{ "1234567890123456789012345",
		  "SEARCH q={25}\n1234567890123456789012345\n" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check("SEARCH", NULL, 0, cases[i].text, cases[i].wanted);
}

static void test_values(void **state)
{
	/* clang-format off */
	static const struct {
		const char *value, *wanted;
	} cases[] = {
		{ "", "GET id=\n" },
		{ "004.txt", "GET id=004.txt\n" },
		{ "a b%c", "GET id=a%20b%25c\n" },
		{ "\x01\t\r\n\x1F\x7F", "GET id=%01%09%0D%0A%1F%7F\n" },
		{ "caf\xC3\xA9=:#", "GET id=caf\xC3\xA9=:#\n" },
		{ "{5}", "GET id=%7B5}\n" },
		{ "a{5}", "GET id=a{5}\n" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct trawl_client_option id = { "id", cases[i].value };

		check("GET", &id, 1, NULL, cases[i].wanted);
	}
}

static void test_together(void **state)
{
	static const struct trawl_client_option options[] = {
		{ "limit", "2" }, { "in", "news" }
	};

	(void)state;
	check("search", options, 2, "climates",
	      "search limit=2 in=news :climates\n");
	check("search", options, 2, "climates!",
	      "search limit=2 in=news q={9}\nclimates!\n");
}

/* Put in and taken out in turn, the bytes keep their order. */
static void test_buffer(void **state)
{
	struct wire_buffer b = { 0 };
	unsigned put = 0, taken = 0;

	(void)state;
	for (size_t round = 1; round < 500; round++) {
		for (size_t i = 0; i < round * 7 % 97; i++, put++)
			assert_true(wire_buffer_add(&b, &put, sizeof(put)));
		for (size_t i = 0; i < round * 5 % 89 && taken < put; i++) {
			assert_memory_equal(b.data + b.start, &taken,
					    sizeof(taken));
			wire_buffer_take(&b, sizeof(taken));
			taken++;
		}
		assert_int_equal(b.len, (put - taken) * sizeof(put));
	}
	wire_buffer_release(&b);
	assert_true(wire_buffer_add(&b, "", 0));
	assert_null(wire_buffer_room(&b, SIZE_MAX));
	wire_buffer_release(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
