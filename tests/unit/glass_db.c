/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look-ups in snapshots: what a walk finds, found by its key; what is damaged,
 * or overwritten by later commits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "glass_block.h"
#include "glass_cache.h"
#include "glass_db_parts.h"
#include "glass_deflate.h"
#include "glass_rig.h"
#include "glass_walk.h"
#include "sanitized.h"
#include "temp_dir.h"
#include "xap.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
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

/* --------------------------------------------------------------- cache -- */

static struct glass_block *find(struct glass_cache *c, uint32_t number)
{
	return glass_cache_find(c, GLASS_DOCDATA, number);
}

static bool has(struct glass_cache *c, uint32_t number)
{
	struct glass_block *b = find(c, number);

	glass_cache_let_go(b);
	return b;
}

static void add(struct glass_cache *c, uint32_t number)
{
	glass_cache_let_go(glass_cache_add(c, GLASS_DOCDATA, number, 100));
}

/* Room for three.  2 is held; who is used again gets a second chance. */
static void test_second_chance(void **unused)
{
	struct glass_cache *c =
		glass_cache_new(3 * (sizeof(struct glass_block) + 100));
	struct glass_block *held;

	(void)unused;
	add(c, 1);
	add(c, 2);
	add(c, 3);
	held = find(c, 2);
	add(c, 4);
	assert_true(has(c, 1) && has(c, 3) && has(c, 4));
	add(c, 5);
	assert_false(has(c, 1));
	assert_true(has(c, 3));
	add(c, 6);
	assert_false(has(c, 4));
	assert_true(has(c, 3) && has(c, 5) && has(c, 6));
	assert_ptr_equal(find(c, 2), held);
	assert_null(glass_cache_find(c, GLASS_POSTLIST, 2));
	glass_cache_let_go(held);
	glass_cache_let_go(held);
	assert_int_equal(has(c, 2) + has(c, 3) + has(c, 5) + has(c, 6), 3);
	glass_cache_free(c);
}

static void test_many_blocks(void **unused)
{
	enum {
		BLOCKS = 3000
	};
	static struct glass_block *held[BLOCKS];
	struct glass_cache *c = glass_cache_new(1 << 16);
	uint64_t state = 5;

	(void)unused;
	memset(held, 0, sizeof(held));
	for (unsigned i = 0; i < 20 * BLOCKS; i++) {
		uint32_t n = chance(&state, BLOCKS);
		struct glass_block *b = find(c, n);

		if (held[n])
			assert_ptr_equal(b, held[n]);
		if (!b)
			b = glass_cache_add(c, GLASS_DOCDATA, n, 64);
		assert_int_equal(b->number, n);
		if (!held[n] && chance(&state, 2)) {
			held[n] = b;
			continue;
		}
		if (held[n] && !chance(&state, 3)) {
			assert_int_equal(b->holds, 2);
			glass_cache_let_go(b);
			held[n] = NULL;
		}
		if (chance(&state, 20) || b->holds > 1)
			glass_cache_let_go(b);
		else
			glass_cache_drop(c, b);
	}
	glass_cache_free(c);
}

/* What is read with a limit of the address space is kept within a part of it. */
static void test_cache_room(void **unused)
{
	static const struct {
		rlim_t space;
		size_t room;
	} cases[] = {
		{ RLIM_INFINITY, GLASS_CACHE_SIZE },
		{ 1ull << 40, GLASS_CACHE_SIZE },
		{ 512 << 20, GLASS_CACHE_SIZE },
		{ 64 << 20, 8 << 20 },
	};
	struct rlimit before;

	(void)unused;
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct rlimit limit = { cases[i].space, before.rlim_max };
		size_t room;

		if (setrlimit(RLIMIT_AS, &limit))
			continue; /* more than may be had */
		room = glass_cache_room();
		setrlimit(RLIMIT_AS, &before);
		assert_int_equal(room, cases[i].room);
	}
}

/* --------------------------------------------------------------- model -- */

enum {
	ARENA_MAX = 1 << 28
};

/* All items of a table, as a walk has them. */
struct model {
	struct arena arena;
	struct glass_item *item;
	size_t n;
};

