/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iamglass: what is written is read, what is not so is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "glass_version.h"
#include "temp_dir.h"
#include "glass_rig.h"
#include "xap.h"

#include <fcntl.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	FILE_MAX = 256
};

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

static struct glass_version example(void)
{
	struct glass_version v = {
		.revision = 3,
		.documents = 1000,
		.last_docid = 70000,
		.length_min = 2,
		.length_max = 123456,
		.wdf_max = 999,
		.spelling_max = 17,
		.total_length = UINT64_C(5000000000),
	};

	glass_uuid_draw(v.uuid);
	for (unsigned i = 0; i < GLASS_TABLES; i++)
		v.root[i] = (struct glass_root){
			.there = i % 3 != 2,
			.sequential = i % 2 || i % 3 == 2,
			.level = i % 3 == 2 ? 0 : i,
			.root = i % 3 == 2 ? 0 : 70000 * i,
			.blocks = i % 3 == 2 ? 0 : 70000 * i + 1,
			.entries = i % 3 == 2 ? 0 : UINT64_C(6000000000) * i,
			.compress_min = glass_compress_min[i],
			.block_size = i == 1 ? 65536 : GLASS_BLOCK,
			.revision = i % 3 == 2 ? 0 : 1,
		};
	return v;
}

static void write_version(const struct glass_version *v)
{
	struct trawl_error err;

	rig_ok(glass_version_write(dir.path, v, false, &err), &err);
}

static size_t read_bytes(unsigned char bytes[FILE_MAX + 1])
{
	char path[512];
	FILE *f = fopen(temp_path(&dir, "iamglass", path), "r");
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, FILE_MAX + 1, f);
	fclose(f);
	return n;
}

static enum trawl_status read_of(const unsigned char *bytes, size_t n,
				 struct glass_version *v)
{
	char path[512];
	struct trawl_error err;
	enum trawl_status st;
	FILE *f;

	/* A file cut to nothing is waited for when it is closed. */
	remove(temp_path(&dir, "iamglass", path));
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
	st = glass_version_read(dir.path, v, &err);
	assert_true(st == TRAWL_OK || strstr(err.text, "iamglass"));
	return st;
}

static void same_root(const struct glass_root *a, const struct glass_root *b)
{
	assert_int_equal(a->there, b->there);
	assert_int_equal(a->sequential, b->sequential);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->root, b->root);
	assert_int_equal(a->blocks, b->blocks);
	assert_int_equal(a->entries, b->entries);
	assert_int_equal(a->compress_min, b->compress_min);
	assert_int_equal(a->block_size, b->block_size);
	assert_int_equal(a->revision, b->revision);
}

static void test_round(void **unused)
{
	struct glass_version v = example(), got;
	struct trawl_error err;

	(void)unused;
	write_version(&v);
	rig_ok(glass_version_read(dir.path, &got, &err), &err);
	assert_memory_equal(got.uuid, v.uuid, sizeof(v.uuid));
	assert_int_equal(got.revision, v.revision);
	assert_int_equal(got.documents, v.documents);
	assert_int_equal(got.last_docid, v.last_docid);
	assert_int_equal(got.length_min, v.length_min);
	assert_int_equal(got.length_max, v.length_max);
	assert_int_equal(got.wdf_max, v.wdf_max);
	assert_int_equal(got.spelling_max, v.spelling_max);
	assert_int_equal(got.total_length, v.total_length);
	for (unsigned i = 0; i < GLASS_TABLES; i++)
		same_root(&got.root[i], &v.root[i]);
}

/* Nothing is left aside; what was there is replaced. */
static void test_replaces(void **unused)
{
	struct glass_version v = example(), got;
	struct trawl_error err;
	char path[512];

	(void)unused;
	write_version(&v);
	v.revision = 4;
	rig_ok(glass_version_write(dir.path, &v, true, &err), &err);
	rig_ok(glass_version_read(dir.path, &got, &err), &err);
	assert_int_equal(got.revision, 4);
	assert_int_equal(access(temp_path(&dir, "iamglass.tmp", path), F_OK),
			 -1);
}

static void test_uuid(void **unused)
{
	unsigned char a[16], b[16];

	(void)unused;
	glass_uuid_draw(a);
	glass_uuid_draw(b);
	assert_int_equal(a[6] >> 4, 4);
	assert_int_equal(a[8] >> 6, 2);
	assert_memory_not_equal(a, b, 16);
	assert_memory_not_equal(a, a + 8, 8);
}

