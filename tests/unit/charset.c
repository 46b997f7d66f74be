/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "charset.h"
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define BYTES(s) s, sizeof(s) - 1

struct readable {
	const char *bytes;
	size_t len;
	const char *declared;
	const char *text;
	size_t replaced;
};

/* clang-format off */
static const struct readable readable[] = {
	{ BYTES("plain"), NULL, "plain", 0 },
	{ BYTES(""), NULL, "", 0 },
	{ BYTES("gr\xC3\xBC\xC3\x9F"), NULL, "gr\xC3\xBC\xC3\x9F", 0 },
	/* a byte order mark is no text */
	{ BYTES("\xEF\xBB\xBF" "caf\xC3\xA9"), NULL, "caf\xC3\xA9", 0 },
	{ BYTES("\xFF\xFE" "h\0\xE9\0"), NULL, "h\xC3\xA9", 0 },
	{ BYTES("\xFE\xFF" "\0h\0\xE9"), NULL, "h\xC3\xA9", 0 },
	{ BYTES("\xFF\xFE\0\0" "h\0\0\0"), NULL, "h", 0 },
	/* UTF-16 without one */
	{ BYTES("h\0e\0l\0l\0o\0"), NULL, "hello", 0 },
	{ BYTES("\0h\0e\0l\0l\0o"), NULL, "hello", 0 },
	/* declared, and what pages mean by it */
	{ BYTES("\x93" "caf\xE9\x94"), "iso-8859-1",
	  "\xE2\x80\x9C" "caf\xC3\xA9\xE2\x80\x9D", 0 },
	{ BYTES("\xCF\xF0\xE8\xE2\xE5\xF2"), "windows-1251",
	  "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82", 0 },
	{ BYTES("\x1B$B$\"\x1B(B"), "iso-2022-jp", "\xE3\x81\x82", 0 },
	/* iconv keeps the last letter back: a point could follow */
	{ BYTES("\xE0\xE1\xE0"), "windows-1255",
	  "\xD7\x90\xD7\x91\xD7\x90", 0 },
	{ BYTES("\xE0\xD9\xE1"), "windows-1255",
	  "\xD7\x90\xEF\xBF\xBD\xD7\x91", 1 },
	/* valid UTF-8 is UTF-8, whatever it says it is */
	{ BYTES("caf\xC3\xA9"), "windows-1252", "caf\xC3\xA9", 0 },
	/* a few broken bytes among good ones */
	{ BYTES("caf\xC3\xA9 th\xC3\xA9 \xFF"), NULL,
	  "caf\xC3\xA9 th\xC3\xA9 \xEF\xBF\xBD", 1 },
	{ BYTES("\xC3\xA9\xC3\xA9 \xED\xA0\x80"), "utf-8",
	  "\xC3\xA9\xC3\xA9 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3 },
	/* an unknown name is no obstacle */
	{ BYTES("plain"), "x-no-such-charset", "plain", 0 },
};
/* clang-format on */

static void test_readable(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(readable) / sizeof(*readable); i++) {
		const struct readable *c = &readable[i];
		struct buf out = BUF_INIT(1000);
		struct problem why = { 0 };
		size_t replaced = 99;

		if (!read_text(c->bytes, c->len, c->declared, &out, &replaced,
			       &why))
			fail_msg("case %zu: %s: %s", i, why.code, why.reason);
		assert_string_equal(out.data, c->text);
		assert_int_equal(replaced, c->replaced);
		buf_release(&out);
	}
}

static void test_guessed(void **state)
{
	/* Enough Russian in KOI8-R for a guess, undeclared. */
	static const char koi8[] =
		"\xF7\xDE\xC5\xD2\xC1 \xD7 \xD3\xD4\xCF\xCC\xC9\xC3\xC5 "
		"\xD0\xD2\xCF\xDB\xCC\xC1 \xCD\xCE\xCF\xC7\xCF\xCC\xC0\xC4"
		"\xCE\xC1\xD1 \xC4\xC5\xCD\xCF\xCE\xD3\xD4\xD2\xC1\xC3\xC9"
		"\xD1 \xD0\xD2\xCF\xD4\xC9\xD7 \xCE\xCF\xD7\xCF\xC7\xCF "
		"\xDA\xC1\xCB\xCF\xCE\xC1";
	struct buf out = BUF_INIT(1000);
	struct problem why = { 0 };
	size_t replaced;

	(void)state;
	assert_true(read_text(BYTES(koi8), NULL, &out, &replaced, &why));
	assert_non_null(strstr(out.data, "\xD0\xB7\xD0\xB0\xD0\xBA\xD0\xBE\xD0"
					 "\xBD\xD0\xB0"));
	buf_release(&out);
}

static void assert_refused(const char *bytes, size_t len, const char *code)
{
	struct buf out = BUF_INIT(100000);
	struct problem why = { 0 };
	size_t replaced;

	assert_false(read_text(bytes, len, NULL, &out, &replaced, &why));
	assert_string_equal(why.code, code);
	buf_release(&out);
}

static void test_refused(void **state)
{
	char late[10000];

	(void)state;
	assert_refused(BYTES("\x7F"
			     "ELF\0\1\2\3"),
		       "E_BINARY");
	memset(late, 'a', sizeof(late));
	late[8191] = '\0';
	assert_refused(late, sizeof(late), "E_BINARY");
}

static void test_late_nul_is_text(void **state)
{
	struct buf out = BUF_INIT(100000);
	struct problem why = { 0 };
	size_t replaced;
	char late[10000];

	(void)state;
	memset(late, 'a', sizeof(late));
	late[8192] = '\0';
	assert_true(read_text(late, sizeof(late), NULL, &out, &replaced, &why));
	assert_int_equal(out.len, sizeof(late));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_guessed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_late_nul_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