static unsigned char *copy(struct arena *a, const unsigned char *p, size_t n)
{
	unsigned char *to = arena_alloc(a, n + 1);

	assert_non_null(to);
	memcpy(to, p, n);
	return to;
}

static void model_read(struct model *m, const char *path,
		       enum glass_table_id table)
{
	struct glass_version v;
	struct glass_walk *w;
	struct glass_item item;
	struct trawl_error err;

	memset(m, 0, sizeof(*m));
	arena_init(&m->arena, ARENA_MAX);
	rig_ok(glass_version_read(path, &v, &err), &err);
	rig_ok(glass_walk_open(path, glass_table_names[table], &v.root[table],
			       &w, &err),
	       &err);
	m->item = calloc(v.root[table].entries + 1, sizeof(*m->item));
	assert_non_null(m->item);
	while (glass_walk_next(w, &item)) {
		item.key = copy(&m->arena, item.key, item.keylen);
		item.tag = copy(&m->arena, item.tag, item.taglen);
		m->item[m->n++] = item;
	}
	rig_ok(glass_walk_status(w, &err), &err);
	glass_walk_close(w);
}

static void model_release(struct model *m)
{
	arena_release(&m->arena);
	free(m->item);
}

static struct glass_db *open_db(const char *path, size_t cache_size)
{
	struct glass_db *db;
	struct trawl_error err;

	rig_ok(glass_db_open(path, &db, &err), &err);
	assert_true(glass_db_cache_size(db, cache_size));
	return db;
}

static void close_db(struct glass_db *db)
{
	struct trawl_error err;

	rig_ok(glass_db_status(db, &err), &err);
	glass_db_close(db);
}

/* Up to a byte that it has, or has not. */
static void same_beginning(struct glass_cursor *c,
			   const struct glass_item *item, char byte)
{
	const unsigned char *tag = item->tag;
	const unsigned char *at = memchr(tag, byte, item->taglen);
	size_t len;
	const unsigned char *begun = glass_cursor_tag_to(c, byte, &len);

	assert_non_null(begun);
	assert_true(len <= item->taglen);
	assert_true(at ? len > (size_t)(at - tag) : len == item->taglen);
	assert_memory_equal(begun, tag, len);
}

static void same_tag(struct glass_cursor *c, const struct glass_item *item)
{
	size_t taglen;
	const unsigned char *tag = glass_cursor_tag(c, &taglen);

	assert_non_null(tag);
	assert_int_equal(taglen, item->taglen);
	assert_memory_equal(tag, item->tag, taglen);
	same_beginning(c, item, '\n');
	if (taglen)
		same_beginning(c, item, (char)item->tag[taglen / 2]);
}

static void same_key(const struct glass_cursor *c,
		     const struct glass_item *item)
{
	assert_int_equal(c->keylen, item->keylen);
	assert_memory_equal(c->key, item->key, c->keylen);
}

/* ------------------------------------------------------------- look-ups -- */

static void check_next(struct glass_db *db, enum glass_table_id table,
		       const struct model *m, bool tags)
{
	struct glass_cursor c;

	glass_cursor_init(&c, db, table);
	for (size_t i = 0; i < m->n; i++) {
		assert_true(glass_cursor_next(&c));
		same_key(&c, &m->item[i]);
		if (tags)
			same_tag(&c, &m->item[i]);
	}
	assert_false(glass_cursor_next(&c));
	assert_false(glass_cursor_next(&c));
	glass_cursor_release(&c);
}

