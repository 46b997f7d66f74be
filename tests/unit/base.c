/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/: buffers, arenas, UTF-8, numbers, JSON strings, printable text, slips */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "json.h"
#include "near.h"
#include "parse.h"
#include "printable.h"
#include "utf8.h"

#include <limits.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void test_buf_stops_at_its_maximum(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_adds(&b, "abc");
	buf_adds(&b, "de");
	assert_false(b.failed);
	assert_string_equal(b.data, "abcde");
	buf_addc(&b, 'f');
	assert_true(b.failed);
	buf_reset(&b);
	buf_addf(&b, "%d", 12345);
	assert_false(b.failed);
	buf_addf(&b, "%d", 6);
	assert_true(b.failed);
	assert_int_equal(b.len, 5);
	buf_release(&b);
}

static void test_buf_failure_is_sticky(void **state)
{
	struct buf b = BUF_INIT(4);

	(void)state;
	buf_adds(&b, "12345");
	buf_adds(&b, "1");
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
	assert_null(buf_detach(&b));
	buf_release(&b);
}

static void test_buf_detach_gives_a_string_even_when_empty(void **state)
{
	struct buf b = BUF_INIT(10);
	char *s = buf_detach(&b);

	(void)state;
	assert_non_null(s);
	assert_string_equal(s, "");
	free(s);
}

static void test_buf_truncate_of_nothing(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	buf_truncate(&b, 0);
	buf_reset(&b);
	assert_string_equal(b.data, "");
	assert_ptr_equal(b.data, buf_empty);
}

static void test_arena_keeps_what_it_gave(void **state)
{
	struct arena a;
	char *kept[200];

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < COUNT(kept); i++) {
		kept[i] = arena_printf(&a, "number %zu", i);
		assert_int_equal((uintptr_t)kept[i] % _Alignof(max_align_t), 0);
	}
	for (size_t i = 0; i < COUNT(kept); i++) {
		char want[32];

		snprintf(want, sizeof(want), "number %zu", i);
		assert_string_equal(kept[i], want);
	}
	arena_release(&a);
}

static void test_arena_maximum_and_overflow(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1000);
	assert_null(arena_alloc(&a, 1001));
	assert_true(a.full);
	assert_true(a.failed);
	assert_null(arena_alloc(&a, 1));
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 1000));
	assert_null(arena_alloc(&a, 100));
	arena_reset(&a);
	assert_false(a.full);
	assert_null(arena_zalloc(&a, SIZE_MAX / 2, 3));
	arena_release(&a);
}

static void test_utf8_well_formed(void **state)
{
	/* Unicode 15, table 3-7: the edges of each row */
	static const struct {
		const char *s;
		uint32_t cp;
	} good[] = {
		{ "\x7F", 0x7F },
		{ "\xC2\x80", 0x80 },
		{ "\xDF\xBF", 0x7FF },
		{ "\xE0\xA0\x80", 0x800 },
		{ "\xED\x9F\xBF", 0xD7FF },
		{ "\xEE\x80\x80", 0xE000 },
		{ "\xEF\xBF\xBF", 0xFFFF },
		{ "\xF0\x90\x80\x80", 0x10000 },
		{ "\xF4\x8F\xBF\xBF", 0x10FFFF },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		uint32_t cp;
		char out[4];
		size_t n = strlen(good[i].s);

		assert_int_equal(utf8_decode(good[i].s, n, &cp), n);
		assert_int_equal(cp, good[i].cp);
		assert_int_equal(utf8_encode(cp, out), n);
		assert_memory_equal(out, good[i].s, n);
		assert_int_equal(utf8_valid(good[i].s, n), n);
	}
}

