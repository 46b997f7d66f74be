/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "temp_group.h"
#include "watch.h"

#include <poll.h>

static const char *path_of(const char *name, char out[512])
{
	return temp_path(&dir, name, out);
}

/* As its writers do: a file beside it, renamed. */
static void replace_file(const char *name)
{
	char from[512], to[512];

	write_file(path_of("tmp", from), "x\n");
	assert_int_equal(rename(from, path_of(name, to)), 0);
}

static void make_directory(const char *name)
{
	char path[512];

	assert_int_equal(mkdir(path_of(name, path), 0755), 0);
}

static void make_index(const char *name)
{
	char text[256];

	make_directory(name);
	snprintf(text, sizeof(text), "%s/gen-000001", name);
	make_directory(text);
	snprintf(text, sizeof(text), "%s/gen-000001/iamglass", name);
	replace_file(text);
	snprintf(text, sizeof(text), "%s/XAPIANDB", name);
	replace_file(text);
}

static void move(const char *from, const char *to)
{
	char a[512], b[512];

	assert_int_equal(rename(path_of(from, a), path_of(to, b)), 0);
}

static struct watch *watch_two(const char *a, const char *b)
{
	struct settings s = { .nindexes = 2 };
	char one[512], two[512];
	struct watch *w;

	s.index[0].path = (char *)path_of(a, one);
	s.index[1].path = (char *)path_of(b, two);
	w = watch_new(&s);
	assert_true(watch_fd(w) >= 0);
	return w;
}

/* inotify is synchronous: what has been done can be read. */
#define expect(w, wanted_changed, wanted_replaced)                             \
	do {                                                                   \
		uint64_t changed_, replaced_;                                  \
		struct pollfd p_ = { .fd = watch_fd(w), .events = POLLIN };    \
		bool woken_ = poll(&p_, 1, 0) == 1;                            \
                                                                               \
		watch_read(w, &changed_, &replaced_);                          \
		assert_int_equal(changed_, wanted_changed);                    \
		assert_int_equal(replaced_, wanted_replaced);                  \
		if (changed_ || replaced_)                                     \
			assert_true(woken_);                                   \
		watch_read(w, &changed_, &replaced_);                          \
		assert_int_equal(changed_ | replaced_, 0);                     \
	} while (0)

static void test_commit(void **state)
{
	struct watch *w;

	(void)state;
	make_index("a");
	make_index("b");
	w = watch_two("a", "b");
	expect(w, 0, 0);
	replace_file("a/gen-000001/iamglass");
	expect(w, 1, 0);
	replace_file("b/gen-000001/iamglass");
	expect(w, 2, 0);
	replace_file("a/gen-000001/iamglass");
	replace_file("b/gen-000001/iamglass");
	expect(w, 3, 0);
	/* What a writer does before it commits. */
	replace_file("a/gen-000001/postlist.glass");
	replace_file("a/other");
	expect(w, 0, 0);
	watch_free(w);
}

static void test_generation(void **state)
{
	struct watch *w;

	(void)state;
	make_index("g");
	make_index("h");
	w = watch_two("g", "h");
	make_directory("g/gen-000002");
	expect(w, 0, 0);
	replace_file("g/gen-000002/iamglass");
	expect(w, 1, 0);
	replace_file("g/XAPIANDB");
	expect(w, 1, 0);
	/* One that came and was switched to before it was looked at. */
	make_directory("g/gen-000003");
	replace_file("g/gen-000003/iamglass");
	replace_file("g/XAPIANDB");
	expect(w, 1, 0);
	replace_file("g/gen-000003/iamglass");
	expect(w, 1, 0);
	watch_free(w);
}

static void test_replaced(void **state)
{
	struct watch *w;

	(void)state;
	make_index("r");
	make_index("s");
	w = watch_two("r", "s");
	move("r", "r.old");
	expect(w, 0, 0);
	make_index("r.new");
	move("r.new", "r");
	expect(w, 0, 1);
	replace_file("r/gen-000001/iamglass");
	expect(w, 1, 0);
	/* The one that was is nothing to us now. */
	replace_file("r.old/gen-000001/iamglass");
	expect(w, 0, 0);
	replace_file("s/gen-000001/iamglass");
	expect(w, 2, 0);
	watch_free(w);
}

static void test_removed_and_made(void **state)
{
	struct watch *w;
	struct temp_dir gone;
	char path[512];

	(void)state;
	make_index("m");
	w = watch_two("m", "not-there-yet");
	snprintf(gone.path, sizeof(gone.path), "%.200s", path_of("m", path));
	temp_dir_remove(&gone);
	{
		uint64_t changed, replaced;

		watch_read(w, &changed, &replaced);
		assert_int_equal(replaced, 0);
	}
	make_index("m");
	{
		uint64_t changed, replaced;

		watch_read(w, &changed, &replaced);
		assert_int_equal(replaced & 1, 1);
	}
	make_index("not-there-yet");
	{
		uint64_t changed, replaced;

		watch_read(w, &changed, &replaced);
		assert_int_equal(replaced & 2, 2);
	}
	replace_file("not-there-yet/gen-000001/iamglass");
	expect(w, 2, 0);
	watch_free(w);
}

/* A link in a directory of its own, turned to another index. */
static void test_link(void **state)
{
	struct watch *w;
	char one[512], two[512], link[512], next[512];

	(void)state;
	make_index("l1");
	make_index("l2");
	make_directory("links");
	assert_int_equal(
		symlink(path_of("l1", one), path_of("links/now", link)), 0);
	w = watch_two("links/now", "l2");
	replace_file("l1/gen-000001/iamglass");
	expect(w, 1, 0);
	assert_int_equal(
		symlink(path_of("l2", two), path_of("links/next", next)), 0);
	assert_int_equal(rename(next, link), 0);
	expect(w, 0, 1);
	/* Both are the same directory now. */
	replace_file("l2/gen-000001/iamglass");
	expect(w, 3, 0);
	watch_free(w);
}

/* One above the other: their watches are the same. */
static void test_nested(void **state)
{
	struct watch *w;

	(void)state;
	make_index("n");
	make_index("n/inner");
	w = watch_two("n", "n/inner");
	replace_file("n/XAPIANDB");
	expect(w, 1, 0);
	replace_file("n/inner/gen-000001/iamglass");
	expect(w, 2, 0);
	move("n/inner", "n/away");
	make_index("n/inner");
	{
		uint64_t changed, replaced;

		watch_read(w, &changed, &replaced);
		assert_int_equal(replaced, 2);
	}
	replace_file("n/XAPIANDB");
	expect(w, 1, 0);
	watch_free(w);
	watch_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_generation),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_removed_and_made),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_nested),
	};

	return cmocka_run_group_tests(tests, set_up_dir, tear_down_dir);
}