/* How many items are not above key. */
static size_t count_to(const struct model *m, const void *key, size_t keylen)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct glass_item *item = &m->item[middle];

		if (key_compare(item->key, item->keylen, key, keylen) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Returns how many items are not above key: the cursor is on the last. */
static size_t check_seek(struct glass_cursor *c, const struct model *m,
			 const void *key, size_t keylen)
{
	size_t n = count_to(m, key, keylen);
	bool exact, found = glass_cursor_seek(c, key, keylen, &exact);

	assert_int_equal(found, n > 0);
	if (!n) {
		assert_false(exact);
		assert_null(c->key);
		return 0;
	}
	same_key(c, &m->item[n - 1]);
	assert_int_equal(exact,
			 keylen == c->keylen && !memcmp(key, c->key, keylen));
	return n;
}

/* A key of the table, or one that is close to it. */
static size_t draw_key(const struct model *m, size_t i, uint64_t *state,
		       unsigned char key[GLASS_KEY_MAX + 1])
{
	size_t n = m->item[i].keylen;

	memcpy(key, m->item[i].key, n);
	switch (chance(state, 6)) {
	case 0:
		key[n] = (unsigned char)chance(state, 256);
		return n + 1;
	case 1:
		return n - 1;
	case 2:
		key[n - 1]--;
		return n;
	case 3:
		key[chance(state, (uint32_t)n)] =
			(unsigned char)chance(state, 256);
		return n;
	default:
		return n;
	}
}

/* Near where the last one was, or anywhere. */
static size_t draw_item(const struct model *m, size_t i, uint64_t *state)
{
	if (chance(state, 4))
		return (i + chance(state, 9)) % m->n;
	return chance(state, (uint32_t)m->n);
}

static void check_seeks(struct glass_db *db, enum glass_table_id table,
			const struct model *m, unsigned rounds)
{
	unsigned char key[GLASS_KEY_MAX + 1];
	uint64_t state = 7 + table;
	struct glass_cursor c;
	size_t i = 0;

	glass_cursor_init(&c, db, table);
	while (rounds--) {
		i = draw_item(m, i, &state);
		i = check_seek(&c, m, key, draw_key(m, i, &state, key));
		if (i && !chance(&state, 3))
			same_tag(&c, &m->item[i - 1]);
		for (; !chance(&state, 3) && i < m->n; i++) {
			assert_true(glass_cursor_next(&c));
			same_key(&c, &m->item[i]);
		}
		if (i == m->n)
			assert_false(glass_cursor_next(&c));
	}
	glass_cursor_release(&c);
}

static void check_ends(struct glass_db *db, enum glass_table_id table,
		       const struct model *m)
{
	unsigned char high[GLASS_KEY_MAX];
	struct glass_cursor c;

	memset(high, 0xFF, sizeof(high));
	glass_cursor_init(&c, db, table);
	assert_int_equal(check_seek(&c, m, high, sizeof(high)), m->n);
	assert_false(m->n && glass_cursor_next(&c));
	assert_int_equal(check_seek(&c, m, "", 0), 0);
	assert_int_equal(glass_cursor_next(&c), m->n > 0);
	if (m->n)
		same_key(&c, &m->item[0]);
	glass_cursor_release(&c);
}

static void check_each(struct glass_db *db, enum glass_table_id table,
		       const struct model *m)
{
	struct glass_cursor c;

	glass_cursor_init(&c, db, table);
	for (size_t i = 0; i < m->n; i++)
		assert_int_equal(
			check_seek(&c, m, m->item[i].key, m->item[i].keylen),
			i + 1);
	for (size_t i = m->n; i--;)
		check_seek(&c, m, m->item[i].key, m->item[i].keylen);
	glass_cursor_release(&c);
}

/* Everything, with a cache that has room for all, for little, for nothing. */
static void check_database(const char *path, unsigned rounds)
{
	static const size_t sizes[] = { GLASS_CACHE_SIZE, 5 * GLASS_BLOCK, 0 };

	for (int table = 0; table < GLASS_TABLES; table++) {
		struct model m;

		model_read(&m, path, (enum glass_table_id)table);
		for (size_t i = 0; i < COUNT(sizes); i++) {
			struct glass_db *db = open_db(path, sizes[i]);

			check_next(db, (enum glass_table_id)table, &m, true);
			check_ends(db, (enum glass_table_id)table, &m);
			check_each(db, (enum glass_table_id)table, &m);
			if (m.n)
				check_seeks(db, (enum glass_table_id)table, &m,
					    rounds);
			close_db(db);
		}
		model_release(&m);
	}
}

/* ---------------------------------------------------- one table, by hand -- */

enum {
	KEYS = 3000,
	FEW_KEYS = 300,
	KEY_LEN = 200
};

static size_t make_key(unsigned char key[KEY_LEN], unsigned number)
{
	memset(key, 'x', KEY_LEN);
	for (unsigned i = 1; i <= 6; i++, number /= 10)
		key[KEY_LEN - i] = (unsigned char)('0' + number % 10);
	return KEY_LEN;
}

/* Long keys make it deep; every 50th tag goes over many leaves, and some of
 * those are deflated. */
static struct glass_root write_keys(const char *path, unsigned n)
{
	struct glass_table *t = rig_table(path, "docdata", true);
	struct glass_deflater *d = glass_deflater_new(1);
	struct buf small = BUF_INIT(1 << 17);
	unsigned char key[KEY_LEN];
	char *tag = calloc(1, 60000);
	uint64_t state = 3;

	assert_non_null(tag);
	for (unsigned i = 0; i < 60000; i++)
		tag[i] = (char)chance(&state, 20);
	for (unsigned i = 0; i < n; i++) {
		size_t len = i % 50 == 7 ? 60000 : chance(&state, 150);
		bool deflated;

		buf_reset(&small);
		deflated = i % 3 == 1 && glass_deflate(d, tag, len, &small);
		assert_true(glass_table_add(t, key, make_key(key, 2 * i),
					    deflated ? small.data : tag,
					    deflated ? small.len : len,
					    deflated));
	}
	buf_release(&small);
	glass_deflater_free(d);
	free(tag);
	return rig_finish(t);
}

/* A database whose one table is docdata. */
static void write_database(const char *path, unsigned n)
{
	struct glass_version v = { .revision = 1 };
	struct trawl_error err;

	assert_int_equal(mkdir(path, 0777), 0);
	v.root[GLASS_DOCDATA] = write_keys(path, n);
	glass_version_settle(&v);
	glass_uuid_draw(v.uuid);
	rig_ok(glass_version_write(path, &v, false, &err), &err);
}

static void test_by_hand(void **unused)
{
	char path[512];

	(void)unused;
	write_database(temp_path(&dir, "db", path), KEYS);
	check_database(path, 4000);
}

/* Of a tag of many components those that come before the byte are read. */
static void test_tag_to(void **unused)
{
	enum {
		AT = 20000,
		LEN = 60000
	};
	static char tag[LEN];
	struct glass_version v = { .revision = 1 };
	struct trawl_error err;
	struct glass_table *t = rig_table(dir.path, "docdata", true);
	struct glass_cursor c;
	struct glass_db *db;
	const unsigned char *begun;
	size_t len;
	bool exact;

	(void)unused;
	memset(tag, 'a', LEN);
	tag[AT] = tag[AT + 1] = 'b';
	assert_true(glass_table_add(t, "a", 1, tag, LEN, false));
	assert_true(glass_table_add(t, "b", 1, "b", 1, false));
	v.root[GLASS_DOCDATA] = rig_finish(t);
	glass_version_settle(&v);
	rig_ok(glass_version_write(dir.path, &v, false, &err), &err);
	db = open_db(dir.path, 0);
	glass_cursor_init(&c, db, GLASS_DOCDATA);
	assert_true(glass_cursor_seek(&c, "a", 1, &exact) && exact);
	begun = glass_cursor_tag_to(&c, 'b', &len);
	assert_true(begun && len > AT && len < AT + GLASS_BLOCK);
	assert_memory_equal(begun, tag, len);
	begun = glass_cursor_tag_to(&c, 'c', &len);
	assert_true(begun && len == LEN);
	assert_memory_equal(begun, tag, len);
	assert_true(glass_cursor_next(&c) && *c.key == 'b');
	glass_cursor_release(&c);
	close_db(db);
}

/* ------------------------------------------------------- Xapian's tables -- */

enum {
	IDS = 1200,
	ROUNDS = 5,
	DATA_MAX = 30000
};

static size_t make_data(char *out, unsigned id, unsigned round)
{
	uint64_t state = id * 31 + round + 1;
	size_t len = chance(&state, 9) ? chance(&state, 900)
				       : chance(&state, DATA_MAX);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)('a' + chance(&state, 26));
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
	struct xap_value value = { .slot = round, .value = { unique, n } };
	struct xap_document doc = { .data = { data,
					      make_data(data, id, round) },
				    .postings = p,
				    .npostings = 2,
				    .values = &value,
				    .nvalues = 1 };
	struct trawl_error err;
	uint32_t docid;

	p[1].term.len =
		(size_t)snprintf(word, sizeof(word), "w%u", (id + round) % 97);
	rig_ok(xap_writer_put(w, unique, n, &doc, &docid, &err), &err);
}

