/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/groups.c: which documents go together, in metadata */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "groups.h"
#include "small_db.h"

/* ---------------------------------------------------------------- format -- */

static void test_keys(void **state)
{
	char key[GROUPS_KEY_MAX];

	(void)state;
	groups_key(GROUP_STORY, 10, key);
	assert_string_equal(key, "trawl.story.0000000A");
	groups_key(GROUP_COPY, UINT32_MAX, key);
	assert_string_equal(key, "trawl.copy.FFFFFFFF");
}

static void test_values_are_as_the_header_says(void **state)
{
	static uint32_t stands[GROUPS_CHUNK];
	struct buf value = BUF_INIT(GROUPS_CHUNK * 4);

	(void)state;
	assert_true(groups_print(stands, &value));
	assert_int_equal(value.len, 0);
	stands[1] = 1;
	stands[3] = 0x01020304;
	assert_true(groups_print(stands, &value));
	assert_int_equal(value.len, 16);
	assert_memory_equal(value.data,
			    "\0\0\0\0"
			    "\0\0\0\1"
			    "\0\0\0\0"
			    "\1\2\3\4",
			    16);
	buf_release(&value);
}

static void test_values_come_back(void **state)
{
	static uint32_t stands[GROUPS_CHUNK], back[GROUPS_CHUNK];
	struct buf value = BUF_INIT(GROUPS_CHUNK * 4);

	(void)state;
	for (uint32_t i = 0; i < GROUPS_CHUNK; i++)
		stands[i] = i % 7 ? i * 2654435761u : 0;
	memset(back, 0x55, sizeof(back));
	assert_true(groups_print(stands, &value));
	groups_parse(value.data, value.len, back);
	assert_memory_equal(back, stands, sizeof(back));
	/* What is cut, and what is too long, is read as far as it goes. */
	groups_parse(value.data, 4 * 10 + 3, back);
	assert_memory_equal(back, stands, 10 * sizeof(*back));
	assert_int_equal(back[10], 0);
	buf_release(&value);
}

static void test_more_bytes_than_a_chunk_are_left(void **state)
{
	static char value[GROUPS_CHUNK * 4 + 4];
	static uint32_t back[GROUPS_CHUNK + 1];

	(void)state;
	memset(value, 1, sizeof(value));
	back[GROUPS_CHUNK] = 77;
	groups_parse(value, sizeof(value), back);
	assert_int_equal(back[GROUPS_CHUNK - 1], 0x01010101);
	assert_int_equal(back[GROUPS_CHUNK], 77);
}

static void test_no_room(void **state)
{
	static uint32_t stands[GROUPS_CHUNK];
	struct buf value = BUF_INIT(8);

	(void)state;
	stands[5] = 1;
	assert_false(groups_print(stands, &value));
	buf_release(&value);
}

/* -------------------------------------------------------------- snapshot -- */

enum {
	LAST = 2 * GROUPS_CHUNK + 2, /* docids 1 .. LAST */
	FAR = 2 * GROUPS_CHUNK + 1
};

static void set(struct small_db *s, enum group_kind kind, uint32_t chunk,
		const uint32_t *stands)
{
	struct buf value = BUF_INIT(GROUPS_CHUNK * 4);
	struct trawl_error err;
	char key[GROUPS_KEY_MAX];

	groups_key(kind, chunk, key);
	assert_true(groups_print(stands, &value));
	small_ok(xap_writer_set_metadata(s->writer, key, strlen(key),
					 value.data, value.len, &err),
		 &err);
	buf_release(&value);
}

