/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables: what is written is a B-tree as Xapian checks it, and is read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "glass_deflate.h"
#include "glass_walk.h"
#include "temp_dir.h"
#include "glass_rig.h"
#include "xap.h"

#include <fcntl.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	ITEMS_MAX = 10000,
	TAG_MAX = 100000,
	BLOCK_MAX = 1 << 16, /* of a table of a test */
	ITEM_MAX = 2043
};

/* -------------------------------------------------------------- items -- */

struct item {
	unsigned char key[GLASS_KEY_MAX];
	size_t keylen, taglen;
	unsigned seed; /* of the tag's bytes */
	bool deflated; /* tried */
};

struct items {
	struct item item[ITEMS_MAX];
	size_t n;
};

/* Digits; one in three is a long run of the same. */
static void fill(unsigned char *tag, const struct item *item)
{
	uint64_t state = item->seed * 2 + 1;
	unsigned char c = '0';

	for (size_t i = 0; i < item->taglen; i++) {
		if (item->seed % 3 || !chance(&state, 200))
			c = (unsigned char)('0' + chance(&state, 10));
		tag[i] = c;
	}
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	size_t n = x->keylen < y->keylen ? x->keylen : y->keylen;
	int c = memcmp(x->key, y->key, n);

	return c ? c : (x->keylen > y->keylen) - (x->keylen < y->keylen);
}

/* Half of the keys begin as the one before. */
static void draw_key(struct item *item, const struct item *before,
		     uint64_t *state)
{
	static const unsigned char bytes[] = { 0, 1, 'a', 'b', 0xFE, 0xFF };
	size_t max = chance(state, 4) ? 12 : GLASS_KEY_MAX, shared = 0;

	item->keylen = 1 + chance(state, (uint32_t)max);
	if (before && chance(state, 2))
		shared = chance(state, (uint32_t)before->keylen + 1);
	if (shared > item->keylen)
		shared = item->keylen;
	for (size_t i = 0; i < item->keylen; i++)
		item->key[i] = i < shared ? before->key[i]
					  : bytes[chance(state, sizeof(bytes))];
}

/* Small ones, ones about the largest item's size, some of many components. */
static size_t draw_taglen(size_t keylen, uint64_t *state)
{
	switch (chance(state, 16)) {
	case 0:
		return 0;
	case 1:
		return ITEM_MAX - 3 - keylen - 4 + chance(state, 8);
	case 2:
		return 2 * ITEM_MAX - 2 * keylen - 16 + chance(state, 24);
	case 3:
		return chance(state, chance(state, 8) ? 5000 : TAG_MAX);
	default:
		return 1 + chance(state, 60);
	}
}

static void sort_items(struct items *items)
{
	size_t n = 0;

	qsort(items->item, items->n, sizeof(*items->item), compare_items);
	for (size_t i = 0; i < items->n; i++)
		if (!n || compare_items(&items->item[n - 1], &items->item[i]))
			items->item[n++] = items->item[i];
	items->n = n;
}

static void draw_items(struct items *items, size_t n, uint64_t *state)
{
	items->n = n;
	for (size_t i = 0; i < n; i++) {
		struct item *item = &items->item[i];

		draw_key(item, i ? item - 1 : NULL, state);
		item->taglen = draw_taglen(item->keylen, state);
		item->seed = chance(state, 1000);
		item->deflated = !chance(state, 3);
	}
	sort_items(items);
}

/* Items begin .. end - 1. */
static void add_items(struct glass_table *t, const struct items *items,
		      size_t begin, size_t end)
{
	struct glass_deflater *d = glass_deflater_new(1);
	struct buf small = BUF_INIT(TAG_MAX);
	unsigned char *tag = malloc(TAG_MAX);

	assert_non_null(tag);
	for (size_t i = begin; i < end; i++) {
		const struct item *item = &items->item[i];

		fill(tag, item);

		bool deflated = item->deflated &&
				glass_deflate(d, tag, item->taglen, &small);

		assert_true(glass_table_add(t, item->key, item->keylen,
					    deflated ? (void *)small.data : tag,
					    deflated ? small.len : item->taglen,
					    deflated));
	}
	buf_release(&small);
	glass_deflater_free(d);
	free(tag);
}

static struct glass_root write_items(const char *dir, const char *name,
				     const struct items *items)
{
	struct glass_table *t = rig_table(dir, name, true);

	add_items(t, items, 0, items->n);
	return rig_finish(t);
}

