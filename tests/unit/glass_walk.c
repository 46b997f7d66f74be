/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks: over tables that Xapian wrote, to a key, over what is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "glass_deflate.h"
#include "glass_walk.h"
#include "sanitized.h"
#include "temp_dir.h"
#include "glass_rig.h"
#include "xap.h"

#include <fcntl.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct temp_dir dir;

static int setup(void **state)
{
	(void)state;
	temp_dir_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

/* --------------------------------------------------------- primitives -- */

static void test_sort_uint(void **unused)
{
	static const uint32_t values[] = {
		0,	  1,	      0x7FFF,	  0x8000,     0x3FFFFF,
		0x400000, 0x1FFFFFFF, 0x20000000, 0xFFFFFFFF,
	};
	unsigned char before[8] = "", key[8];

	(void)unused;
	for (size_t i = 0; i < COUNT(values); i++) {
		uint32_t v;

		memset(key, 0, sizeof(key));

		unsigned char *end = glass_put_sort_uint(key, values[i]);

		assert_ptr_equal(glass_get_sort_uint(key, end, &v), end);
		assert_int_equal(v, values[i]);
		for (unsigned char *cut = key; cut < end; cut++)
			assert_null(glass_get_sort_uint(key, cut, &v));
		assert_true(!i || memcmp(before, key, sizeof(key)) < 0);
		memcpy(before, key, sizeof(key));
	}
	memset(key, 0xE1, sizeof(key));
	assert_null(glass_get_sort_uint(key, key + 8, &(uint32_t){ 0 }));
}

static void test_sort_str(void **unused)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "", 0 },	    { "a", 1 },	     { "word", 4 },
		{ "\0", 1 },	    { "\0\0", 2 },   { "a\0", 2 },
		{ "\0z", 2 },	    { "a\0b", 3 },   { "\xFF", 1 },
		{ "a\0\xFF\0", 4 }, { "\0\xFF", 2 },
	};

	(void)unused;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		const char *text = cases[i / 2].text;
		size_t len = cases[i / 2].len, got;
		unsigned char key[16];
		char out[16];
		int last, ended = i % 2;
		unsigned char *end = glass_put_sort_str(key, text, len, ended);

		/* What may follow a string that is ended: a sort-uint. */
		*end = 0x7F;
		assert_ptr_equal(
			glass_get_sort_str(key, end + ended, out, &got, &last),
			end);
		assert_int_equal(last, !ended);
		assert_int_equal(got, len);
		assert_memory_equal(out, text, len);
	}
}

/* --------------------------------------------------- Xapian's own tables -- */

enum {
	IDS = 1500,
	ROUNDS = 6,
	DATA_MAX = 8000
};

/* Text that deflates, and differs from round to round. */
static size_t make_data(char *out, unsigned id, unsigned round)
{
	uint64_t state = id * 31 + round + 1;
	size_t len = chance(&state, 9) ? chance(&state, 900)
				       : chance(&state, DATA_MAX);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)('a' + chance(&state, 6));
	return len;
}

static void put(struct xap_writer *w, unsigned id, unsigned round)
{
	static const uint32_t positions[] = { 1, 5, 9, 70 };
	char data[DATA_MAX], unique[16], word[16];
	size_t n = (size_t)snprintf(unique, sizeof(unique), "Q%u", id);
	struct xap_posting p[] = {
		{ .term = { unique, n } },
		{ .term = { word, 0 },
		  .wdf = 4,
		  .positions = positions,
		  .npositions = 4 },
	};
	struct xap_document doc = { .data = { data,
					      make_data(data, id, round) },
				    .postings = p,
				    .npostings = 2 };
	struct trawl_error err;
	uint32_t docid;

	p[1].term.len =
		(size_t)snprintf(word, sizeof(word), "w%u", (id + round) % 97);
	rig_ok(xap_writer_put(w, unique, n, &doc, &docid, &err), &err);
}

