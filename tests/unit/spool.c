/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/spool.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "spool.h"
#include "temp_dir.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	BUFFER = 1 << 20, /* what it holds before it writes */
	LENGTH = 8,	  /* of a record's length in the file */
	LARGEST = 3 * BUFFER
};

static struct temp_dir dir;
static struct trawl_error err;
static char bytes[LARGEST + 64];

static int set_up(void **state)
{
	(void)state;
	temp_dir_make(&dir);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 2654435761U >> 13);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

static struct spool *make(void)
{
	struct spool *s = NULL;

	assert_int_equal(spool_new(dir.path, &s, &err), TRAWL_OK);
	return s;
}

/* Record i begins with another byte than the one before. */
static void add_all(struct spool *s, const size_t *len, size_t n)
{
	uint64_t want = 0;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(spool_add(s, bytes + i % 64, len[i], &err),
				 TRAWL_OK);
		want += LENGTH + len[i];
	}
	assert_int_equal(spool_bytes(s), want);
	assert_int_equal(spool_records(s), n);
}

static void read_all(struct spool *s, const size_t *len, size_t n)
{
	struct buf got = BUF_INIT(LARGEST + 1);
	bool more;

	buf_adds(&got, "what was there");
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(spool_read(s, &got, &more, &err), TRAWL_OK);
		assert_true(more);
		assert_int_equal(got.len, len[i]);
		assert_true(!len[i] ||
			    !memcmp(got.data, bytes + i % 64, len[i]));
	}
	for (int again = 0; again < 2; again++) {
		assert_int_equal(spool_read(s, &got, &more, &err), TRAWL_OK);
		assert_false(more);
	}
	buf_release(&got);
}

static void test_in_order(void **state)
{
	static const struct {
		size_t len[5], n;
	} cases[] = {
		{ { 0 }, 0 },
		{ { 0 }, 1 },
		{ { 1, 0, 2 }, 3 },
		{ { BUFFER - LENGTH, 5 }, 2 },
		{ { BUFFER - LENGTH - 1, 5 }, 2 },
		{ { BUFFER - LENGTH + 1, 5 }, 2 },
		/* a length that stands on both sides of what is read at once */
		{ { BUFFER - LENGTH - 4, 9, 9 }, 3 },
		{ { BUFFER, BUFFER, BUFFER }, 3 },
		{ { 3, LARGEST, 3, LARGEST, 0 }, 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct spool *s = make();

		add_all(s, cases[i].len, cases[i].n);
		read_all(s, cases[i].len, cases[i].n);
		spool_free(s);
	}
}

static void test_many_small_ones(void **state)
{
	static size_t len[40000];
	struct spool *s = make();

	(void)state;
	for (size_t i = 0; i < COUNT(len); i++)
		len[i] = i * 7 % 101;
	add_all(s, len, COUNT(len));
	read_all(s, len, COUNT(len));
	spool_free(s);
}

/* Before all was read, after it, and when nothing was added. */
static void test_emptied(void **state)
{
	static const size_t large[] = { BUFFER, 10, 20 }, small[] = { 7, 0 };
	struct buf got = BUF_INIT(LARGEST);
	struct spool *s = make();
	bool more;

	(void)state;
	assert_int_equal(spool_empty(s, &err), TRAWL_OK);
	for (int i = 0; i < 3; i++) {
		add_all(s, large, COUNT(large));
		assert_int_equal(spool_read(s, &got, &more, &err), TRAWL_OK);
		assert_int_equal(got.len, BUFFER);
		if (i == 1)
			assert_int_equal(spool_read(s, &got, &more, &err),
					 TRAWL_OK);
		assert_int_equal(spool_empty(s, &err), TRAWL_OK);
		assert_int_equal(spool_bytes(s), 0);
		assert_int_equal(spool_records(s), 0);
		read_all(s, small, 0);
		add_all(s, small, COUNT(small));
		read_all(s, small, COUNT(small));
		assert_int_equal(spool_empty(s, &err), TRAWL_OK);
	}
	buf_release(&got);
	spool_free(s);
}

/* Nothing is left behind by it, or seen of it. */
static void test_no_name(void **state)
{
	static const size_t large[] = { LARGEST };
	struct spool *s = make();

	(void)state;
	add_all(s, large, COUNT(large));
	assert_int_equal(rmdir(dir.path), 0);
	assert_int_equal(mkdir(dir.path, 0700), 0);
	read_all(s, large, COUNT(large));
	spool_free(s);
}

static void test_no_folder(void **state)
{
	struct spool *s = NULL;
	char path[512];

	(void)state;
	temp_path(&dir, "nothing", path);
	assert_int_equal(spool_new(path, &s, &err), TRAWL_IO);
	assert_null(s);
	assert_non_null(strstr(err.text, path));
	spool_free(NULL);
}

/* More than the buffer of who reads may hold. */
static void test_too_large(void **state)
{
	static const size_t len[] = { 100 };
	struct buf got = BUF_INIT(50);
	struct spool *s = make();
	bool more;

	(void)state;
	add_all(s, len, COUNT(len));
	assert_int_equal(spool_read(s, &got, &more, &err), TRAWL_NOMEM);
	buf_release(&got);
	spool_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_many_small_ones),
		cmocka_unit_test(test_emptied),
		cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_no_folder),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