/* Those from number last on come first. */
static struct glass_root write_last_first(const char *dir, const char *name,
					  const struct items *items,
					  size_t last)
{
	struct glass_table *t = rig_table(dir, name, true);

	assert_true(glass_table_last_first(t));
	add_items(t, items, last, items->n);
	assert_true(glass_table_turn(t));
	add_items(t, items, 0, last);
	return rig_finish(t);
}

static void check_walk(const char *dir, const char *name,
		       const struct glass_root *root, const struct items *items)
{
	struct trawl_error err;
	struct glass_walk *w;
	struct glass_item got;
	unsigned char *tag = malloc(TAG_MAX);
	size_t i = 0;

	assert_non_null(tag);
	rig_ok(glass_walk_open(dir, name, root, &w, &err), &err);
	for (; glass_walk_next(w, &got); i++) {
		const struct item *item = &items->item[i];

		assert_true(i < items->n);
		assert_int_equal(got.keylen, item->keylen);
		assert_memory_equal(got.key, item->key, item->keylen);
		assert_int_equal(got.taglen, item->taglen);
		fill(tag, item);
		if (item->taglen)
			assert_memory_equal(got.tag, tag, item->taglen);
	}
	rig_ok(glass_walk_status(w, &err), &err);
	assert_int_equal(i, items->n);
	glass_walk_close(w);
	free(tag);
}

/* ------------------------------------------------------------ the tree -- */

struct tree {
	unsigned char *bytes;
	size_t size;
	bool used[BLOCK_MAX];
	bool in_order; /* leaves stand in that of their keys */
	uint32_t next_leaf;
	uint64_t entries;
};

/* A key with the number of its component; len -1: below or above all. */
struct bound {
	const unsigned char *key;
	int len;
	unsigned number;
};

static unsigned two(const unsigned char *at)
{
	return at[0] * 256u + at[1];
}

static int compare_bounds(struct bound a, struct bound b)
{
	int n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.key, b.key, (size_t)n) : 0;

	if (!c)
		c = a.len - b.len;
	return c ? c : (int)a.number - (int)b.number;
}

static struct bound leaf_bound(const unsigned char *at, size_t *size)
{
	bool first = two(at) & 0x2000;

	*size = (two(at) & 0x1FFF) + 3;
	assert_true(*size <= ITEM_MAX);
	return (struct bound){ at + 3, at[2], first ? 1 : two(at + 3 + at[2]) };
}

static struct bound branch_bound(const unsigned char *at, size_t *size)
{
	*size = 7u + at[4];
	return (struct bound){ at + 5, at[4], two(at + 5 + at[4]) };
}

static void check_header(const unsigned char *b, unsigned level, size_t items)
{
	unsigned dir_end = two(b + 9);

	assert_int_equal(two(b) * 65536u + two(b + 2), 1);
	assert_int_equal(b[4], level);
	assert_int_equal(two(b + 5), two(b + 7));
	assert_int_equal(two(b + 7), GLASS_BLOCK - dir_end - items);
	for (unsigned i = dir_end; i < dir_end + two(b + 5); i++)
		assert_int_equal(b[i], 0);
}

/* All items of the block lie within low (included) and high. */
static void check_block(struct tree *t, uint32_t number, unsigned level,
			struct bound low, struct bound high)
{
	const unsigned char *b = t->bytes + (size_t)number * GLASS_BLOCK;
	unsigned dir_end = two(b + 9);
	struct bound last = low;
	size_t items = 0, size;

	assert_true((number + 1ul) * GLASS_BLOCK <= t->size);
	assert_false(t->used[number]);
	t->used[number] = true;
	if (!level) {
		assert_true(!t->in_order || number >= t->next_leaf);
		t->next_leaf = number + 1;
		if (!t->entries)
			assert_memory_equal(b + GLASS_BLOCK - 3, "\x60\0\0", 3);
	}
	assert_true(dir_end > 11 && dir_end % 2 && dir_end <= GLASS_BLOCK);
	for (unsigned at = 11; at < dir_end; at += 2) {
		const unsigned char *item = b + two(b + at);
		struct bound here = level ? branch_bound(item, &size)
					  : leaf_bound(item, &size);
		bool first = at == 11;

		items += size;
		if (level && first) {
			assert_int_equal(here.len + (int)here.number, 0);
			here = low;
		} else {
			int c = compare_bounds(last, here);

			assert_true(first ? c <= 0 : c < 0);
		}
		if (high.len >= 0)
			assert_true(compare_bounds(here, high) < 0);
		last = here;
		t->entries += !level && item[0] & 0x20;
	}
	check_header(b, level, items);
}