static struct xap_writer *open_writer(const char *path, enum xap_open how)
{
	struct xap_writer *w;
	struct trawl_error err;

	rig_ok(xap_writer_open(path, how, true, &w, &err), &err);
	return w;
}

/* Add them all, or change every few of them and remove some. */
static void write_round(struct xap_writer *w, unsigned round, unsigned few)
{
	uint64_t state = 99 + round;
	struct trawl_error err;

	for (unsigned id = 0; id < IDS; id++)
		if (!round || !chance(&state, few))
			put(w, id, round);
	for (unsigned i = 0; i < 40; i++) {
		enum trawl_status st =
			xap_writer_delete(w, 1 + chance(&state, IDS), &err);

		if (st != TRAWL_NOTFOUND)
			rig_ok(st, &err);
	}
	rig_ok(xap_writer_add_spelling(w, "word", 4, 1, &err), &err);
	rig_ok(xap_writer_commit(w, &err), &err);
}

static void test_of_xapian(void **unused)
{
	char path[512];
	struct xap_writer *w;
	struct glass_version v;
	struct trawl_error err;

	(void)unused;
	w = open_writer(temp_path(&dir, "db", path), XAP_CREATE);
	check_database(path, 1);
	for (unsigned round = 0; round < ROUNDS; round++)
		write_round(w, round, 5);
	xap_writer_free(w);
	rig_ok(glass_version_read(path, &v, &err), &err);
	assert_false(v.root[GLASS_DOCDATA].sequential);
	assert_true(v.root[GLASS_DOCDATA].level > 0);
	assert_false(v.root[GLASS_SYNONYM].there);
	check_database(path, 1000);
}

