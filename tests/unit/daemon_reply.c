/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/reply: answers as bytes, whatever they hold */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reply.h"

static void check_print(const struct answer *a, const char *wanted)
{
	struct buf out = BUF_INIT(1 << 20);

	answer_print(&out, &verbs[VERB_SEARCH], a);
	assert_false(out.failed);
	assert_string_equal(out.data, wanted);
	buf_release(&out);
}

static void test_escape(void **state)
{
	static const struct {
		const char *raw;
		size_t n;
		const char *escaped;
	} cases[] = {
		{ "", 0, "" },
		{ "a", 1, "a" },
		{ " ", 1, "%20" },
		{ "  a  b ", 7, "%20%20a%20%20b%20" },
		{ "100%", 4, "100%25" },
		{ "a=b:c", 5, "a=b:c" },
		{ "\r\n", 2, "%0D%0A" },
		{ "\0x", 2, "%00x" },
		{ "\x7F\x1b", 2, "%7F%1B" },
		{ "\xC3\xA9", 2, "\xC3\xA9" },
		{ "\xC3", 1, "%C3" },
		{ "\xC2\x85", 2, "%C2%85" },
		{ "\xE2\x80\xAE", 3, "%E2%80%AE" },
	};
	struct buf out = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&out);
		reply_escape(&out, cases[i].raw, cases[i].n);
		assert_string_equal(out.data, cases[i].escaped);
	}
	buf_release(&out);
}

static void test_bare_status(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	check_print(&a, "OK SEARCH\r\n");
	answer_number(&a, "total", 5);
	answer_key(&a, "bound", "exact");
	answer_key(&a, "ignored", NULL);
	answer_key(&a, "read", "\"a b\" OR c%");
	answer_number(&a, "max", UINT64_MAX);
	check_print(&a, "OK SEARCH total=5 bound=exact "
			"read=\"a%20b\"%20OR%20c%25 "
			"max=18446744073709551615\r\n");
	answer_release(&a);
}

/* For other wires: keys as they were given, and what is a number. */
static void test_keys_are_neutral(void **state)
{
	static const char value[] = "a b=100%\r\n\xFF";
	struct answer_pair pair;
	struct answer a;
	size_t at = 0;

	(void)state;
	answer_init(&a, 1000);
	assert_false(answer_next(&a, &at, &pair));
	answer_key(&a, "read", value);
	answer_key(&a, "ignored", NULL);
	answer_key(&a, "empty", "");
	answer_number(&a, "total", UINT64_MAX);
	answer_key(&a, "rev", "7");
	assert_true(answer_next(&a, &at, &pair));
	assert_string_equal(pair.key, "read");
	assert_string_equal(pair.value, value);
	assert_false(pair.number);
	assert_true(answer_next(&a, &at, &pair));
	assert_string_equal(pair.key, "empty");
	assert_string_equal(pair.value, "");
	assert_true(answer_next(&a, &at, &pair));
	assert_string_equal(pair.key, "total");
	assert_string_equal(pair.value, "18446744073709551615");
	assert_true(pair.number);
	assert_true(answer_next(&a, &at, &pair));
	assert_string_equal(pair.value, "7");
	assert_false(pair.number);
	assert_false(answer_next(&a, &at, &pair));
	answer_reset(&a);
	at = 0;
	assert_false(answer_next(&a, &at, &pair));
	answer_release(&a);
}

static void test_lines(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	a.has_lines = true;
	check_print(&a, "OK SEARCH n=0\r\nEND\r\n");
	answer_number(&a, "hits", 2);
	assert_true(answer_sink(&a, "one\nt", 5));
	assert_true(answer_sink(&a, "", 0));
	assert_true(answer_sink(&a, "wo\n\n", 4));
	check_print(&a, "OK SEARCH n=3 hits=2\r\none\r\ntwo\r\n\r\nEND\r\n");
	answer_reset(&a);
	check_print(&a, "OK SEARCH\r\n");
	answer_release(&a);
}

static void test_bytes(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	a.has_bytes = true;
	check_print(&a, "OK SEARCH bytes=0\r\n\r\n");
	answer_key(&a, "index", "news");
	answer_sink(&a, "END\r\nOK\n", 8);
	check_print(&a, "OK SEARCH bytes=8 index=news\r\nEND\r\nOK\n\r\n");
	answer_release(&a);
}