static void check_below(struct tree *t, uint32_t number, unsigned level,
			struct bound low, struct bound high)
{
	const unsigned char *b = t->bytes + (size_t)number * GLASS_BLOCK;
	unsigned dir_end = two(b + 9);
	size_t size;

	check_block(t, number, level, low, high);
	for (unsigned at = 11; level && at < dir_end; at += 2) {
		const unsigned char *item = b + two(b + at);
		struct bound from = branch_bound(item, &size), to = high;

		if (at == 11)
			from = low;
		if (at + 2 < dir_end)
			to = branch_bound(b + two(b + at + 2), &size);
		check_below(t, two(item) * 65536u + two(item + 2), level - 1,
			    from, to);
	}
}

static void load(struct tree *t, const char *dir, const char *name)
{
	char path[512];
	int fd;
	off_t size;

	snprintf(path, sizeof(path), "%s/%s.glass", dir, name);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	size = lseek(fd, 0, SEEK_END);
	assert_true(size > 0 && size % GLASS_BLOCK == 0);
	assert_true(size / GLASS_BLOCK <= BLOCK_MAX);
	t->size = (size_t)size;
	t->bytes = malloc(t->size);
	assert_non_null(t->bytes);
	assert_int_equal(pread(fd, t->bytes, t->size, 0), size);
	close(fd);
}

static void check_tree(const char *dir, const char *name,
		       const struct glass_root *root, size_t entries)
{
	struct tree *t = calloc(1, sizeof(*t));
	struct bound low = { (const unsigned char *)"", 0, 0 };
	struct bound high = { .len = -1 };

	assert_non_null(t);
	load(t, dir, name);
	assert_true(root->there);
	t->in_order = root->sequential;
	assert_int_equal(root->block_size, GLASS_BLOCK);
	assert_int_equal(root->blocks, t->size / GLASS_BLOCK);
	assert_int_equal(root->root, root->blocks - 1);
	check_below(t, root->root, root->level, low, high);
	for (uint32_t i = 0; i < root->blocks; i++)
		assert_true(t->used[i]);
	assert_int_equal(root->entries, entries);
	assert_int_equal(t->entries, entries + 1);
	free(t->bytes);
	free(t);
}

/* --------------------------------------------------------------- tests -- */

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

static void check_items(const char *name, const struct items *items,
			struct glass_root *root)
{
	*root = write_items(dir.path, name, items);
	check_tree(dir.path, name, root, items->n);
	check_walk(dir.path, name, root, items);
}

static void test_random(void **unused)
{
	static const unsigned sizes[] = { 0, 1, 2, 3, 7, 20, 60, 200, 900 };
	struct items *items = malloc(sizeof(*items));
	uint64_t state = 20240607;
	struct glass_root root;
	char name[32];

	(void)unused;
	assert_non_null(items);
	for (unsigned i = 0; i < 8 * COUNT(sizes); i++) {
		draw_items(items, sizes[i % COUNT(sizes)], &state);
		snprintf(name, sizeof(name), "t%u", i);
		check_items(name, items, &root);
	}
	free(items);
}

/* Separators of 250 bytes and more: a high tree. */
static void fill_high(struct items *items)
{
	for (items->n = 0; items->n < 6000; items->n++) {
		struct item *item = &items->item[items->n];

		memset(item->key, 'k', 250);
		for (unsigned i = 0, v = (unsigned)items->n; i < 4;
		     i++, v /= 10)
			item->key[249 - i] = (unsigned char)('0' + v % 10);
		item->keylen = items->n % 7 ? 250 : 255;
		item->taglen = items->n % 500 ? 1790 : 20000;
		item->seed = (unsigned)items->n;
	}
}

static void test_high(void **unused)
{
	struct items *items = calloc(1, sizeof(*items));
	struct glass_root root;

	(void)unused;
	assert_non_null(items);
	fill_high(items);
	check_items("high", items, &root);
	assert_int_equal(root.level, 3);
	free(items);
}

/* The tables of the same items, whichever of them come first. */
static void check_last_first(const char *name, const struct items *items,
			     size_t last)
{
	struct glass_root root = write_last_first(dir.path, name, items, last);

	check_tree(dir.path, name, &root, items->n);
	assert_int_equal(root.sequential, last == items->n);
	check_walk(dir.path, name, &root, items);
}

