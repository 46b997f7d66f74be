/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	ROOM = 2 * LOG_LINE_MAX
};

/* Standard error is a pipe while say() runs; what came is in out. */
static size_t heard(void (*say)(void), char out[ROOM])
{
	int saved = dup(STDERR_FILENO), pipes[2];
	ssize_t n;

	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDERR_FILENO);
	close(pipes[1]);
	say();
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(pipes[0], out, ROOM - 1);
	close(pipes[0]);
	assert_true(n >= 0);
	out[n] = '\0';
	return (size_t)n;
}

static void say_plainly(void)
{
	log_open(false, "me");
	log_info("%s %d", "one", 1);
	log_warning("two");
	log_error("three");
}

static void test_lines(void **state)
{
	char out[ROOM];

	(void)state;
	heard(say_plainly, out);
	assert_string_equal(out, "me: one 1\nme: two\nme: three\n");
}

static void say_foreign(void)
{
	log_open(false, NULL);
	log_info("%s", "a\nb\x1b[2J\xff\xe2\x80\xaeg\xc3\xa9");
}

/* Whatever is in it: one line, and a terminal is safe. */
static void test_printable(void **state)
{
	char out[ROOM];

	(void)state;
	heard(say_foreign, out);
	assert_string_equal(out, "a\\x0Ab\\x1B[2J\\xFF\\xE2\\x80\\xAEg\xc3\xa9"
				 "\n");
}

static void say_much(void)
{
	char text[3 * LOG_LINE_MAX];

	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_open(false, "me");
	log_info("%s", text);
}

static void test_cut(void **state)
{
	char out[ROOM];

	(void)state;
	assert_int_equal(heard(say_much, out), LOG_LINE_MAX);
	assert_ptr_equal(strchr(out, '\n'), out + LOG_LINE_MAX - 1);
	assert_memory_equal(out, "me: \\x0A\\x0A", 12);
}

static void say_and_keep_errno(void)
{
	errno = EXDEV;
	log_info("x");
	assert_int_equal(errno, EXDEV);
}

static void test_errno(void **state)
{
	char out[ROOM];

	(void)state;
	heard(say_and_keep_errno, out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