static void test_utf8_malformed(void **state)
{
	static const struct {
		const char *s;
		size_t len; /* of the maximal subpart */
	} bad[] = {
		{ "\x80", 1 },
		{ "\xC0\xAF", 1 },
		{ "\xC1\xBF", 1 },
		{ "\xE0\x9F\xBF", 1 },
		{ "\xED\xA0\x80", 1 },
		{ "\xF0\x8F\xBF\xBF", 1 },
		{ "\xF4\x90\x80\x80", 1 },
		{ "\xF5\x80", 1 },
		{ "\xC2", 1 },
		{ "\xE2\x82", 2 },
		{ "\xF0\x9F\x98", 3 },
		{ "\xE2\x82 ", 2 },
		{ "\xFE", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint32_t cp;
		size_t n = strlen(bad[i].s);

		assert_int_equal(utf8_decode(bad[i].s, n, &cp), bad[i].len);
		assert_int_equal(cp, UINT32_MAX);
		assert_int_equal(utf8_valid(bad[i].s, n), 0);
	}
}

/* Every two bytes, wherever in a run of others: as decoded one by one. */
static void test_utf8_every_pair(void **state)
{
	char s[] = "\xD0\xB6 0123456789012345678901234567\xD0\xB6..";
	const size_t len = sizeof(s) - 1;

	(void)state;
	for (unsigned pair = 0; pair < 65536; pair++) {
		size_t want = 0;
		uint32_t cp = 0;

		s[len - 2] = (char)(pair >> 8);
		s[len - 1] = (char)pair;
		while (want < len) {
			size_t n = utf8_decode(s + want, len - want, &cp);

			if (cp == UINT32_MAX)
				break;
			want += n;
		}
		assert_int_equal(utf8_valid(s, len), want);
	}
}

static void test_utf8_clean_counts(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	assert_int_equal(utf8_clean("a\xFF\xE2\x82z", 5, &b), 2);
	assert_string_equal(b.data, "a\xEF\xBF\xBD\xEF\xBF\xBDz");
	buf_release(&b);
}

static void test_utf8_cut_keeps_characters_whole(void **state)
{
	const char *s = "a\xE2\x82\xAC\xF0\x9F\x98\x80";
	static const size_t want[] = { 0, 1, 1, 1, 4, 4, 4, 4, 8, 8 };

	(void)state;
	for (size_t at = 0; at < COUNT(want); at++)
		assert_int_equal(utf8_cut(s, 8, at), want[at]);
}

static void test_parse_numbers(void **state)
{
	static const char *const bad[] = {
		"",    "-1", "+1",
		"1 ",  " 1", "1e3",
		"0x1", "11", "18446744073709551616"
	};
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(parse_uint(bad[i], 0, 10, &n));
	assert_true(parse_uint("0", 0, 10, &n));
	assert_false(parse_uint("007", 0, 10, &n));
	assert_true(parse_uint("10", 0, 10, &n));
	assert_int_equal(n, 10);
	assert_true(parse_uint("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(parse_size("512M", 0, UINT64_MAX, &n));
	assert_int_equal(n, 512u << 20);
	assert_true(parse_size("2g", 0, UINT64_MAX, &n));
	assert_int_equal(n, (uint64_t)2 << 30);
	assert_false(parse_size("1X", 0, UINT64_MAX, &n));
	assert_false(parse_size("1 ", 0, UINT64_MAX, &n));
	assert_false(parse_size(" 1", 0, UINT64_MAX, &n));
	assert_false(parse_size("1MB", 0, UINT64_MAX, &n));
	assert_false(parse_size("M", 0, UINT64_MAX, &n));
	assert_false(parse_size("99999999999T", 0, UINT64_MAX, &n));
}

static void test_json_strings(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"" },
		{ "\x01\x0B\x1F\x7F", "\"\\u0001\\u000b\\u001f\\u007f\"" },
		{ "\xC3\xA9\xFF", "\"\xC3\xA9\xEF\xBF\xBD\"" },
		{ "\xC2\x80\xC2\x9F\xC2\xA0", "\"\\u0080\\u009f\xC2\xA0\"" },
		{ "a\xC2", "\"a\xEF\xBF\xBD\"" },
		{ "</b>", "\"</b>\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = BUF_INIT(100);

		json_add_string(&b, cases[i].in, strlen(cases[i].in));
		assert_string_equal(b.data, cases[i].out);
		buf_reset(&b);
		json_add_printable(&b, cases[i].in, strlen(cases[i].in));
		assert_string_equal(b.data, cases[i].out);
		buf_release(&b);
	}
}

static void test_printable_json(void **state)
{
	static const char in[] =
		"caf\xC3\xA9 \xE2\x80\xAE\"x\" \xF3\xA0\x80\x81.";
	struct buf b = BUF_INIT(100);

	(void)state;
	json_add_printable(&b, in, sizeof(in) - 1);
	assert_string_equal(b.data, "\"caf\xC3\xA9 \\u202e\\\"x\\\" "
				    "\\udb40\\udc01.\"");
	buf_release(&b);
}

static void test_printable(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain \xC3\xA9", "plain \xC3\xA9" },
		{ "\033[31m", "\\x1B[31m" },
		{ "a\nb\xFF", "a\\x0Ab\\xFF" },
		{ "\xE2\x80\xAE", "\\xE2\\x80\\xAE" }, /* bidi override */
		{ "\xC2\x9B", "\\xC2\\x9B" },	       /* C1: CSI */
	};
	struct buf b = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&b);
		add_printable(&b, cases[i].in, strlen(cases[i].in));
		assert_string_equal(b.data, cases[i].out);
	}
	buf_reset(&b);
	add_percent(&b, "a%\n\xFF\xC3\xA9 b", 8);
	assert_string_equal(b.data, "a%25%0A%FF\xC3\xA9 b");
	buf_release(&b);
}

static void test_near(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned edits;
	} cases[] = {
		{ "", "", 0 },
		{ "", "ab", 2 },
		{ "search", "search", 0 },
		{ "search", "SEARCH", 0 },
		{ "serch", "search", 1 },
		{ "searchh", "search", 1 },
		{ "saerch", "search", 1 },
		{ "sealch", "search", 1 },
		{ "max_line", "max-line", 1 },
		{ "ca", "abc", 3 }, /* swapped letters are not torn apart */
	};
	char longest[NEAR_MAX + 2];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *a = cases[i].a, *b = cases[i].b;

		assert_int_equal(near_distance(a, strlen(a), b, strlen(b)),
				 cases[i].edits);
		assert_int_equal(near_distance(b, strlen(b), a, strlen(a)),
				 cases[i].edits);
	}
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(near_distance(longest, NEAR_MAX, longest, NEAR_MAX),
			 0);
	assert_int_equal(near_distance(longest, NEAR_MAX + 1, "x", 1),
			 UINT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_stops_at_its_maximum),
		cmocka_unit_test(test_buf_failure_is_sticky),
		cmocka_unit_test(
			test_buf_detach_gives_a_string_even_when_empty),
		cmocka_unit_test(test_buf_truncate_of_nothing),
		cmocka_unit_test(test_arena_keeps_what_it_gave),
		cmocka_unit_test(test_arena_maximum_and_overflow),
		cmocka_unit_test(test_utf8_well_formed),
		cmocka_unit_test(test_utf8_malformed),
		cmocka_unit_test(test_utf8_every_pair),
		cmocka_unit_test(test_utf8_clean_counts),
		cmocka_unit_test(test_utf8_cut_keeps_characters_whole),
		cmocka_unit_test(test_parse_numbers),
		cmocka_unit_test(test_json_strings),
		cmocka_unit_test(test_printable_json),
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