/* ------------------------------------------------------- other commits -- */

/* An item is as it was, or the database says STALE. */
static bool finds(struct glass_db *db, struct glass_cursor *c,
		  const struct glass_item *item)
{
	struct trawl_error err;
	size_t taglen;
	bool exact,
		found = glass_cursor_seek(c, item->key, item->keylen, &exact);
	const unsigned char *tag = found ? glass_cursor_tag(c, &taglen) : NULL;

	if (tag && exact && taglen == item->taglen &&
	    !memcmp(tag, item->tag, taglen))
		return true;
	/* Overwritten while it was read. */
	if (tag)
		assert_false(glass_db_settle(db));
	assert_int_equal(glass_db_status(db, &err), TRAWL_STALE);
	assert_non_null(strstr(err.text, "committed"));
	glass_db_forget(db);
	return false;
}

static size_t count_stale(struct glass_db *db, enum glass_table_id table,
			  const struct model *m)
{
	struct glass_cursor c;
	size_t n = 0;

	glass_cursor_init(&c, db, table);
	for (size_t i = 0; i < m->n; i++)
		n += !finds(db, &c, &m->item[i]);
	glass_cursor_release(&c);
	return n;
}

/* All that it says there is, unless it says STALE. */
static void walk_or_stale(struct glass_db *db)
{
	uint64_t left = glass_db_version(db)->root[GLASS_DOCDATA].entries;
	struct glass_cursor c;
	struct trawl_error err;
	size_t taglen;

	glass_cursor_init(&c, db, GLASS_DOCDATA);
	while (glass_cursor_next(&c) && glass_cursor_tag(&c, &taglen))
		left--;
	if (glass_db_status(db, &err) != TRAWL_OK)
		assert_int_equal(glass_db_status(db, &err), TRAWL_STALE);
	else
		assert_true(!left || !glass_db_settle(db));
	glass_cursor_release(&c);
}

