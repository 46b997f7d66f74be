/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/qrels: judgements read, measures against figures worked out by hand */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <unistd.h>

#include "qrels.h"

static struct qrels *read_text(const char *text, char error[256])
{
	char path[] = "/tmp/trawl-qrels-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);

	struct qrels *q = qrels_read(path, error);

	unlink(path);
	return q;
}

static void test_measures(void **state)
{
	static const char *const ranking[] = { "x", "b", "y", "a", "z" };
	char error[256];
	struct qrels *q = read_text("2 0 a 1\n1 0 a 3\n1 0 b 1\n1 0 c 2\n"
				    "1 0 y 0\n1 0 z -1\n",
				    error);
	struct measures m;
	double dcg = 1 / log2(3) + 3 / log2(5);
	double ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4);

	(void)state;
	assert_non_null(q);
	assert_int_equal(qrels_relevant(q, "1"), 3);
	assert_int_equal(qrels_relevant(q, "2"), 1);
	assert_int_equal(qrels_relevant(q, "3"), 0);
	assert_int_equal(qrels_gain(q, "1", "c"), 2);
	assert_int_equal(qrels_gain(q, "1", "z"), 0);
	measure(q, "1", ranking, 5, &m);
	assert_true(fabs(m.ndcg10 - dcg / ideal) < 1e-9);
	assert_true(fabs(m.map - (1.0 / 2 + 2.0 / 4) / 3) < 1e-9);
	assert_true(fabs(m.p10 - 0.2) < 1e-9);
	assert_true(fabs(m.mrr - 0.5) < 1e-9);
	measure(q, "1", ranking, 0, &m);
	assert_true(m.ndcg10 == 0 && m.map == 0 && m.mrr == 0);
	qrels_free(q);
}

static void test_perfect_ranking_is_one(void **state)
{
	static const char *const ranking[] = { "a", "c", "b" };
	char error[256];
	struct qrels *q = read_text("1 0 b 1\n1 0 a 3\n1 0 c 2\n", error);
	struct measures m;

	(void)state;
	measure(q, "1", ranking, 3, &m);
	assert_true(fabs(m.ndcg10 - 1) < 1e-9);
	assert_true(fabs(m.map - 1) < 1e-9);
	qrels_free(q);
}

static void test_bad_lines_are_named(void **state)
{
	static const char *const bad[] = { "1 0 a\n", "1 0 a x\n",
					   "1 0 a 1\n1\n", "1 0 a 2000\n" };
	char error[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_null(read_text(bad[i], error));
		assert_non_null(
			strstr(error, i == 2 ? ":2: want" : ":1: want"));
	}
	assert_null(qrels_read("/nonexistent/qrels", error));
	assert_non_null(strstr(error, "No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measures),
		cmocka_unit_test(test_perfect_ranking_is_one),
		cmocka_unit_test(test_bad_lines_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
