/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/run_file: rankings that other programs made */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "run_file.h"

static struct run_file *read_text(const char *text, char error[256])
{
	char path[] = "/tmp/trawl-run-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);

	struct run_file *run = run_file_read(path, error);

	unlink(path);
	return run;
}

static void test_order_is_that_of_the_lines(void **state)
{
	char error[256];
	struct run_file *run = read_text("2 Q0 z 1 9 x\n10 Q0 b 2 1.5 x\n"
					 "\n10 Q0 a 1 2.5 x\n"
					 "2 Q0 y 2 8 x\n10\tQ0\tc\t3\t0\tx\r\n",
					 error);
	const char *id[8];

	(void)state;
	assert_non_null(run);
	assert_int_equal(run_file_ids(run, "10", id, 8), 3);
	assert_string_equal(id[0], "b");
	assert_string_equal(id[1], "a");
	assert_string_equal(id[2], "c");
	assert_int_equal(run_file_ids(run, "2", id, 1), 1);
	assert_string_equal(id[0], "z");
	assert_int_equal(run_file_ids(run, "1", id, 8), 0);
	assert_int_equal(run_file_ids(run, "3", id, 8), 0);
	run_file_free(run);
}

static void test_malformed(void **state)
{
	char error[256];
	struct run_file *empty = read_text("", error);

	(void)state;
	assert_non_null(empty);
	run_file_free(empty);
	assert_null(read_text("1 Q0 a 1 2 x\n1 Q0 a 1 2\n", error));
	assert_non_null(strstr(error, ":2: want \"qid Q0 docid"));
	assert_null(run_file_read("/nonexistent/run", error));
	assert_non_null(strstr(error, "/nonexistent/run: "));
	run_file_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_is_that_of_the_lines),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