static void test_old_snapshot(void **unused)
{
	enum glass_table_id tables[] = { GLASS_POSTLIST, GLASS_DOCDATA,
					 GLASS_TERMLIST, GLASS_POSITION };
	struct model m[COUNT(tables)];
	size_t stale = 0;
	char path[512];
	struct xap_writer *w;
	struct glass_db *db;

	(void)unused;
	w = open_writer(temp_path(&dir, "db", path), XAP_CREATE);
	write_round(w, 0, 1);
	write_round(w, 1, 3);
	db = open_db(path, 0);
	for (size_t i = 0; i < COUNT(tables); i++)
		model_read(&m[i], path, tables[i]);
	for (unsigned round = 2; round < 6; round++) {
		write_round(w, round, 3);
		stale = 0;
		for (size_t i = 0; i < COUNT(tables); i++)
			stale += count_stale(db, tables[i], &m[i]);
		/* The first commit leaves the snapshot alone. */
		assert_true(round > 2 || !stale);
	}
	assert_true(stale > 0);
	xap_writer_free(w);
	for (size_t i = 0; i < COUNT(tables); i++)
		model_release(&m[i]);
	close_db(db);
}

/* Reads while they are written: snapshots as the writer makes them, and an old
 * one. */
static void test_beside_a_writer(void **unused)
{
	char path[512];
	struct xap_writer *w;
	struct glass_db *old;
	struct model m;
	pid_t child;
	int status;

	(void)unused;
	w = open_writer(temp_path(&dir, "db", path), XAP_CREATE);
	write_round(w, 0, 1);
	write_round(w, 1, 3);
	xap_writer_free(w);
	old = open_db(path, 0);
	model_read(&m, path, GLASS_DOCDATA);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		w = open_writer(path, XAP_OPEN);
		for (unsigned round = 2; round < 7; round++)
			write_round(w, round, 2);
		_exit(0);
	}
	while (!waitpid(child, &status, WNOHANG)) {
		struct glass_db *db;
		struct trawl_error err;
		enum trawl_status st = glass_db_open(path, &db, &err);

		if (st != TRAWL_STALE) {
			rig_ok(st, &err);
			walk_or_stale(db);
			glass_db_close(db);
		}
		count_stale(old, GLASS_DOCDATA, &m);
	}
	assert_int_equal(status, 0);
	model_release(&m);
	close_db(old);
}

/* -------------------------------------------------------------- damage -- */

enum {
	DAMAGES = SANITIZED ? 500 : 2000,
	LOOKUPS = 25
};

static void touch(const unsigned char *p, size_t n)
{
	volatile unsigned char seen;

	while (n--)
		seen = *p++;
	(void)seen;
}

static void touch_item(struct glass_cursor *c)
{
	size_t taglen;
	const unsigned char *tag = glass_cursor_tag(c, &taglen);

	touch(c->key, c->keylen);
	if (tag)
		touch(tag, taglen);
}

/* Whatever comes, it ends, and with one of two answers. */
static bool is_sound(const char *path, uint64_t *state)
{
	struct glass_db *db = open_db(path, chance(state, 2) ? 0 : 1 << 20);
	unsigned char key[KEY_LEN];
	struct glass_cursor c;
	struct trawl_error err;
	enum trawl_status st;
	unsigned n = 0;
	bool exact;

	glass_cursor_init(&c, db, GLASS_DOCDATA);
	while (glass_cursor_next(&c) && n++ < 2 * FEW_KEYS)
		touch_item(&c);
	assert_true(n <= 2 * FEW_KEYS);
	for (unsigned i = 0; i < LOOKUPS; i++) {
		make_key(key, chance(state, 2 * FEW_KEYS));
		if (glass_cursor_seek(&c, key, KEY_LEN, &exact))
			touch_item(&c);
		for (n = chance(state, 4); n && glass_cursor_next(&c); n--)
			touch_item(&c);
	}
	st = glass_db_status(db, &err);
	glass_cursor_release(&c);
	glass_db_close(db);
	assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
	assert_true(st == TRAWL_OK || strstr(err.text, "docdata.glass"));
	return st == TRAWL_OK;
}