/* Added, changed and removed here and there: leaves out of order. */
static void write_by_xapian(const char *path)
{
	struct xap_writer *w;
	struct trawl_error err;
	uint64_t state = 99;

	rig_ok(xap_writer_open(path, XAP_CREATE, true, &w, &err), &err);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned id = 0; id < IDS; id++)
			if (!round || !chance(&state, 5))
				put(w, id, round);
		for (unsigned i = 0; i < 40; i++) {
			enum trawl_status st = xap_writer_delete(
				w, 1 + chance(&state, IDS), &err);

			if (st != TRAWL_NOTFOUND)
				rig_ok(st, &err);
		}
		rig_ok(xap_writer_commit(w, &err), &err);
	}
	xap_writer_free(w);
}

static bool same_as_item(void *ctx, const char *data, size_t len)
{
	const struct glass_item *item = ctx;

	assert_int_equal(len, item->taglen);
	assert_memory_equal(data, item->tag, len);
	return true;
}

/* How many documents have data. */
static unsigned compare_docdata(struct glass_walk *w, struct xap_db *db)
{
	struct glass_item item;
	struct trawl_error err;
	unsigned n = 0;

	for (; glass_walk_next(w, &item); n++) {
		uint32_t docid;

		assert_ptr_equal(glass_get_sort_uint(item.key,
						     item.key + item.keylen,
						     &docid),
				 item.key + item.keylen);
		rig_ok(xap_db_data(db, docid, same_as_item, &item, &err), &err);
	}
	rig_ok(glass_walk_status(w, &err), &err);
	glass_walk_close(w);
	return n;
}

static bool has_bytes(void *ctx, const char *data, size_t len)
{
	(void)data;
	*(unsigned *)ctx += len > 0;
	return true;
}

static unsigned documents_with_data(struct xap_db *db, uint32_t last)
{
	struct trawl_error err;
	unsigned n = 0;

	for (uint32_t id = 1; id <= last; id++) {
		enum trawl_status st = xap_db_data(db, id, has_bytes, &n, &err);

		if (st != TRAWL_NOTFOUND)
			rig_ok(st, &err);
	}
	return n;
}

/* A walk to the end has seen as many items as the version file says. */
static void walk_to_end(const char *path, unsigned table,
			const struct glass_root *root)
{
	struct glass_walk *w;
	struct glass_item item;
	struct trawl_error err;
	uint64_t n = 0;

	rig_ok(glass_walk_open(path, glass_table_names[table], root, &w, &err),
	       &err);
	while (glass_walk_next(w, &item))
		n++;
	rig_ok(glass_walk_status(w, &err), &err);
	assert_int_equal(n, root->entries);
	glass_walk_close(w);
}

static void test_of_xapian(void **unused)
{
	char path[512];
	struct glass_version v;
	struct glass_walk *w;
	struct xap_facts facts;
	struct xap_db *db;
	struct trawl_error err;

	(void)unused;
	write_by_xapian(temp_path(&dir, "db", path));
	rig_ok(glass_version_read(path, &v, &err), &err);
	rig_ok(xap_db_open(path, &db, &err), &err);
	rig_ok(xap_db_facts(db, &facts, &err), &err);
	assert_int_equal(v.documents, facts.documents);
	assert_int_equal(v.last_docid, facts.last_docid);
	assert_int_equal(v.total_length, facts.total_length);
	assert_int_equal(v.revision, facts.revision);
	assert_false(v.root[GLASS_DOCDATA].sequential);
	for (unsigned i = 0; i < GLASS_TABLES; i++)
		walk_to_end(path, i, &v.root[i]);
	rig_ok(glass_walk_open(path, "docdata", &v.root[GLASS_DOCDATA], &w,
			       &err),
	       &err);
	assert_int_equal(compare_docdata(w, db),
			 documents_with_data(db, v.last_docid));
	xap_db_free(db);
}

/* ------------------------------------------------------------- seeking -- */

enum {
	KEYS = 4000,
	FEW_KEYS = 600,
	KEY_LEN = 200
};

/* Keys 0, 2, 4, ...; every 50th tag goes over many leaves. */
static void seek_key(unsigned char key[KEY_LEN], unsigned number)
{
	memset(key, 'x', KEY_LEN);
	for (unsigned i = 1; i <= 6; i++, number /= 10)
		key[KEY_LEN - i] = (unsigned char)('0' + number % 10);
}