static void test_last_first(void **unused)
{
	static const unsigned sizes[] = { 0, 1, 2, 3, 7, 20, 60, 200, 900 };
	struct items *items = malloc(sizeof(*items));
	uint64_t state = 20261123;
	char name[32];

	(void)unused;
	assert_non_null(items);
	for (unsigned i = 0; i < 8 * COUNT(sizes); i++) {
		draw_items(items, sizes[i % COUNT(sizes)], &state);
		snprintf(name, sizeof(name), "last%u", i);
		check_last_first(name, items,
				 chance(&state, (unsigned)items->n + 1));
	}
	fill_high(items);
	check_last_first("high", items, 17);
	check_last_first("higher", items, 5800);
	free(items);
}

/* A leaf that is full to the last byte, or short of one. */
static void test_full_leaf(void **unused)
{
	struct items *items = calloc(1, sizeof(*items));
	struct glass_root root;
	char name[32];

	(void)unused;
	assert_non_null(items);
	items->n = 6;
	for (size_t i = 0; i < items->n; i++)
		items->item[i] =
			(struct item){ .key = { (unsigned char)('a' + i) },
				       .keylen = 1 };
	for (size_t last = 1900; last < 2040; last++) {
		for (size_t i = 0; i < items->n; i++)
			items->item[i].taglen = i < 3 ? 2039 : last;
		snprintf(name, sizeof(name), "full%zu", last);
		check_items(name, items, &root);
		assert_int_equal(root.level, 1);
	}
	free(items);
}

static void test_empty(void **unused)
{
	struct glass_root root;
	struct trawl_error err;
	struct glass_walk *w;
	struct glass_item item;
	char path[512];

	(void)unused;
	root = rig_finish(rig_table(dir.path, "none", false));
	assert_false(root.there);
	assert_int_equal(access(temp_path(&dir, "none.glass", path), F_OK), -1);
	rig_ok(glass_walk_open(dir.path, "none", &root, &w, &err), &err);
	assert_false(glass_walk_next(w, &item));
	assert_true(glass_walk_seek(w, "a", 1));
	rig_ok(glass_walk_status(w, &err), &err);
	glass_walk_close(w);

	root = rig_finish(rig_table(dir.path, "one", true));
	check_tree(dir.path, "one", &root, 0);
	assert_int_equal(root.level, 0);
	assert_int_equal(root.blocks, 1);
}

/* What was wrong is told at the end, and nothing is taken any more. */
static void expect_failure(struct glass_table *t, enum trawl_status st,
			   const char *text)
{
	struct glass_root root;
	struct trawl_error err;

	assert_true(glass_table_failed(t));
	assert_false(glass_table_add(t, "z", 1, "", 0, false));
	assert_int_equal(glass_table_finish(t, true, &root, &err), st);
	assert_false(root.there);
	assert_non_null(strstr(err.text, text));
	glass_table_free(t);
}

static void test_order(void **unused)
{
	static const struct {
		const char *a, *b;
		size_t na, nb;
	} cases[] = {
		{ "b", "a", 1, 1 },    { "a", "a", 1, 1 },
		{ "ab", "a", 2, 1 },   { "a\0", "a", 2, 1 },
		{ "\xFF", "a", 1, 1 }, { "a", "", 1, 0 },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char name[32];

		snprintf(name, sizeof(name), "order%zu", i);

		struct glass_table *t = rig_table(dir.path, name, false);

		assert_true(glass_table_add(t, cases[i].a, cases[i].na, "x", 1,
					    false));
		assert_false(glass_table_failed(t));
		assert_false(glass_table_add(t, cases[i].b, cases[i].nb, "x", 1,
					     false));
		expect_failure(t, TRAWL_INTERNAL, "order");
	}
}

/* What comes after the turn must be below what came before it. */
static void test_order_of_last(void **unused)
{
	struct glass_table *t = rig_table(dir.path, "last", false);
	struct glass_root root;
	struct trawl_error err;

	(void)unused;
	assert_true(glass_table_last_first(t));
	assert_true(glass_table_add(t, "m", 1, "x", 1, false));
	assert_true(glass_table_turn(t));
	assert_true(glass_table_add(t, "n", 1, "x", 1, false));
	assert_int_equal(glass_table_finish(t, true, &root, &err),
			 TRAWL_INTERNAL);
	assert_non_null(strstr(err.text, "order"));
	glass_table_free(t);
}