static void test_damage(void **unused)
{
	char path[512], file[600];
	uint64_t state = 17;
	unsigned found = 0;
	struct damage d;
	off_t size;
	int fd;

	(void)unused;
	write_database(temp_path(&dir, "db", path), FEW_KEYS);
	snprintf(file, sizeof(file), "%s/docdata.glass", path);
	fd = open(file, O_RDWR);
	size = lseek(fd, 0, SEEK_END);
	assert_true(size > 0);
	for (unsigned i = 0; i < DAMAGES; i++) {
		do_damage(&d, fd, size, &state);
		found += !is_sound(path, &state);
		undo_damage(&d, fd);
	}
	assert_true(found > DAMAGES / 4);
	assert_true(is_sound(path, &state));
	for (size -= 1; size > 0; size -= 1 + chance(&state, GLASS_BLOCK)) {
		assert_int_equal(ftruncate(fd, size), 0);
		assert_false(is_sound(path, &state));
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

static void expect_corrupt(const char *path, const char *text)
{
	struct glass_db *db = open_db(path, 0);
	struct glass_cursor c;
	struct trawl_error err;
	size_t taglen;

	glass_cursor_init(&c, db, GLASS_DOCDATA);
	while (glass_cursor_next(&c))
		glass_cursor_tag(&c, &taglen);
	if (glass_db_status(db, &err) != TRAWL_CORRUPT)
		fail_msg("not \"%s\"", text);
	if (!strstr(err.text, text))
		fail_msg("not \"%s\": %s", text, err.text);
	glass_db_forget(db);
	assert_int_equal(glass_db_status(db, &err), TRAWL_OK);
	glass_cursor_release(&c);
	glass_db_close(db);
}

/* Each of them, in the root block, which is then as it was. */
static void check_faults(const char *path, const struct fault *fault, size_t n)
{
	unsigned char before[GLASS_BLOCK];
	struct glass_version v;
	struct trawl_error err;
	char file[600];
	off_t start;
	int fd;

	rig_ok(glass_version_read(path, &v, &err), &err);
	start = (off_t)v.root[GLASS_DOCDATA].root * GLASS_BLOCK;
	snprintf(file, sizeof(file), "%s/docdata.glass", path);
	fd = open(file, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, before, GLASS_BLOCK, start), GLASS_BLOCK);
	for (size_t i = 0; i < n; i++) {
		do_fault(&fault[i], fd, v.root[GLASS_DOCDATA].root);
		expect_corrupt(path, fault[i].text);
		assert_int_equal(pwrite(fd, before, GLASS_BLOCK, start),
				 GLASS_BLOCK);
	}
	close(fd);
}

/* Items: 0 the null item, 1 "a", 2 "b", 3 and 4 "c", of two components. */
static void test_leaf_faults(void **unused)
{
	static const struct fault faults[] = {
		{ HEADER, 0, 3, 1, "\2", "newer" },
		{ HEADER, 0, 4, 1, "\1", "level" },
		{ HEADER, 0, 9, 2, "\0\12", "directory" },
		{ HEADER, 0, 9, 2, "\0\13", "directory" },
		{ HEADER, 0, 9, 2, "\0\24", "directory" },
		{ HEADER, 0, 9, 2, "\x20\1", "directory" },
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
		{ ITEM, 2, 0, 1, "\x40", "gap" },
		{ ITEM, 2, 0, 1, "\x20", "gap" },
		{ ITEM, 3, 0, 1, "\x67", "gap" },
		{ ITEM, 4, 0, 1, "\x03", "end" },
		{ ITEM, 4, 3, 1, "d", "gap" },
		{ ITEM, 4, 5, 1, "\3", "gap" },
		{ ITEM, 4, 5, 1, "\1", "order" },
	};
	struct glass_version v = { .revision = 1 };
	struct trawl_error err;
	char tag[3000] = "";
	struct glass_table *t = rig_table(dir.path, "docdata", true);

	(void)unused;
	assert_true(glass_table_add(t, "a", 1, "aaaa", 4, false));
	assert_true(glass_table_add(t, "b", 1, "bbbb", 4, false));
	assert_true(glass_table_add(t, "c", 1, tag, sizeof(tag), false));
	v.root[GLASS_DOCDATA] = rig_finish(t);
	assert_int_equal(v.root[GLASS_DOCDATA].level, 0);
	glass_version_settle(&v);
	rig_ok(glass_version_write(dir.path, &v, false, &err), &err);
	check_database(dir.path, 100);
	check_faults(dir.path, faults, COUNT(faults));
}

static void test_branch_faults(void **unused)
{
	static const struct fault faults[] = {
		{ HEADER, 0, 4, 1, "\1", "level" },
		{ ENTRY, 1, 0, 2, "\0\13", "outside" },
		{ ENTRY, 1, 0, 2, "\x1F\xFC", "cut" },
		{ ITEM, 1, 4, 1, "\xFF", "cut" },
		{ ITEM, 1, 0, 4, "\xFF\xFF\xFF\xFF", "there is none" },
		{ ITEM, 1, 0, 4, "\0\0\0\0", "level" },
	};
	char path[512];

	(void)unused;
	write_database(temp_path(&dir, "db", path), KEYS);
	check_faults(path, faults, COUNT(faults));
}

/* A leaf that is there twice; a branch that points at itself. */
static void test_loops(void **unused)
{
	struct glass_version v = { .revision = 1 };
	struct fault faults[] = { { ITEM, 3, 0, 4, "\0\0\0\2", "order" },
				  { ITEM, 2, 0, 4, NULL, "level" } };
	unsigned char root[4];
	struct trawl_error err;
	char tag[1500] = "";
	struct glass_table *t = rig_table(dir.path, "docdata", true);

	(void)unused;
	for (unsigned char key = 'a'; key <= 'z'; key++)
		assert_true(
			glass_table_add(t, &key, 1, tag, sizeof(tag), false));
	v.root[GLASS_DOCDATA] = rig_finish(t);
	assert_int_equal(v.root[GLASS_DOCDATA].level, 1);
	glass_version_settle(&v);
	rig_ok(glass_version_write(dir.path, &v, false, &err), &err);
	put32(root, v.root[GLASS_DOCDATA].root);
	faults[1].bytes = (const char *)root;
	check_faults(dir.path, faults, COUNT(faults));
}

/* ------------------------------------------------------------- opening -- */

static void expect_no_open(const char *path, enum trawl_status expect,
			   const char *text)
{
	struct glass_db *db;
	struct trawl_error err;

	assert_int_equal(glass_db_open(path, &db, &err), expect);
	if (!strstr(err.text, text))
		fail_msg("not \"%s\": %s", text, err.text);
}

static void test_opening(void **unused)
{
	struct glass_version v;
	struct glass_root root;
	struct trawl_error err;
	char path[512], file[600];

	(void)unused;
	temp_path(&dir, "db", path);
	expect_no_open(path, TRAWL_NOTFOUND, "iamglass");
	write_database(path, 3);
	rig_ok(glass_version_read(path, &v, &err), &err);
	root = v.root[GLASS_DOCDATA];
	v.root[GLASS_DOCDATA].level++;
	rig_ok(glass_version_write(path, &v, false, &err), &err);
	expect_corrupt(path, "level");
	v.root[GLASS_DOCDATA] = root;
	v.root[GLASS_DOCDATA].blocks++;
	v.root[GLASS_DOCDATA].root = root.blocks;
	rig_ok(glass_version_write(path, &v, false, &err), &err);
	expect_corrupt(path, "end");
	snprintf(file, sizeof(file), "%s/docdata.glass", path);
	unlink(file);
	expect_no_open(path, TRAWL_CORRUPT, "no such file");
	snprintf(file, sizeof(file), "%s/iamglass", path);
	write_file(file, "no");
	expect_no_open(path, TRAWL_CORRUPT, "iamglass");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_chance),
		cmocka_unit_test(test_many_blocks),
		cmocka_unit_test(test_cache_room),
		TEST(test_by_hand),
		TEST(test_tag_to),
		TEST(test_of_xapian),
		TEST(test_old_snapshot),
		TEST(test_beside_a_writer),
		TEST(test_damage),
		TEST(test_leaf_faults),
		TEST(test_branch_faults),
		TEST(test_loops),
		TEST(test_opening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