static struct glass_root write_keys(unsigned n)
{
	struct glass_table *t = rig_table(dir.path, "seek", true);
	struct glass_deflater *d = glass_deflater_new(6);
	char *tag = calloc(1, 30000);
	struct buf small = BUF_INIT(30000);
	unsigned char key[KEY_LEN];

	assert_non_null(tag);
	assert_true(glass_deflate(d, tag, 3000, &small));
	for (unsigned i = 0; i < n; i++) {
		seek_key(key, 2 * i);
		if (i % 3 == 1)
			assert_true(glass_table_add(t, key, KEY_LEN, small.data,
						    small.len, true));
		else
			assert_true(glass_table_add(t, key, KEY_LEN, tag,
						    i % 50 ? 100 : 30000,
						    false));
	}
	buf_release(&small);
	glass_deflater_free(d);
	free(tag);
	return rig_finish(t);
}

static void test_seek(void **unused)
{
	struct glass_root root = write_keys(KEYS);
	uint64_t state = 4;

	(void)unused;
	assert_true(root.level >= 2);
	for (unsigned round = 0; round < 200; round++) {
		unsigned far = round % 2 ? 300 : 2 * KEYS, at = 0;
		unsigned char key[KEY_LEN];
		struct glass_walk *w;
		struct glass_item item;
		struct trawl_error err;

		rig_ok(glass_walk_open(dir.path, "seek", &root, &w, &err),
		       &err);
		for (;;) {
			/* Backwards it does nothing. */
			unsigned to = at + chance(&state, far);
			unsigned expect = to + to % 2;

			if (!chance(&state, 5) && at) {
				to = chance(&state, at);
				expect = at;
			}
			seek_key(key, to);
			assert_true(glass_walk_seek(w, key, KEY_LEN));
			if (!glass_walk_next(w, &item))
				break;
			assert_true(expect < 2 * KEYS);
			seek_key(key, expect);
			assert_memory_equal(item.key, key, KEY_LEN);
			assert_int_equal(item.taglen, expect / 2 % 3 == 1 ? 3000
						      : expect / 2 % 50
							      ? 100
							      : 30000);
			at = expect + 2;
		}
		rig_ok(glass_walk_status(w, &err), &err);
		glass_walk_close(w);
	}
}

/* -------------------------------------------------------------- damage -- */

enum {
	DAMAGES = SANITIZED ? 500 : 2000
};

/* Whatever comes, the walk ends, and with one of two answers. */
static bool walks(const struct glass_root *root, uint64_t *state)
{
	struct glass_walk *w;
	struct glass_item item;
	struct trawl_error err;
	enum trawl_status st =
		glass_walk_open(dir.path, "seek", root, &w, &err);
	unsigned step = chance(state, 2) ? 2 * FEW_KEYS : 0;
	volatile unsigned char seen;
	unsigned char key[KEY_LEN];

	if (st == TRAWL_OK) {
		for (unsigned i = 0; glass_walk_next(w, &item); i++) {
			for (size_t b = 0; b < item.taglen; b++)
				seen = item.tag[b];
			seek_key(key, i + chance(state, step + 1));
			if (step && !glass_walk_seek(w, key, KEY_LEN))
				break;
		}
		st = glass_walk_status(w, &err);
		glass_walk_close(w);
	}
	(void)seen;
	assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
	assert_true(st == TRAWL_OK || strstr(err.text, "seek.glass"));
	return st == TRAWL_OK;
}

static void test_damage(void **unused)
{
	struct glass_root root = write_keys(FEW_KEYS);
	char path[512];
	int fd = open(temp_path(&dir, "seek.glass", path), O_RDWR);
	off_t size = lseek(fd, 0, SEEK_END);
	uint64_t state = 17;
	unsigned found = 0;
	struct damage d;

	(void)unused;
	assert_true(size > 0);
	for (unsigned i = 0; i < DAMAGES; i++) {
		do_damage(&d, fd, size, &state);
		found += !walks(&root, &state);
		undo_damage(&d, fd);
	}
	assert_true(found > DAMAGES / 4);
	assert_true(walks(&root, &state));
	for (; size > 0; size -= 1 + chance(&state, 3 * GLASS_BLOCK)) {
		assert_int_equal(ftruncate(fd, size), 0);
		walks(&root, &state);
	}
	close(fd);
}