static void test_errors(void **state)
{
	struct answer a;
	struct buf out = BUF_INIT(4096);

	(void)state;
	answer_init(&a, 1000);
	a.has_lines = true;
	a.partial = true;
	a.hits = 7;
	answer_sink(&a, "half\n", 5);
	answer_number(&a, "hits", 1);
	answer_error(&a, ERROR_BAD_QUERY, "column %d: \xFF\r\nOK%c", 3, 0x1b);
	check_print(&a, "ERR 505 bad-query column 3: "
			"\\xFF\\x0D\\x0AOK\\x1B\r\n");
	assert_false(a.partial);
	assert_int_equal(a.hits, 0);
	answer_reset(&a);
	check_print(&a, "OK SEARCH\r\n");
	answer_release(&a);

	reply_error(&out, ERROR_BUSY, "all\r\n* BYE");
	reply_bye(&out, "busy");
	assert_string_equal(out.data, "ERR 421 busy all\\x0D\\x0A* BYE\r\n"
				      "* BYE busy\r\n");
	buf_release(&out);
}

static void test_long_error_is_one_line(void **state)
{
	struct answer a;
	struct buf out = BUF_INIT(1 << 16);
	char big[5000];

	(void)state;
	memset(big, '\x01', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	answer_init(&a, 10);
	answer_error(&a, ERROR_INTERNAL, "%s", big);
	answer_print(&out, &verbs[VERB_PING], &a);
	assert_memory_equal(out.data, "ERR 599 internal ", 17);
	assert_in_range(out.len, 1000, 4000);
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
	buf_release(&out);
	answer_release(&a);
}

static void check_over(struct answer *a, const char *text)
{
	struct buf out = BUF_INIT(4096);

	answer_print(&out, &verbs[VERB_SEARCH], a);
	assert_memory_equal(out.data, "ERR 511 too-large ", 18);
	assert_non_null(strstr(out.data, text));
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
	buf_release(&out);
}

static void test_over_its_maximum(void **state)
{
	struct answer a;
	char big[4096];

	(void)state;
	memset(big, ' ', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	answer_init(&a, 10);
	a.has_lines = true;
	assert_true(answer_sink(&a, "123456789\n", 10));
	assert_false(answer_sink(&a, "x", 1));
	check_over(&a, "max-reply=10 bytes");
	answer_reset(&a);
	for (size_t i = 0; i < 100; i++)
		answer_key(&a, "expanded", big);
	check_over(&a, "1 MiB");
	/* An error takes the place of both. */
	answer_error(&a, ERROR_TIMEOUT, "late");
	check_print(&a, "ERR 408 timeout late\r\n");
	answer_release(&a);
}

/* The longest status line is measured as it is printed, not as it is kept. */
static void test_the_longest_status_line(void **state)
{
	enum {
		VALUE = 500000
	};
	static const struct {
		char fill;
		size_t n;
		bool fits;
	} cases[] = {
		{ 'x', 2, true },
		{ 'x', 3, false },
		{ ' ', 1, false },
		{ '%', 1, false },
	};
	char *value = malloc(VALUE + 1);
	struct answer a;

	(void)state;
	assert_non_null(value);
	answer_init(&a, 10);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = BUF_INIT(2 << 20);

		answer_reset(&a);
		memset(value, cases[i].fill, VALUE);
		value[VALUE] = '\0';
		for (size_t j = 0; j < cases[i].n; j++)
			answer_key(&a, "k", value);
		assert_int_equal(!a.keys.failed, cases[i].fits);
		answer_print(&out, &verbs[VERB_SEARCH], &a);
		assert_memory_equal(out.data,
				    cases[i].fits ? "OK SEARCH k=" : "ERR 511 ",
				    8);
		assert_true(out.len <= 1 << 20);
		buf_release(&out);
	}
	free(value);
	answer_release(&a);
}

static void test_outcome(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct answer a;

	(void)state;
	answer_init(&a, 1);
	assert_int_equal(answer_outcome(&a, &text), ERROR_NONE);
	assert_int_equal(text.len, 0);
	answer_error(&a, ERROR_BUSY, "all at work");
	assert_int_equal(answer_outcome(&a, &text), ERROR_BUSY);
	assert_string_equal(text.data, "all at work");
	a.text.failed = true;
	buf_reset(&text);
	assert_int_equal(answer_outcome(&a, &text), ERROR_INTERNAL);
	assert_string_equal(text.data, "no memory for an error");
	answer_release(&a);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_bare_status),
		cmocka_unit_test(test_keys_are_neutral),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_long_error_is_one_line),
		cmocka_unit_test(test_over_its_maximum),
		cmocka_unit_test(test_the_longest_status_line),
		cmocka_unit_test(test_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