/* A story of 5, 6 and FAR; copies are 7 and 8. */
static int set_up(void **state)
{
	struct small_db *s = small_db_new();
	uint32_t *stands = calloc(GROUPS_CHUNK, sizeof(*stands));
	char id[16];

	assert_non_null(stands);
	for (unsigned i = 1; i <= LAST; i++) {
		snprintf(id, sizeof(id), "%u", i);
		assert_int_equal(small_put(s, id), i);
	}
	stands[5] = stands[6] = 5;
	set(s, GROUP_STORY, 0, stands);
	stands[5] = stands[6] = 0;
	stands[7] = stands[8] = 7;
	set(s, GROUP_COPY, 0, stands);
	stands[7] = stands[8] = 0;
	stands[FAR % GROUPS_CHUNK] = 5;
	set(s, GROUP_STORY, FAR / GROUPS_CHUNK, stands);
	free(stands);
	small_db_open(s);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	small_db_free(*state);
	return 0;
}

static void check_group(struct groups *g, uint32_t docid, uint32_t want)
{
	struct trawl_error err;
	uint32_t stands;
	bool grouped;

	small_ok(groups_of(g, docid, &stands, &grouped, &err), &err);
	assert_int_equal(grouped, want != 0);
	assert_int_equal(stands, want ? want : docid);
}

static void test_who_stands_for_whom(void **state)
{
	static const struct {
		uint32_t docid, story, copy; /* 0: alone */
	} cases[] = {
		{ 1, 0, 0 },	    { 5, 5, 0 },    { 6, 5, 0 },
		{ 7, 0, 7 },	    { 8, 0, 7 },    { 9, 0, 0 },
		{ FAR, 5, 0 },	    { LAST, 0, 0 }, { GROUPS_CHUNK, 0, 0 },
		{ 1u << 30, 0, 0 },
	};
	struct small_db *s = *state;
	struct groups *story = groups_new(s->db, GROUP_STORY);
	struct groups *copy = groups_new(s->db, GROUP_COPY);

	/* Twice: what was read is kept. */
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const size_t at = i % (sizeof(cases) / sizeof(*cases));

		check_group(story, cases[at].docid, cases[at].story);
		check_group(copy, cases[at].docid, cases[at].copy);
	}
	groups_free(story);
	groups_free(copy);
	groups_free(NULL);
}

struct seen {
	uint32_t docid[8];
	size_t n, stop;
};

static bool see(void *ctx, uint32_t docid)
{
	struct seen *seen = ctx;

	assert_true(seen->n < 8);
	seen->docid[seen->n++] = docid;
	return seen->n != seen->stop;
}

static void test_members(void **state)
{
	struct small_db *s = *state;
	struct groups *g = groups_new(s->db, GROUP_STORY);
	struct seen all = { .stop = 0 }, two = { .stop = 2 }, none = { .n = 0 };
	struct trawl_error err;

	small_ok(groups_members(g, 5, see, &all, &err), &err);
	assert_int_equal(all.n, 3);
	assert_int_equal(all.docid[0], 5);
	assert_int_equal(all.docid[1], 6);
	assert_int_equal(all.docid[2], FAR);
	small_ok(groups_members(g, 5, see, &two, &err), &err);
	assert_int_equal(two.n, 2);
	small_ok(groups_members(g, 7, see, &none, &err), &err);
	assert_int_equal(none.n, 0);
	groups_free(g);
}

static void test_are_there_any(void **state)
{
	struct small_db *s = *state, *bare = small_db_new();
	struct groups *g = groups_new(s->db, GROUP_COPY);
	struct trawl_error err;
	bool any = false;

	for (int again = 0; again < 2; again++) {
		small_ok(groups_any(g, &any, &err), &err);
		assert_true(any);
	}
	groups_free(g);
	small_put(bare, "a");
	small_db_open(bare);
	g = groups_new(bare->db, GROUP_COPY);
	for (int again = 0; again < 2; again++) {
		small_ok(groups_any(g, &any, &err), &err);
		assert_false(any);
	}
	check_group(g, 1, 0);
	groups_free(g);
	small_db_free(bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_values_are_as_the_header_says),
		cmocka_unit_test(test_values_come_back),
		cmocka_unit_test(test_more_bytes_than_a_chunk_are_left),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_who_stands_for_whom),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_are_there_any),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