static void test_no_sense(void **unused)
{
	struct glass_version v[4];
	struct trawl_error err;

	(void)unused;
	for (size_t i = 0; i < COUNT(v); i++)
		v[i] = example();
	v[0].revision = 0;
	v[1].documents = v[1].last_docid + 1;
	v[2].wdf_max = v[2].length_max + 1;
	/* All as long as can be: more than Xapian reads. */
	for (unsigned i = 0; i < GLASS_TABLES; i++)
		v[3].root[i] = (struct glass_root){
			.there = true,
			.block_size = GLASS_BLOCK,
			.entries = UINT64_MAX,
			.root = UINT32_MAX - 1,
			.blocks = UINT32_MAX,
			.compress_min = UINT32_MAX,
			.revision = UINT32_MAX,
		};
	for (size_t i = 0; i < COUNT(v); i++)
		assert_int_equal(
			glass_version_write(dir.path, &v[i], false, &err),
			TRAWL_INTERNAL);
	assert_int_equal(glass_version_read(dir.path, &v[0], &err),
			 TRAWL_NOTFOUND);
}

/* Cut anywhere, or with something behind it, it is none. */
static void test_cut(void **unused)
{
	struct glass_version v = example();
	unsigned char bytes[FILE_MAX + 1] = "";
	size_t n;

	(void)unused;
	write_version(&v);
	n = read_bytes(bytes);
	assert_int_equal(read_of(bytes, n, &v), TRAWL_OK);
	assert_int_equal(read_of(bytes, n + 1, &v), TRAWL_CORRUPT);
	assert_int_equal(read_of(bytes, FILE_MAX + 1, &v), TRAWL_CORRUPT);
	/* The statistics (18 bytes) may be left out as a whole. */
	for (size_t cut = 0; cut < n; cut++)
		if (cut != n - 18)
			assert_int_equal(read_of(bytes, cut, &v),
					 TRAWL_CORRUPT);
	assert_int_equal(read_of(bytes, n - 18, &v), TRAWL_OK);
	assert_int_equal(v.documents, 0);
}

static void test_flips(void **unused)
{
	struct glass_version v = example();
	unsigned char bytes[FILE_MAX + 1], flipped[FILE_MAX + 1];
	uint64_t state = 3;
	unsigned found = 0;
	size_t n;

	(void)unused;
	write_version(&v);
	n = read_bytes(bytes);
	for (unsigned i = 0; i < 2000; i++) {
		enum trawl_status st;

		memcpy(flipped, bytes, n);
		for (unsigned j = chance(&state, 3) + 1; j; j--)
			flipped[chance(&state, (uint32_t)n)] =
				(unsigned char)chance(&state, 256);
		st = read_of(flipped, n, &v);
		assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
		found += st == TRAWL_CORRUPT;
		for (unsigned t = 0; st == TRAWL_OK && t < GLASS_TABLES; t++)
			assert_true(v.root[t].level < GLASS_LEVELS_MAX &&
				    v.root[t].block_size >= 2048);
	}
	assert_true(found > 200);
}

/* Each byte of what says the format is looked at. */
static void test_magic(void **unused)
{
	struct glass_version v = example();
	unsigned char bytes[FILE_MAX + 1];
	size_t n;

	(void)unused;
	write_version(&v);
	n = read_bytes(bytes);
	for (unsigned i = 0; i < 16; i++) {
		bytes[i] ^= 1;
		assert_int_equal(read_of(bytes, n, &v), TRAWL_CORRUPT);
		bytes[i] ^= 1;
	}
}

/* Xapian's own, of a database that is empty. */
static void test_of_xapian(void **unused)
{
	struct xap_writer *w;
	struct glass_version v;
	struct trawl_error err;
	char path[512];

	(void)unused;
	rig_ok(xap_writer_open(temp_path(&dir, "db", path), XAP_CREATE, true,
			       &w, &err),
	       &err);
	rig_ok(xap_writer_commit(w, &err), &err);
	xap_writer_free(w);
	rig_ok(glass_version_read(path, &v, &err), &err);
	assert_int_equal(v.documents, 0);
	for (unsigned i = 0; i < GLASS_TABLES; i++) {
		assert_false(v.root[i].there);
		assert_int_equal(v.root[i].entries, 0);
		assert_int_equal(v.root[i].block_size, GLASS_BLOCK);
		assert_int_equal(v.root[i].compress_min, glass_compress_min[i]);
	}
	assert_int_equal(glass_version_read("/dev/null", &v, &err),
			 TRAWL_NOTFOUND);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_round),    TEST(test_replaces),  TEST(test_uuid),
		TEST(test_no_sense), TEST(test_cut),	   TEST(test_flips),
		TEST(test_magic),    TEST(test_of_xapian),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
