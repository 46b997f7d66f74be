/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deflated tags: what glass_deflate() lets through, Xapian reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "glass_deflate.h"
#include "temp_dir.h"
#include "glass_rig.h"
#include "xap.h"

#define ZLIB_CONST
#include <libdeflate.h>
#include <zlib.h>

enum {
	STEP = 8192,
	STEPS = 3,
	TAGS = 1500,
	LONG = 1900000, /* of one letter: deflated, more than an item */
	LEN_MAX = LONG + STEP
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

/*
 * A tag that is nasty: its end is one long match, and little is said before
 * it, so that the end of the block is a short code.
 */
static size_t make_tag(char *out, unsigned i)
{
	static const unsigned noise[] = { 0, 30, 600, 5000, 8000 };
	uint64_t state = i + 1;
	size_t len = STEP * (1 + i / 5 % STEPS) + i / 15 * 3;
	unsigned letters = i % 2 ? 2 : 16;

	memset(out, 'a', len);
	for (size_t at = 0; at < noise[i % 5]; at++)
		out[at] = (char)('a' + chance(&state, letters));
	return len;
}

struct stored {
	struct rig_tag tag[TAGS];
	char *bytes[TAGS];
	unsigned n, deflated;
};

static void keep(struct stored *s, const void *bytes, size_t len, bool deflated)
{
	char *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	s->bytes[s->n] = copy;
	s->tag[s->n++] = (struct rig_tag){ copy, len, deflated };
	s->deflated += deflated;
}

static void stored_free(struct stored *s)
{
	for (unsigned i = 0; i < s->n; i++)
		free(s->bytes[i]);
	free(s);
}

static bool same_data(void *ctx, const char *data, size_t len)
{
	const struct rig_tag *tag = ctx;

	assert_int_equal(len, tag->len);
	assert_memory_equal(data, tag->bytes, len);
	return true;
}

/* can: which of the tags Xapian reads. */
static unsigned read_all(const char *path, unsigned n, bool *can)
{
	char *plain = malloc(LEN_MAX);
	struct trawl_error err;
	struct xap_db *db;
	unsigned lost = 0;

	assert_non_null(plain);
	rig_ok(xap_db_open(path, &db, &err), &err);
	for (unsigned i = 0; i < n; i++) {
		struct rig_tag tag = { plain, make_tag(plain, i), false };
		enum trawl_status st =
			xap_db_data(db, i + 1, same_data, &tag, &err);

		can[i] = st == TRAWL_OK;
		assert_true(can[i] || st == TRAWL_CORRUPT);
		lost += !can[i];
	}
	xap_db_free(db);
	free(plain);
	return lost;
}

/*
 * As it is cut here, and as compaction cuts it.  What was plain it deflates
 * itself, and may lose: that is not ours.
 */
static unsigned store(const struct stored *s, bool *can)
{
	char path[512], small[512];
	struct trawl_error err;
	bool *again = calloc(s->n, sizeof(*again));
	unsigned lost = 0;

	assert_non_null(again);
	assert_int_equal(mkdir(temp_path(&dir, "db", path), 0777), 0);
	rig_database(path, s->tag, s->n);
	read_all(path, s->n, can);
	rig_ok(xap_compact(path, temp_path(&dir, "small", small), &err), &err);
	read_all(small, s->n, again);
	for (unsigned i = 0; i < s->n; i++) {
		can[i] = can[i] && (again[i] || !s->tag[i].deflated);
		lost += !can[i];
	}
	free(again);
	return lost;
}

static void deflate_all(struct stored *s, int level)
{
	struct glass_deflater *d = glass_deflater_new(level);
	struct buf small = BUF_INIT(LEN_MAX);
	char *plain = malloc(LEN_MAX);

	assert_non_null(plain);
	assert_non_null(d);
	for (unsigned i = 0; i < TAGS; i++) {
		size_t len = make_tag(plain, i);
		bool deflated = glass_deflate(d, plain, len, &small);

		assert_true(!deflated || small.len < len);
		keep(s, deflated ? small.data : plain,
		     deflated ? small.len : len, deflated);
	}
	buf_release(&small);
	free(plain);
	glass_deflater_free(d);
}

static void check_level(int level)
{
	struct stored *s = calloc(1, sizeof(*s));
	bool can[TAGS];

	assert_non_null(s);
	deflate_all(s, level);
	assert_true(s->deflated > TAGS / 2);
	assert_int_equal(store(s, can), 0);
	stored_free(s);
}

static void test_readable_1(void **unused)
{
	(void)unused;
	check_level(1);
}

static void test_readable_6(void **unused)
{
	(void)unused;
	check_level(6);
}

/* The same tags, deflated without a look: Xapian loses some. */
static void test_needed(void **unused)
{
	struct stored *s = calloc(1, sizeof(*s));
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
	char *plain = malloc(LEN_MAX), *small = malloc(LEN_MAX);
	bool can[TAGS];

	(void)unused;
	assert_true(s && c && plain && small);
	for (unsigned i = 0; i < TAGS; i++) {
		size_t len = make_tag(plain, i);
		size_t n = libdeflate_deflate_compress(c, plain, len, small,
						       LEN_MAX);

		assert_true(n);
		keep(s, small, n, true);
	}
	assert_true(store(s, can) > 0);
	libdeflate_free_compressor(c);
	free(plain);
	free(small);
	stored_free(s);
}

/* One component after the other, as Xapian reads them. */
static bool reads_part(z_stream *z, const char *part, size_t n, bool last)
{
	char room[STEP];
	int e;

	z->next_in = (const unsigned char *)part;
	z->avail_in = (unsigned)n;
	do {
		z->next_out = (unsigned char *)room;
		z->avail_out = STEP;
		e = inflate(z, Z_SYNC_FLUSH);
	} while (e == Z_OK && z->avail_in);
	return last ? e == Z_STREAM_END : e == Z_OK;
}

static bool reads_cut(const struct buf *deflated, size_t cut)
{
	z_stream z = { .next_in = NULL };
	bool ok;

	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	ok = reads_part(&z, deflated->data, cut, false) &&
	     reads_part(&z, deflated->data + cut, deflated->len - cut, true);
	inflateEnd(&z);
	return ok;
}

/* What is more than one item is read wherever it is cut, or stays plain. */
static void test_any_cut(void **unused)
{
	struct glass_deflater *d = glass_deflater_new(1);
	struct buf out = BUF_INIT(LEN_MAX);
	char *plain = malloc(LEN_MAX);
	unsigned deflated = 0;
	uint64_t state = 11;

	(void)unused;
	assert_true(d && plain);
	memset(plain, 'a', LEN_MAX);
	for (unsigned i = 0; i < 16; i++) {
		if (!glass_deflate(d, plain, LONG + 89 * i, &out))
			continue;
		deflated++;
		assert_true(out.len > 1785);
		for (unsigned cuts = 0; cuts < 40; cuts++)
			assert_true(reads_cut(
				&out,
				1 + chance(&state, (uint32_t)out.len - 1)));
	}
	assert_in_range(deflated, 1, 15);
	buf_release(&out);
	glass_deflater_free(d);
	free(plain);
}

/* What is not worth it stays plain. */
static void test_plain(void **unused)
{
	struct glass_deflater *d = glass_deflater_new(6);
	struct buf out = BUF_INIT(LEN_MAX);
	unsigned char noise[500];
	uint64_t state = 1;

	(void)unused;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)chance(&state, 256);
	assert_false(glass_deflate(d, noise, sizeof(noise), &out));
	assert_false(glass_deflate(d, "", 0, &out));
	memset(noise, 'a', sizeof(noise));
	assert_true(glass_deflate(d, noise, sizeof(noise), &out));
	assert_true(out.len < 20);
	buf_release(&out);
	buf_init(&out, 100);
	assert_false(glass_deflate(d, noise, sizeof(noise), &out));
	buf_release(&out);
	glass_deflater_free(d);
	glass_deflater_free(NULL);
	assert_null(glass_deflater_new(99));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_readable_1), TEST(test_readable_6), TEST(test_needed),
		TEST(test_any_cut),    TEST(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
