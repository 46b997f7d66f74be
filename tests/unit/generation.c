/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/generation.c: stub, generations, lock, and databases that are made so
 * that they can be read back */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "generation.h"
#include "temp_group.h"
#include "writer.h"

#include <signal.h>
#include <sys/wait.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static char index_path[512];
static struct trawl_error err;

static int set_up(void **state)
{
	set_up_dir(state);
	temp_path(&dir, "index", index_path);
	return 0;
}

static void ok(enum trawl_status st)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err.text);
}

static const char *member(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/%s", index_path, name);
	return path;
}

static bool there(const char *name)
{
	struct stat sb;

	return !lstat(member(name), &sb);
}

static void make_index(void)
{
	int lock;

	ok(generation_lock(index_path, false, &lock, &err));
	generation_unlock(lock);
}

static void make_generation(uint32_t number)
{
	char path[PATH_MAX], file[PATH_MAX + 16];

	generation_path(index_path, number, path);
	assert_int_equal(mkdir(path, 0777), 0);
	snprintf(file, sizeof(file), "%s/postlist.glass", path);
	write_file(file, "12345");
}

/* ------------------------------------------------------------------ stub -- */

static void test_switch(void **state)
{
	char path[PATH_MAX], link[64] = { 0 }, text[64] = { 0 };
	uint32_t number;
	FILE *f;

	(void)state;
	make_index();
	assert_int_equal(generation_current(index_path, &number, path, &err),
			 TRAWL_NOTFOUND);
	assert_non_null(strstr(err.text, "not a trawl index"));
	make_generation(7);
	ok(generation_switch(index_path, 7, &err));
	ok(generation_current(index_path, &number, path, &err));
	assert_int_equal(number, 7);
	assert_string_equal(path, member("gen-000007"));
	assert_true(readlink(member("live"), link, sizeof(link) - 1) > 0);
	assert_string_equal(link, "gen-000007");
	f = fopen(member("XAPIANDB"), "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	assert_string_equal(text, "glass gen-000007\n");
	fclose(f);

	ok(generation_switch(index_path, 1234567, &err));
	ok(generation_current(index_path, &number, path, &err));
	assert_int_equal(number, 1234567);
	assert_false(there("XAPIANDB.tmp") || there("live.tmp"));
}

/* Replaced by another of the same bytes, over and over: numbers of inodes are
 * used again, but not that of one that is held. */
static void test_pin(void **state)
{
	struct pin pin = { .path = NULL };

	(void)state;
	assert_false(pin_holds(&pin));
	make_index();
	pin_stub(&pin, index_path);
	assert_false(pin_holds(&pin));
	for (int i = 0; i < 20; i++) {
		ok(generation_switch(index_path, 7, &err));
		assert_false(pin_holds(&pin));
		if (i % 2)
			continue;
		pin_stub(&pin, index_path);
		assert_true(pin_holds(&pin));
		assert_true(pin_holds(&pin));
	}
	pin_stub(&pin, index_path);
	assert_true(pin_holds(&pin));
	assert_int_equal(unlink(member("XAPIANDB")), 0);
	assert_false(pin_holds(&pin));
	write_file(member("XAPIANDB"), "glass gen-000007\n");
	assert_false(pin_holds(&pin));
	pin_stub(&pin, index_path);
	write_file(member("XAPIANDB"), "glass gen-1000007\n");
	assert_false(pin_holds(&pin));
	pin_release(&pin);
	assert_false(pin_holds(&pin));
	pin_release(&pin);
}

/* A link where a file of ours goes: what it leads to stays as it is. */
static void test_links(void **state)
{
	char other[512];
	struct stat sb;
	int lock;

	(void)state;
	temp_path(&dir, "other", other);
	write_file(other, "precious");
	make_index();
	make_generation(1);
	assert_int_equal(symlink(other, member("XAPIANDB.tmp")), 0);
	assert_int_equal(generation_switch(index_path, 1, &err), TRAWL_IO);
	assert_int_equal(stat(other, &sb), 0);
	assert_int_equal(sb.st_size, 8);

	assert_int_equal(unlink(member("lock")), 0);
	assert_int_equal(symlink(other, member("lock")), 0);
	assert_int_equal(generation_lock(index_path, false, &lock, &err),
			 TRAWL_IO);
}

static void test_stubs(void **state)
{
	static const struct {
		const char *text;
		uint32_t number; /* 0: damaged */
	} cases[] = {
		{ "glass gen-000001\n", 1 },
		{ "glass gen-000001", 1 },
		{ "glass gen-4294967295\n", UINT32_MAX },
		{ "", 0 },
		{ "\n", 0 },
		{ "glass gen-000000\n", 0 },
		{ "glass gen-1\n", 0 },
		{ "glass gen-0000001\n", 0 },
		{ "glass gen-4294967296\n", 0 },
		{ "glass gen-000001\n\n", 0 },
		{ "glass gen-000001\nglass gen-000002\n", 0 },
		{ "glass ../gen-000001\n", 0 },
		{ "glass /tmp/gen-000001\n", 0 },
		{ "auto gen-000001\n", 0 },
		{ "glass gen-000001 and so on, longer than any stub of ours\n"
		  "is\n",
		  0 },
	};
	char path[PATH_MAX];
	uint32_t number;

	(void)state;
	make_index();
	for (size_t i = 0; i < COUNT(cases); i++) {
		write_file(member("XAPIANDB"), cases[i].text);
		number = 0;
		assert_int_equal(
			generation_current(index_path, &number, path, &err),
			cases[i].number ? TRAWL_OK : TRAWL_CORRUPT);
		assert_int_equal(number, cases[i].number);
	}
	assert_int_equal(generation_current("/no/such", &number, path, &err),
			 TRAWL_NOTFOUND);
	assert_non_null(strstr(err.text, "no such directory"));
	assert_int_equal(generation_current("", &number, path, &err),
			 TRAWL_INVAL);
}

static void test_long_paths(void **state)
{
	char longest[PATH_MAX], path[PATH_MAX];
	uint32_t number;
	int lock;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[PATH_MAX - 1] = '\0';
	assert_int_equal(generation_current(longest, &number, path, &err),
			 TRAWL_INVAL);
	assert_int_equal(generation_lock(longest, false, &lock, &err),
			 TRAWL_INVAL);
}

/* ------------------------------------------------------------------ lock -- */

static void test_one_writer(void **state)
{
	int lock, second;

	(void)state;
	ok(generation_lock(index_path, false, &lock, &err));
	assert_int_equal(generation_lock(index_path, false, &second, &err),
			 TRAWL_LOCKED);
	assert_non_null(strstr(err.text, index_path));
	assert_non_null(strstr(err.text, "--wait"));
	generation_unlock(lock);
	ok(generation_lock(index_path, false, &lock, &err));
	generation_unlock(lock);
	generation_unlock(-1);
}

/* A writer that is killed leaves no lock, and one that waits gets it then. */
static void test_waits_for_the_dead(void **state)
{
	int ready[2], lock, status;
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		if (generation_lock(index_path, false, &lock, NULL) != TRAWL_OK)
			_exit(1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(generation_lock(index_path, false, &lock, &err),
			 TRAWL_LOCKED);
	assert_int_equal(kill(pid, SIGKILL), 0);
	ok(generation_lock(index_path, true, &lock, &err));
	generation_unlock(lock);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ready[0]);
	close(ready[1]);
}

static void test_not_inherited(void **state)
{
	char command[600];
	int lock;

	(void)state;
	ok(generation_lock(index_path, false, &lock, &err));
	/* A program that is run does not have the lock's file open. */
	snprintf(command, sizeof(command),
		 "! ls -l /proc/self/fd | grep -q '%s/lock'", index_path);
	assert_int_equal(system(command), 0);
	generation_unlock(lock);
}

static void test_other_directories(void **state)
{
	static const char *const foreign[] = { "README", "iamglass", "gen-1",
					       "gen-000000", "XAPIANDB.old" };
	int lock;

	(void)state;
	assert_int_equal(mkdir(index_path, 0777), 0);
	for (size_t i = 0; i < COUNT(foreign); i++) {
		write_file(member(foreign[i]), "x");
		assert_int_equal(
			generation_lock(index_path, false, &lock, &err),
			TRAWL_INVAL);
		assert_non_null(strstr(err.text, foreign[i]));
		assert_false(there("lock"));
		assert_int_equal(unlink(member(foreign[i])), 0);
	}
	/* A stub of another program, and nothing of ours. */
	write_file(member("XAPIANDB"), "remote example.org:7\n");
	assert_int_equal(generation_lock(index_path, false, &lock, &err),
			 TRAWL_INVAL);
	assert_int_equal(unlink(member("XAPIANDB")), 0);
	/* What a first build left behind is ours. */
	make_generation(1);
	write_file(member("XAPIANDB.tmp"), "x");
	make_index();
	/* And in an index of ours other files do no harm. */
	ok(generation_switch(index_path, 1, &err));
	write_file(member("README"), "x");
	make_index();

	assert_int_equal(generation_lock(member("README"), false, &lock, &err),
			 TRAWL_INVAL);
	assert_int_equal(generation_lock("/no/such/index", false, &lock, &err),
			 TRAWL_IO);
	assert_non_null(strstr(err.text, "/no/such/index"));
}

/* ------------------------------------------------------------- leftovers -- */

static void test_clean(void **state)
{
	static const struct {
		uint32_t keep;
		bool previous;
		const char *left;
	} cases[] = {
		{ 4, true, "3 4" }, { 4, false, "4" }, { 3, true, "2 3" },
		{ 1, true, "1" },   { 0, true, "" },   { 9, true, "" },
	};

	(void)state;
	make_index();
	for (size_t i = 0; i < COUNT(cases); i++) {
		char left[32] = "", name[32];

		for (uint32_t n = 1; n <= 5; n++)
			make_generation(n);
		assert_int_equal(generation_highest(index_path), 5);
		write_file(member("XAPIANDB.tmp"), "x");
		assert_int_equal(symlink("x", member("live.tmp")), 0);
		write_file(member("README"), "x");
		ok(generation_clean(index_path, cases[i].keep,
				    cases[i].previous, &err));
		for (unsigned n = 1; n <= 5; n++) {
			snprintf(name, sizeof(name), "gen-%06u", n);
			if (there(name))
				snprintf(left + strlen(left),
					 sizeof(left) - strlen(left), "%s%u",
					 *left ? " " : "", n);
		}
		assert_string_equal(left, cases[i].left);
		assert_false(there("XAPIANDB.tmp") || there("live.tmp"));
		assert_true(there("README") && there("lock"));
		ok(generation_clean(index_path, 0, false, &err));
		assert_int_equal(generation_highest(index_path), 0);
	}
}

static void test_sizes(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_index();
	make_generation(1);
	generation_path(index_path, 1, path);
	assert_int_equal(directory_bytes(path), 5);
	assert_int_equal(directory_bytes("/no/such"), 0);
	ok(sync_directory(path, true, &err));
	assert_int_equal(sync_directory("/no/such", true, &err), TRAWL_IO);
	assert_non_null(strstr(err.text, "/no/such"));
	ok(generation_remove(index_path, 1, &err));
	assert_false(there("gen-000001"));
	assert_int_equal(generation_remove(index_path, 1, &err), TRAWL_IO);
}

/* ----------------------------------------------------------- compression -- */

enum {
	NASTY = 400,
	NASTY_MAX = 40000
};

/*
 * A little noise and one long run, a little longer than a multiple of 8192:
 * when the last byte of what it deflates to has been read, some of the run is
 * still to come, and Xapian's reader, which takes 8192 bytes at a time, stops.
 */
static size_t nasty(unsigned i, char *out)
{
	size_t len = 8192 * (size_t)(1 + i % 4) + 1 + i * 5 % 300;
	uint32_t x = i + 1;

	memset(out, 'a', len);
	for (size_t k = 0; k < i % 500; k++) {
		x = x * 1664525 + 1013904223;
		out[k] = (char)(x >> 24);
	}
	return len;
}

struct same {
	const char *want;
	size_t len;
	bool same;
};

static bool compare(void *ctx, const char *data, size_t len)
{
	struct same *s = ctx;

	s->same = len == s->len && !memcmp(data, s->want, len);
	return true;
}

static void put(struct xap_writer *w, unsigned i)
{
	static char data[NASTY_MAX];
	char id[16];
	struct xap_posting p = { .wdf = 0 };
	struct xap_document doc = { .postings = &p, .npostings = 1 };
	uint32_t docid;

	doc.data.len = nasty(i, data);
	doc.data.data = data;
	snprintf(id, sizeof(id), "Q%u", i);
	p.term = (struct xap_bytes){ id, strlen(id) };
	ok(xap_writer_put(w, id, strlen(id), &doc, &docid, &err));
	assert_int_equal(docid, i + 1);
}

/*
 * In two sittings: a table that does not exist yet when a database is opened
 * is not compressed in that sitting, whatever the version file says.
 */
static void put_nasty(const char *path)
{
	struct xap_writer *w;
	unsigned i = 0;

	for (unsigned end = 1; end <= NASTY; end += NASTY - 1) {
		ok(xap_writer_open(path, XAP_OPEN, true, &w, &err));
		for (; i < end; i++)
			put(w, i);
		ok(xap_writer_commit(w, &err));
		xap_writer_free(w);
	}
}

static unsigned count_unreadable(const char *path)
{
	static char data[NASTY_MAX];
	struct xap_db *db;
	unsigned bad = 0;

	ok(xap_db_open(path, &db, &err));
	for (unsigned i = 0; i < NASTY; i++) {
		struct same s = { data, nasty(i, data), false };
		enum trawl_status st =
			xap_db_data(db, i + 1, compare, &s, &err);

		assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
		bad += st != TRAWL_OK || !s.same;
	}
	xap_db_free(db);
	return bad;
}

/* Xapian's own new databases lose some of these documents; ours none. */
static void test_everything_reads_back(void **state)
{
	char ours[512], theirs[512];
	struct xap_writer *w;
	struct meta meta;

	(void)state;
	ok(meta_init(&meta, NULL, NULL, "none", &err));
	ok(database_create(temp_path(&dir, "ours", ours), &meta, &err));
	put_nasty(ours);
	assert_int_equal(count_unreadable(ours), 0);

	/* The same in a database of Xapian's own: or this shows nothing. */
	ok(xap_writer_open(temp_path(&dir, "theirs", theirs), XAP_CREATE, true,
			   &w, &err));
	ok(xap_writer_commit(w, &err));
	xap_writer_free(w);
	put_nasty(theirs);
	meta_release(&meta);
	assert_true(count_unreadable(theirs) > 0);
}

/* ------------------------------------------------------------------ trim -- */

static off_t size_of(const char *path, const char *name)
{
	char file[PATH_MAX];
	struct stat sb;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	return stat(file, &sb) ? -1 : sb.st_size;
}

/* Blocks as a commit leaves them that did not come to its end. */
static void lengthen(const char *path, const char *name)
{
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%s/%s", path, name);
	assert_int_equal(truncate(file, size_of(path, name) + 10 * 8192), 0);
}

static void test_trim(void **state)
{
	static const char *const names[] = { "postlist.glass", "docdata.glass",
					     "termlist.glass" };
	char path[512], version[600];
	off_t sizes[COUNT(names)];
	struct meta meta;

	(void)state;
	ok(meta_init(&meta, NULL, NULL, "none", &err));
	ok(database_create(temp_path(&dir, "db", path), &meta, &err));
	put_nasty(path);
	for (size_t i = 0; i < COUNT(names); i++) {
		sizes[i] = size_of(path, names[i]);
		lengthen(path, names[i]);
	}
	generation_trim(path);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_in_range(size_of(path, names[i]), 8192, sizes[i]);
	assert_int_equal(count_unreadable(path), 0);
	generation_trim(path);
	assert_int_equal(count_unreadable(path), 0);

	/* A version file that is not as we know it: nothing is touched. */
	lengthen(path, names[0]);
	sizes[0] = size_of(path, names[0]);
	snprintf(version, sizeof(version), "%s/iamglass", path);
	assert_int_equal(truncate(version, 40), 0);
	generation_trim(path);
	assert_int_equal(size_of(path, names[0]), sizes[0]);
	write_file(version, "something else altogether, of the same length");
	generation_trim(path);
	assert_int_equal(size_of(path, names[0]), sizes[0]);
	generation_trim("/no/such");
	meta_release(&meta);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down_dir)
	const struct CMUnitTest tests[] = {
		TEST(test_switch),
		TEST(test_pin),
		TEST(test_links),
		TEST(test_stubs),
		TEST(test_long_paths),
		TEST(test_one_writer),
		TEST(test_waits_for_the_dead),
		TEST(test_not_inherited),
		TEST(test_other_directories),
		TEST(test_clean),
		TEST(test_sizes),
		TEST(test_everything_reads_back),
		TEST(test_trim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