/* What is changed in a block. */
enum where {
	HEADER,
	ENTRY, /* of the directory, for an item */
	ITEM
};

struct fault {
	enum where where;
	unsigned item, at, len;
	const char *bytes, *text;
};

static void do_fault(const struct fault *f, int fd, uint32_t number)
{
	unsigned char block[GLASS_BLOCK];
	off_t start = (off_t)number * GLASS_BLOCK;
	unsigned entry = 11 + 2 * f->item, at = f->at;

	assert_int_equal(pread(fd, block, GLASS_BLOCK, start), GLASS_BLOCK);
	if (f->where == ENTRY)
		at += entry;
	if (f->where == ITEM)
		at += block[entry] * 256u + block[entry + 1];
	assert_int_equal(pwrite(fd, f->bytes, f->len, start + at), f->len);
}

static void expect_corrupt(const char *name, const struct glass_root *root,
			   const char *text)
{
	struct glass_walk *w;
	struct glass_item item;
	struct trawl_error err;

	rig_ok(glass_walk_open(dir.path, name, root, &w, &err), &err);
	while (glass_walk_next(w, &item))
		;
	assert_int_equal(glass_walk_status(w, &err), TRAWL_CORRUPT);
	if (!strstr(err.text, text))
		fail_msg("not \"%s\": %s", text, err.text);
	glass_walk_close(w);
}

/* Each of them, and the block as it was after it. */
static void check_faults(const char *name, const struct glass_root *root,
			 const struct fault *fault, size_t n)
{
	unsigned char before[GLASS_BLOCK];
	char path[512];
	off_t start = (off_t)root->root * GLASS_BLOCK;
	int fd;

	snprintf(path, sizeof(path), "%s/%s.glass", dir.path, name);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, before, GLASS_BLOCK, start), GLASS_BLOCK);
	for (size_t i = 0; i < n; i++) {
		do_fault(&fault[i], fd, root->root);
		expect_corrupt(name, root, fault[i].text);
		assert_int_equal(pwrite(fd, before, GLASS_BLOCK, start),
				 GLASS_BLOCK);
	}
	close(fd);
}

/* Items: 0 the null item, 1 "a", 2 "b", 3 and 4 "c", of two components. */
static void test_leaf_faults(void **unused)
{
	static const struct fault faults[] = {
		{ HEADER, 0, 4, 1, "\1", "level" },
		{ HEADER, 0, 9, 2, "\0\12", "directory" },
		{ HEADER, 0, 9, 2, "\0\13", "directory" },
		{ HEADER, 0, 9, 2, "\0\24", "directory" },
		{ HEADER, 0, 9, 2, "\x20\1", "directory" },
		{ HEADER, 0, 9, 2, "\0\17", "items" },
		{ ENTRY, 1, 0, 2, "\0\13", "outside" },
		{ ENTRY, 1, 0, 2, "\x20\0", "outside" },
		{ ENTRY, 1, 0, 2, "\x1F\xFE", "cut" },
		{ ENTRY, 0, 0, 2, "\x1F\xF5", "first item" },
		{ ENTRY, 2, 0, 2, "\x1F\xF5", "order" },
		{ ENTRY, 2, 0, 2, "\x1F\xFD", "order" },
		{ ITEM, 1, 0, 2, "\x60\x0C", "size" },
		{ ITEM, 1, 0, 2, "\x7F\xFF", "size" },
		{ ITEM, 1, 2, 1, "\6", "size" },
		{ ITEM, 1, 2, 1, "\xFF", "size" },
		{ ITEM, 1, 0, 1, "\xE0", "inflate" },
		{ ITEM, 2, 0, 1, "\x40", "beginning" },
		{ ITEM, 2, 0, 1, "\x20", "gap" },
		{ ITEM, 3, 0, 1, "\x67", "beginning" },
		{ ITEM, 4, 0, 1, "\x03", "end" },
		{ ITEM, 4, 3, 1, "d", "gap" },
		{ ITEM, 4, 5, 1, "\3", "gap" },
		{ ITEM, 4, 5, 1, "\1", "gap" },
	};
	struct glass_table *t = rig_table(dir.path, "leaf", true);
	struct glass_root root;
	char tag[3000] = "";

	(void)unused;
	assert_true(glass_table_add(t, "a", 1, "aaaa", 4, false));
	assert_true(glass_table_add(t, "b", 1, "bbbb", 4, false));
	assert_true(glass_table_add(t, "c", 1, tag, sizeof(tag), false));
	root = rig_finish(t);
	assert_int_equal(root.level, 0);
	check_faults("leaf", &root, faults, COUNT(faults));
}