static void test_too_long(void **unused)
{
	struct glass_table *t = rig_table(dir.path, "key", false);
	size_t most = 2 + 65535ul * (ITEM_MAX - 6);
	char *tag = calloc(1, most + 1), key[256] = "k";

	(void)unused;
	assert_non_null(tag);
	assert_false(glass_table_add(t, key, sizeof(key), "", 0, false));
	expect_failure(t, TRAWL_INTERNAL, "255 bytes");
	t = rig_table(dir.path, "tag", false);
	/* So that the first component has nothing to fill. */
	for (unsigned char i = 'a'; i < 'd'; i++)
		assert_true(glass_table_add(t, &i, 1, tag, 2039, false));
	assert_true(glass_table_add(t, "e", 1, tag, 2016, false));
	assert_false(glass_table_add(t, "k", 1, tag, most + 1, false));
	expect_failure(t, TRAWL_INTERNAL, "65,535");
	free(tag);
}

static void test_cannot_create(void **unused)
{
	struct glass_table *t = rig_table(dir.path, "there", true);
	char path[512];

	(void)unused;
	write_file(temp_path(&dir, "there.glass", path), "mine");
	assert_false(glass_table_add(t, "a", 1, "", 0, false));
	expect_failure(t, TRAWL_IO, "File exists");
}

/* ------------------------------------------------------- read by Xapian -- */

enum {
	DOCUMENTS = 700
};

static bool same_data(void *ctx, const char *data, size_t len)
{
	const struct rig_tag *tag = ctx;

	assert_int_equal(len, tag->len);
	assert_true(!len || !memcmp(data, tag->bytes, len));
	return true;
}

static bool show_line(void *ctx, const char *line, size_t len)
{
	(void)ctx;
	print_message("%.*s\n", (int)len, line);
	return true;
}

/* The tool itself, where it is. */
static void check_by_tool(const char *path)
{
	char command[600], line[256];
	FILE *f;

	if (system("command -v xapian-check >/dev/null")) {
		print_message("SKIP: there is no xapian-check\n");
		return;
	}
	snprintf(command, sizeof(command), "xapian-check %s", path);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "rror") && !strstr(line, "No errors"))
			fail_msg("%s", line);
	assert_int_equal(pclose(f), 0);
}

static void test_database(void **unused)
{
	static const char text[] = "The climate summit ended with a tax. ";
	struct rig_tag tags[DOCUMENTS];
	uint64_t state = 7, faults;
	struct trawl_error err;
	struct xap_facts facts;
	struct xap_db *db;
	char *bytes = malloc(TAG_MAX);

	(void)unused;
	assert_non_null(bytes);
	for (size_t i = 0; i < TAG_MAX; i++)
		bytes[i] = text[(i + chance(&state, 2)) % (sizeof(text) - 1)];
	for (size_t i = 0; i < DOCUMENTS; i++)
		tags[i] = (struct rig_tag){ .bytes = bytes,
					    .len = draw_taglen(2, &state) };
	rig_database(dir.path, tags, DOCUMENTS);
	rig_ok(xap_check(dir.path, show_line, NULL, &faults, &err), &err);
	assert_int_equal(faults, 0);
	check_by_tool(dir.path);
	rig_ok(xap_db_open(dir.path, &db, &err), &err);
	rig_ok(xap_db_facts(db, &facts, &err), &err);
	assert_int_equal(facts.documents, DOCUMENTS);
	for (uint32_t i = 0; i < DOCUMENTS; i++)
		rig_ok(xap_db_data(db, i + 1, same_data, &tags[i], &err), &err);
	xap_db_free(db);
	free(bytes);
}

/* An empty one is what every index begins as: it can be written to. */
static void test_empty_database(void **unused)
{
	struct xap_writer *w;
	struct xap_posting id = { .term = { "Q1", 2 } };
	struct xap_document doc = { .data = { "text", 4 },
				    .postings = &id,
				    .npostings = 1 };
	struct rig_tag tag = { .bytes = "text", .len = 4 };
	struct trawl_error err;
	uint64_t faults;
	uint32_t docid;

	(void)unused;
	rig_database(dir.path, NULL, 0);
	rig_ok(xap_writer_open(dir.path, XAP_OPEN, true, &w, &err), &err);
	rig_ok(xap_writer_put(w, "Q1", 2, &doc, &docid, &err), &err);
	rig_ok(xap_writer_commit(w, &err), &err);
	rig_ok(xap_db_data(xap_writer_db(w), docid, same_data, &tag, &err),
	       &err);
	xap_writer_free(w);
	rig_ok(xap_check(dir.path, show_line, NULL, &faults, &err), &err);
	assert_int_equal(faults, 0);
	check_by_tool(dir.path);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_random),	   TEST(test_high),
		TEST(test_full_leaf),	   TEST(test_empty),
		TEST(test_order),	   TEST(test_too_long),
		TEST(test_last_first),	   TEST(test_order_of_last),
		TEST(test_cannot_create),  TEST(test_database),
		TEST(test_empty_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
