/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"
#include "buf.h"
#include "problem.h"
#include "reader.h"
#include "walk.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

struct folder {
	char path[64];
	int fd;
};

static int set_up(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "/tmp/trawl-walk.XXXXXX");
	assert_non_null(mkdtemp(f->path));
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY);
	assert_true(f->fd >= 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *f = *state;
	char command[100];
	int rc;

	snprintf(command, sizeof(command), "rm -rf %s", f->path);
	rc = system(command);
	close(f->fd);
	free(f);
	return rc;
}

static void put(const struct folder *f, const char *path)
{
	int fd = openat(f->fd, path, O_WRONLY | O_CREAT, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void make(const struct folder *f, const char *path)
{
	assert_int_equal(mkdirat(f->fd, path, 0777), 0);
}

/* "path|" of a file, "path=CODE|" of what is bad. */
static bool on_file(void *ctx, int dirfd, const char *name, const char *path,
		    const struct stat *st)
{
	struct stat here;

	assert_int_equal(fstatat(dirfd, name, &here, 0), 0);
	assert_int_equal(here.st_ino, st->st_ino);
	buf_addf(ctx, "%s|", path);
	return true;
}

static bool on_bad(void *ctx, const char *path, const struct problem *why,
		   bool part)
{
	buf_addf(ctx, "%s=%s%s|", path, why->code, part ? "!" : "");
	return true;
}

static void assert_walk(const struct folder *f, struct walk w, const char *want)
{
	static const char *const none[] = { NULL };
	struct buf out = BUF_INIT(1 << 20);

	w.file = on_file;
	w.bad = on_bad;
	w.ctx = &out;
	if (!w.include)
		w.include = none;
	if (!w.exclude)
		w.exclude = none;
	assert_true(walk(&w, f->fd));
	assert_string_equal(out.data, want);
	buf_release(&out);
}

static void test_order(void **state)
{
	const struct folder *f = *state;

	make(f, "a");
	make(f, "a/z");
	put(f, "a/z/1");
	put(f, "a/b");
	put(f, "a.txt");
	put(f, "a0");
	put(f, "B");
	put(f, "-rf");
	put(f, ".hidden");
	make(f, ".git");
	put(f, ".git/config");
	assert_walk(f, (struct walk){ 0 }, "-rf|B|a.txt|a/b|a/z/1|a0|");
	/* and once more with the same descriptor */
	assert_walk(f, (struct walk){ 0 }, "-rf|B|a.txt|a/b|a/z/1|a0|");
}

static void test_globs(void **state)
{
	static const char *const txt[] = { "*.txt", NULL };
	static const char *const drafts[] = { "drafts", "b/*.txt", NULL };
	const struct folder *f = *state;

	make(f, "drafts");
	put(f, "drafts/a.txt");
	make(f, "b");
	put(f, "b/c.txt");
	put(f, "b/c.md");
	put(f, "d.txt");
	assert_walk(f, (struct walk){ .include = txt },
		    "b/c.txt|d.txt|drafts/a.txt|");
	assert_walk(f, (struct walk){ .exclude = drafts }, "b/c.md|d.txt|");
	assert_walk(f, (struct walk){ .include = txt, .exclude = drafts },
		    "d.txt|");
}

static void test_links(void **state)
{
	const struct folder *f = *state;

	make(f, "d");
	put(f, "d/file");
	assert_int_equal(symlinkat("..", f->fd, "d/up"), 0);
	assert_int_equal(symlinkat("d/file", f->fd, "good"), 0);
	assert_int_equal(symlinkat("nowhere", f->fd, "gone"), 0);
	assert_int_equal(symlinkat("self", f->fd, "self"), 0);
	assert_walk(f, (struct walk){ 0 },
		    "d/file|d/up=E_LOOP|gone=E_GONE|good|self=E_LOOP|");
}

static void test_the_index_is_skipped(void **state)
{
	const struct folder *f = *state;
	struct stat st;

	make(f, "index");
	put(f, "index/data");
	put(f, "z");
	assert_int_equal(fstatat(f->fd, "index", &st, 0), 0);
	assert_walk(
		f,
		(struct walk){ .skip_dev = st.st_dev, .skip_ino = st.st_ino },
		"z|");
}

static void test_depth(void **state)
{
	const struct folder *f = *state;
	struct buf want = BUF_INIT(1 << 20);
	int fd = dup(f->fd);

	for (int i = 0; i <= WALK_DEPTH_MAX; i++) {
		int sub;

		assert_int_equal(mkdirat(fd, "d", 0777), 0);
		sub = openat(fd, "d", O_RDONLY | O_DIRECTORY);
		assert_true(sub >= 0);
		close(fd);
		fd = sub;
		buf_adds(&want, i ? "/d" : "d");
	}
	close(fd);
	buf_adds(&want, "=E_DEPTH!|");
	assert_walk(f, (struct walk){ 0 }, want.data);
	buf_release(&want);
}

static bool stop(void *ctx, int dirfd, const char *name, const char *path,
		 const struct stat *st)
{
	(void)dirfd;
	(void)name;
	(void)path;
	(void)st;
	++*(int *)ctx;
	return false;
}

static void test_stop(void **state)
{
	static const char *const none[] = { NULL };
	const struct folder *f = *state;
	int seen = 0;
	struct walk w = { .include = none,
			  .exclude = none,
			  .file = stop,
			  .bad = on_bad,
			  .ctx = &seen };

	put(f, "a");
	put(f, "b");
	assert_false(walk(&w, f->fd));
	assert_int_equal(seen, 1);
}

/* What becomes of a file when it is opened: "" or a code. */
static void assert_open(const struct folder *f, const char *name,
			const char *code)
{
	struct problem why = { 0 };
	struct stat st;
	int fd = reader_open(f->fd, name, f->path, &st, &why);

	assert_string_equal(why.code, code);
	assert_int_equal(fd >= 0, !*code);
	if (fd >= 0)
		close(fd);
}

static void test_open(void **state)
{
	const struct folder *f = *state;

	put(f, "file");
	make(f, "d");
	assert_int_equal(mkfifoat(f->fd, "fifo", 0666), 0);
	assert_int_equal(symlinkat("file", f->fd, "in"), 0);
	assert_int_equal(symlinkat("/etc/passwd", f->fd, "out"), 0);
	assert_int_equal(symlinkat("/dev/zero", f->fd, "zero"), 0);
	assert_open(f, "file", "");
	assert_open(f, "in", "");
	assert_open(f, "out", "E_OUTSIDE");
	assert_open(f, "zero", "E_NOTREG");
	assert_open(f, "fifo", "E_NOTREG");
	assert_open(f, "d", "E_NOTREG");
	assert_open(f, "none", "E_GONE");
}

static void test_read(void **state)
{
	const struct folder *f = *state;
	struct problem why = { 0 };
	struct arena arena;
	struct stat st;
	const char *bytes;
	size_t len;
	int fd;

	arena_init(&arena, 1 << 20);
	put(f, "file");
	fd = reader_open(f->fd, "file", NULL, &st, &why);
	assert_true(reader_read(fd, &st, &arena, &bytes, &len, &why));
	assert_int_equal(len, 1);
	assert_int_equal(bytes[0], 'x');
	close(fd);

	/* A terabyte of nothing. */
	fd = openat(f->fd, "sparse", O_RDWR | O_CREAT, 0666);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	assert_false(reader_read(fd, &st, &arena, &bytes, &len, &why));
	assert_string_equal(why.code, "E_TOOBIG");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_false(reader_read(fd, &st, &arena, &bytes, &len, &why));
	assert_string_equal(why.code, "E_EMPTY");
	close(fd);
	arena_release(&arena);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_order), IN_FOLDER(test_globs),
		IN_FOLDER(test_links), IN_FOLDER(test_the_index_is_skipped),
		IN_FOLDER(test_depth), IN_FOLDER(test_stop),
		IN_FOLDER(test_open),  IN_FOLDER(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