static void test_branch_faults(void **unused)
{
	static const struct fault faults[] = {
		{ HEADER, 0, 3, 1, "\0", "newer" },
		{ HEADER, 0, 4, 1, "\1", "level" },
		{ ENTRY, 1, 0, 2, "\0\13", "outside" },
		{ ENTRY, 1, 0, 2, "\x1F\xFC", "cut" },
		{ ITEM, 1, 4, 1, "\xFF", "cut" },
		{ ITEM, 1, 0, 4, "\xFF\xFF\xFF\xFF", "there is none" },
		{ ITEM, 1, 0, 4, "\0\0\0\0", "level" },
	};
	struct glass_root root = write_keys(FEW_KEYS);

	(void)unused;
	assert_int_equal(root.level, 2);
	check_faults("seek", &root, faults, COUNT(faults));
}

/* A leaf that is there twice. */
static void test_twice(void **unused)
{
	const struct fault fault = { ITEM, 3, 0, 4, "\0\0\0\2", "order" };
	struct glass_table *t = rig_table(dir.path, "twice", true);
	struct glass_root root;
	char tag[1500] = "";

	(void)unused;
	for (unsigned char key = 'a'; key <= 'z'; key++)
		assert_true(
			glass_table_add(t, &key, 1, tag, sizeof(tag), false));
	root = rig_finish(t);
	assert_int_equal(root.level, 1);
	check_faults("twice", &root, &fault, 1);
}

static void test_root(void **unused)
{
	struct glass_root root = write_keys(FEW_KEYS);
	const struct {
		struct glass_root root;
		const char *text;
	} cases[] = {
		{ { .there = true, .block_size = 8192, .blocks = 0 }, "root" },
		{ { .there = true, .block_size = 0, .blocks = 9 }, "root" },
		{ { .there = true, .block_size = 8191, .blocks = 9 }, "root" },
		{ { .there = true,
		    .block_size = 8192,
		    .blocks = 9,
		    .level = 10 },
		  "root" },
		{ { .there = true, .block_size = 8192, .blocks = 9, .root = 9 },
		  "root" },
		{ { .there = true,
		    .block_size = 8192,
		    .blocks = root.blocks,
		    .root = root.root,
		    .level = root.level - 1 },
		  "level" },
		{ { .there = true,
		    .block_size = 8192,
		    .blocks = root.blocks,
		    .root = root.root,
		    .level = root.level,
		    .entries = root.entries + 1 },
		  "items" },
		{ { .there = true,
		    .block_size = 4096,
		    .blocks = root.blocks,
		    .root = root.root,
		    .level = root.level },
		  "block" },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct glass_walk *w;
		struct glass_item item;
		struct trawl_error err;
		enum trawl_status st = glass_walk_open(
			dir.path, "seek", &cases[i].root, &w, &err);

		if (st == TRAWL_OK) {
			while (glass_walk_next(w, &item))
				;
			st = glass_walk_status(w, &err);
			glass_walk_close(w);
		}
		assert_int_equal(st, TRAWL_CORRUPT);
		assert_non_null(strstr(err.text, cases[i].text));
	}
}

static void test_no_file(void **unused)
{
	struct glass_root root = { .there = true,
				   .block_size = 8192,
				   .blocks = 1 };
	struct glass_walk *w;
	struct trawl_error err;

	(void)unused;
	assert_int_equal(glass_walk_open(dir.path, "none", &root, &w, &err),
			 TRAWL_CORRUPT);
	assert_non_null(strstr(err.text, "none.glass"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort_uint),
		cmocka_unit_test(test_sort_str),
		TEST(test_of_xapian),
		TEST(test_seek),
		TEST(test_damage),
		TEST(test_leaf_faults),
		TEST(test_branch_faults),
		TEST(test_twice),
		TEST(test_root),
		TEST(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
