/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/sorted_runs.c */
#include "sorted_runs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	MANY = 200000,	     /* several runs of the least memory */
	VERY_MANY = 13000000 /* more than 256 of them */
};

static uint64_t draw(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *seed >> 20;
}

static int by_key(const void *a, const void *b)
{
	const struct sorted_record *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static struct sorted_runs *runs_of(const struct sorted_record *r, size_t n,
				   uint64_t memory)
{
	struct sorted_runs *s;

	assert_int_equal(sorted_runs_new("/tmp", memory, &s, NULL), TRAWL_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sorted_runs_add(s, r[i].key, r[i].value, NULL),
				 TRAWL_OK);
	assert_int_equal(sorted_runs_count(s), n);
	return s;
}

static void assert_reads(struct sorted_runs *s, const struct sorted_record *r,
			 size_t n)
{
	struct sorted_record got;

	assert_int_equal(sorted_runs_rewind(s, NULL), TRAWL_OK);
	for (size_t i = 0; i < n; i++) {
		assert_true(sorted_runs_next(s, &got));
		assert_true(got.key == r[i].key && got.value == r[i].value);
	}
	assert_false(sorted_runs_next(s, &got));
	assert_false(sorted_runs_next(s, &got));
	assert_int_equal(sorted_runs_end(s, NULL), TRAWL_OK);
}

/* keys: how many different ones, 0: any; ordered: values go up. */
static const struct {
	size_t n;
	uint64_t keys;
	bool ordered;
	uint64_t memory;
} cases[] = {
	{ 0, 0, false, 0 },	      { 1, 0, false, 0 },
	{ 2, 1, false, 0 },	      { 1000, 0, false, 0 },
	{ 1000, 3, true, 0 },	      { MANY, 0, true, 0 },
	{ MANY, 0, false, 0 },	      { MANY, 100, false, 0 },
	{ MANY, 1, true, 0 },	      { MANY, 0, false, 64 << 20 },
	{ 43690, 0, false, 1 << 20 }, { 43691, 0, false, 1 << 20 },
};

static void test_order(void **state)
{
	struct sorted_record *r = malloc(MANY * sizeof(*r));

	(void)state;
	for (size_t c = 0; c < COUNT(cases); c++) {
		const size_t n = cases[c].n;
		uint64_t seed = c;
		struct sorted_runs *s;

		for (size_t i = 0; i < n; i++) {
			r[i].key = draw(&seed) * draw(&seed);
			if (cases[c].keys)
				r[i].key %= cases[c].keys;
			r[i].value = cases[c].ordered ? (uint32_t)i / 2
						      : (uint32_t)draw(&seed);
		}
		s = runs_of(r, n, cases[c].memory);
		qsort(r, n, sizeof(*r), by_key);
		assert_reads(s, r, n);
		assert_reads(s, r, n);
		sorted_runs_free(s);
	}
	free(r);
}

/* So many runs that they are made one meanwhile; by sums, to be quick. */
static void test_runs_made_one(void **state)
{
	struct sorted_runs *s;
	struct sorted_record got;
	uint64_t seed = 1, sum = 0, last = 0;
	size_t n = 0;

	(void)state;
	assert_int_equal(sorted_runs_new("/tmp", 0, &s, NULL), TRAWL_OK);
	for (size_t i = 0; i < VERY_MANY; i++) {
		uint64_t key = draw(&seed);

		sum += key ^ i;
		if (sorted_runs_add(s, key, (uint32_t)i, NULL))
			fail();
	}
	assert_int_equal(sorted_runs_rewind(s, NULL), TRAWL_OK);
	for (; sorted_runs_next(s, &got); n++) {
		if (got.key < last)
			fail_msg("out of order at %zu", n);
		last = got.key;
		sum -= got.key ^ got.value;
	}
	assert_int_equal(n, VERY_MANY);
	assert_true(sum == 0);
	assert_int_equal(sorted_runs_end(s, NULL), TRAWL_OK);
	sorted_runs_free(s);
}

static void test_no_such_folder(void **state)
{
	struct trawl_error err = { .text = "" };
	enum trawl_status st = TRAWL_OK;
	struct sorted_runs *s;

	(void)state;
	assert_int_equal(sorted_runs_new("/tmp/no such folder", 0, &s, NULL),
			 TRAWL_OK);
	for (uint32_t i = 0; !st && i < MANY; i++)
		st = sorted_runs_add(s, i, i, &err);
	assert_int_equal(st, TRAWL_IO);
	assert_string_equal(err.text,
			    "cannot write a temporary file in "
			    "/tmp/no such folder: No such file or directory");
	sorted_runs_free(s);
}

/* A disk that is full: a file may not become longer. */
static void test_full(void **state)
{
	struct rlimit old, small;
	struct trawl_error err = { .text = "" };
	enum trawl_status st = TRAWL_OK;
	struct sorted_runs *s;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1 << 20;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(sorted_runs_new("/tmp", 0, &s, NULL), TRAWL_OK);
	for (uint32_t i = 0; !st && i < MANY; i++)
		st = sorted_runs_add(s, i, i, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(st, TRAWL_IO);
	assert_string_equal(
		err.text,
		"cannot write a temporary file in /tmp: File too large");
	sorted_runs_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_runs_made_one),
		cmocka_unit_test(test_no_such_folder),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
