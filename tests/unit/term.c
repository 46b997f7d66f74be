/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/term: widths, wrapping, cutting, bars */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "term.h"

static void test_cells(void **state)
{
	static const struct {
		const char *s;
		size_t cells;
	} cases[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "\u00e9", 1 },
		{ "e\u0301", 1 },
		{ "\u6f22\u5b57", 4 },
		{ "\033[1mbold\033[0m", 4 },
		{ "\033[", 1 }, /* no whole sequence: ESC takes no cell */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(term_cells(cases[i].s, strlen(cases[i].s)),
				 cases[i].cells);
}

static void test_wrap(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "  \n" },
		{ "one two", "  one two\n" },
		{ "aaaa bbbb cccc dddd", "  aaaa bbbb cccc\n  dddd\n" },
		{ "\033[1maaaa\033[0m bbbb cccc dd",
		  "  \033[1maaaa\033[0m bbbb cccc\n  dd\n" },
		{ "0123456789abcdefghij", "  0123456789abcdefgh\n  ij\n" },
		{ "\033[1maaaa bbbb cccc dddd\033[0m eeee",
		  "  \033[1maaaa bbbb cccc\033[0m\n"
		  "  \033[1mdddd\033[0m eeee\n" },
		{ "\033[1m0123456789abcdefghij\033[0m",
		  "  \033[1m0123456789abcdefgh\033[0m\n"
		  "  \033[1mij\033[0m\n" },
		{ "\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22"
		  "\u6f22",
		  "  \u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\n"
		  "  \u6f22\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf b = BUF_INIT(1000);

		term_wrap(&b, cases[i].in, 2, i == 2 || i == 3 ? 18 : 20);
		assert_string_equal(b.data, cases[i].out);
		buf_release(&b);
	}
}

static void test_fit(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	term_fit(&b, "exactly ten", 11);
	assert_string_equal(b.data, "exactly ten");
	buf_reset(&b);
	term_fit(&b, "exactly ten", 10);
	assert_string_equal(b.data, "exactly t\u2026");
	buf_reset(&b);
	term_fit(&b, "\u6f22\u5b57\u6f22", 5);
	assert_string_equal(b.data, "\u6f22\u5b57\u2026");
	buf_release(&b);
}

static void test_bar(void **state)
{
	const struct term plain = { 0 }, unicode = { .unicode = true };
	struct buf b = BUF_INIT(1000);

	(void)state;
	term_bar(&b, &plain, 5, 10, 10);
	assert_string_equal(b.data, "#####");
	buf_reset(&b);
	term_bar(&b, &plain, 0.001, 10, 10);
	assert_string_equal(b.data, "#");
	buf_reset(&b);
	term_bar(&b, &unicode, 1, 8, 4);
	assert_string_equal(b.data, "\u258c");
	buf_reset(&b);
	term_bar(&b, &unicode, 0, 0, 4);
	assert_string_equal(b.data, "");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
