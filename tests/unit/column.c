/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "builder.h"
#include "column.h"
#include "glass_rig.h"
#include "list_rig.h"
#include "sanitized.h"
#include "temp_dir.h"

enum {
	DOCUMENTS = SANITIZED ? 20000 / 4 : 20000,
	FEW = 3000,
	CHANGES = 900,
	LOOKS = 1000,
	LONG = 70000, /* bytes of a value */
	FLIPS = SANITIZED ? 500 : 2000
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct temp_dir dir;
static char long_value[LONG];

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

static const uint32_t slots[] = { 0, 1, 127, 128, 300, 70000, UINT32_MAX - 1 };

static uint32_t any_length(uint32_t i)
{
	static const uint32_t length[] = { 0, 1, 127, 128, 70000, 4000000000 };

	return i % 7 ? 100 + i % 1000 : length[i / 7 % COUNT(length)];
}

/* Values of all lengths; some slots are those of few documents. */
static size_t any_values(uint32_t i, struct xap_value *out)
{
	static char text[COUNT(slots)][16];
	uint32_t mix = i * 2654435761u;
	size_t n = 0;

	for (size_t s = 0; s < COUNT(slots); s++) {
		size_t len = (mix >> s) % 12;

		if (s && mix % (s * s * s))
			continue;
		memcpy(text[s], "\xFF\0abcdefghijk", 12);
		text[s][len ? len - 1 : 0] = (char)(mix >> 24);
		out[n++] = (struct xap_value){ slots[s], { text[s], len } };
	}
	if (i % 900 == 7)
		out[0].value = (struct xap_bytes){ long_value, i % 70001 };
	return n;
}

static const struct list_rig rig = { .n = DOCUMENTS,
				     .length = any_length,
				     .values = any_values };

/* ------------------------------------------------------------ comparing -- */

struct want {
	struct column_values window;
	struct list_both *both;
	struct column *column;
	uint32_t base, n;
	uint64_t last; /* window that had one */
};

static uint64_t head_of(const char *value, size_t len)
{
	unsigned char bytes[8] = { 0 };
	uint64_t head = 0;

	memcpy(bytes, value, len < 8 ? len : 8);
	for (size_t i = 0; i < 8; i++)
		head = head << 8 | bytes[i];
	return head;
}

static unsigned count_bits(const uint64_t *has)
{
	unsigned n = 0;

	for (size_t i = 0; i < COLUMN_WORDS; i++)
		n += (unsigned)__builtin_popcountll(has[i]);
	return n;
}

static bool has_bit(const uint64_t *has, uint32_t i)
{
	return has[i / 64] >> i % 64 & 1;
}

/* No others than those that came. */
static void end_window(const struct want *w)
{
	if (w->n)
		assert_int_equal(count_bits(w->window.has), w->n);
}

static bool on_value(void *ctx, uint32_t docid, const char *value, size_t len)
{
	struct want *w = ctx;
	struct xap_bytes got;
	uint32_t base = docid / COLUMN_WINDOW * COLUMN_WINDOW;

	if (!w->n || base != w->base) {
		end_window(w);
		assert_true(column_values_at(w->column, base, &w->window));
		w->base = base;
		w->n = 0;
	}
	w->n++;
	assert_true(has_bit(w->window.has, docid - base));
	assert_int_equal(w->window.head[docid - base], head_of(value, len));
	assert_true(column_value(w->column, docid, &got));
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, value, len);
	return true;
}

static bool on_one(void *ctx, const char *value, size_t len)
{
	const struct xap_bytes *got = ctx;

	assert_int_equal(got->len, len);
	assert_memory_equal(got->data, value, len);
	return true;
}

/* Here and there, documents that are there. */
static void look_around(const struct list_both *b, struct column *c,
			uint32_t slot, const uint32_t *docid, uint32_t n)
{
	uint64_t state = slot + 1;
	uint32_t at = 0;

	for (unsigned i = 0; i < LOOKS; i++) {
		struct column_values window;
		struct xap_bytes value;
		struct trawl_error err;
		enum trawl_status st;
		uint32_t d;

		at = chance(&state, 10) ? at + chance(&state, 3)
					: chance(&state, n);
		d = docid[at % n];
		assert_true(column_value(c, d, &value));
		st = xap_db_value(b->xap, d, slot, on_one, &value, &err);
		if (st != TRAWL_NOTFOUND)
			rig_ok(st, &err);
		else
			assert_int_equal(value.len, 0);
		if (chance(&state, 20))
			continue;
		assert_true(column_values_at(
			c, d / COLUMN_WINDOW * COLUMN_WINDOW, &window));
		assert_int_equal(has_bit(window.has, d % COLUMN_WINDOW),
				 value.len > 0);
	}
}

/* Windows are first asked for in order, or as chance has it. */
static void compare_values(struct list_both *b, uint32_t slot,
			   const uint32_t *docid, uint32_t n, bool random)
{
	struct want w = { .both = b };
	struct trawl_error err;

	w.column = column_values(b->db, slot);
	assert_non_null(w.column);
	if (random)
		look_around(b, w.column, slot, docid, n);
	rig_ok(xap_db_value_stream(b->xap, slot, 0, on_value, &w, &err), &err);
	end_window(&w);
	look_around(b, w.column, slot, docid, n);
	assert_true(column_bytes(w.column) >= COLUMN_WINDOW * 8);
	column_free(w.column);
}

static bool on_entry(void *ctx, const struct xap_entry *e)
{
	struct want *w = ctx;
	const uint32_t *length;

	length = column_lengths_at(w->column,
				   e->docid / COLUMN_WINDOW * COLUMN_WINDOW);
	assert_non_null(length);
	assert_int_equal(length[e->docid % COLUMN_WINDOW], e->length);
	w->last += e->length;
	return true;
}

static uint64_t sum_lengths(struct column *c, uint32_t last)
{
	uint64_t sum = 0;

	/* Mostly there is nothing. */
	for (uint64_t base = 0; base <= last; base += COLUMN_WINDOW) {
		const uint32_t *length = column_lengths_at(c, (uint32_t)base);

		assert_non_null(length);
		for (size_t i = 0; i < COLUMN_WINDOW; i++)
			sum += length[i];
	}
	return sum;
}

static void compare_lengths(struct list_both *b, const uint32_t *docid,
			    uint32_t n, bool random)
{
	struct want w = { .both = b };
	struct trawl_error err;
	uint64_t state = 4;
	uint32_t last = glass_db_version(b->db)->last_docid;

	w.column = column_lengths(b->db);
	assert_non_null(w.column);
	for (unsigned i = 0; random && i < 50; i++)
		assert_non_null(column_lengths_at(
			w.column, docid[chance(&state, n)] / COLUMN_WINDOW *
					  COLUMN_WINDOW));
	rig_ok(xap_db_entries(b->xap, "", 0, 0, on_entry, &w, &err), &err);
	if (last < 1u << 24)
		assert_true(sum_lengths(w.column, last) == w.last);
	column_free(w.column);
}

static void compare(const char *path, const uint32_t *docid, uint32_t n)
{
	struct list_both b;

	list_both_open(path, &b);
	for (int random = 0; random < 2; random++) {
		compare_lengths(&b, docid, n, random);
		for (size_t s = 0; s < COUNT(slots); s++)
			compare_values(&b, slots[s], docid, n, random);
		compare_values(&b, 2, docid, n, random);
	}
	list_both_close(&b);
}

static void test_windows(void **state)
{
	static const uint32_t first[] = { 1, 2047, 1 << 22, 1u << 31 };
	uint32_t *docid = malloc(DOCUMENTS * sizeof(*docid));
	char path[512], name[32];

	(void)state;
	assert_non_null(docid);
	for (size_t i = 0; i < COUNT(first); i++) {
		struct list_rig r = rig;

		r.docid = docid;
		list_docids(docid, DOCUMENTS, first[i], 5 + i);
		snprintf(name, sizeof(name), "windows-%zu", i);
		list_rig_write(temp_path(&dir, name, path), &r);
		compare(path, docid, DOCUMENTS);
	}
	free(docid);
}

/* ----------------------------------------------------- of Xapian itself -- */

static void put(struct xap_writer *w, uint32_t i, uint32_t turn)
{
	struct xap_value value[LIST_SLOTS_MAX];
	struct xap_posting p = { .wdf = 0 };
	struct xap_document doc = { .postings = &p,
				    .npostings = 1,
				    .values = value };
	struct trawl_error err;
	uint32_t docid;
	char unique[32];

	snprintf(unique, sizeof(unique), "z%u", i);
	p.term = (struct xap_bytes){ unique, strlen(unique) };
	p.wdf = any_length(i + turn) % 100000;
	doc.nvalues = any_values(i + turn, value);
	rig_ok(xap_writer_put(w, unique, p.term.len, &doc, &docid, &err), &err);
}

static void change(struct xap_writer *w, uint64_t *state)
{
	struct trawl_error err;

	for (unsigned i = 0; i < CHANGES; i++) {
		uint32_t n = chance(state, FEW), slot = slots[i % 4];
		enum trawl_status st = TRAWL_OK;

		if (i % 3 == 0)
			st = xap_writer_delete(w, 1 + n, &err);
		else if (i % 3 == 1)
			st = xap_writer_set_value(w, 1 + n, slot, "changed",
						  n % 8, &err);
		else
			put(w, n, 1 + i);
		assert_true(st == TRAWL_OK || st == TRAWL_NOTFOUND);
		if (i % 300 == 299)
			rig_ok(xap_writer_commit(w, &err), &err);
	}
}

static void test_changed(void **state)
{
	struct xap_writer *w;
	struct trawl_error err;
	uint64_t dice = 9;
	uint32_t docid[FEW];
	char path[512];

	(void)state;
	rig_ok(xap_writer_open(temp_path(&dir, "changed", path), XAP_CREATE,
			       true, &w, &err),
	       &err);
	for (uint32_t i = 0; i < FEW; i++) {
		put(w, i, 0);
		docid[i] = i + 1;
	}
	rig_ok(xap_writer_commit(w, &err), &err);
	compare(path, docid, FEW);
	change(w, &dice);
	xap_writer_free(w);
	compare(path, docid, FEW);
}

static void test_none(void **state)
{
	struct glass_db *db;
	struct column *lengths, *values;
	struct column_values window;
	struct xap_bytes value;
	struct trawl_error err;
	char path[512];

	(void)state;
	assert_int_equal(mkdir(temp_path(&dir, "none", path), 0700), 0);
	rig_ok(builder_create_empty(path, NULL, NULL, 0, &err), &err);
	rig_ok(glass_db_open(path, &db, &err), &err);
	lengths = column_lengths(db);
	values = column_values(db, 0);
	for (uint64_t base = 0; base <= UINT32_MAX; base += 1u << 30) {
		const uint32_t *length =
			column_lengths_at(lengths, (uint32_t)base);

		assert_non_null(length);
		assert_int_equal(length[1] | length[2047], 0);
		assert_true(column_values_at(values, (uint32_t)base, &window));
		assert_int_equal(count_bits(window.has), 0);
		assert_true(column_value(values, (uint32_t)base + 1, &value));
		assert_int_equal(value.len, 0);
	}
	column_free(lengths);
	column_free(values);
	column_free(NULL);
	rig_ok(glass_db_status(db, &err), &err);
	glass_db_close(db);
}

/* -------------------------------------------------------------- damage -- */

static const struct fault {
	const char *bytes;
	size_t len;
	const char *text;
	const char *key; /* of another chunk, behind slot */
} faults[] = {
	/* Of docid 1 and on; the last there may be is 100. */
	{ "\1a\1\1b", 5, NULL, NULL },
	{ "\1a\x61\1b", 5, NULL, NULL },
	{ "\1a\x62\1b", 5, NULL, NULL },
	{ "\1a\x63\1b", 5, "document is none", NULL },
	{ "\1a\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1\1b", 13,
	  "document is none", NULL },
	{ "\1a\xFF\xFF\xFF\xFF\x0F\1b", 8, "document is none", NULL },
	{ "\1a\x80", 3, "document is none", NULL },
	{ "\1a\1", 3, "cut", NULL },
	{ "\1a\1\2b", 5, "cut", NULL },
	{ "\1a\1\x80", 4, "cut", NULL },
	{ "", 0, "cut", NULL },
	{ "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1", 10, "cut", NULL },
	{ "\1a\1\1b", 5, NULL, "\0\4" },
	{ "\1a\1\1b", 5, "no document", "\0\3" },
	{ "\1a\1\1b", 5, "no document", "\0\x65" },
	{ "\1a\1\1b", 5, "no document", "\xFF\x65" },
};

static struct glass_db *write_fault(const char *path, const struct fault *f)
{
	struct glass_version v = { .revision = 1,
				   .documents = 9,
				   .last_docid = 100 };
	unsigned char key[8] = { 0x00, 0xD8, 5, 0, 1 };
	struct glass_table *t;
	struct glass_db *db;
	struct trawl_error err;

	assert_int_equal(mkdir(path, 0700), 0);
	t = rig_table(path, "postlist", true);
	assert_true(glass_table_add(t, key, 5, f->bytes, f->len, false));
	if (f->key) {
		memcpy(key + 3, f->key, 2);
		assert_true(glass_table_add(t, key, 5, "\1c", 2, false));
	}
	v.root[GLASS_POSTLIST] = rig_finish(t);
	glass_version_settle(&v);
	glass_uuid_draw(v.uuid);
	rig_ok(glass_version_write(path, &v, false, &err), &err);
	rig_ok(glass_db_open(path, &db, &err), &err);
	return db;
}

static void check_status(struct glass_db *db, const struct fault *f, bool ok)
{
	struct trawl_error err = { 0 };
	enum trawl_status st = glass_db_status(db, &err);

	assert_int_equal(ok, !f->text);
	assert_int_equal(st, f->text ? TRAWL_CORRUPT : TRAWL_OK);
	if (f->text && !strstr(err.text, f->text))
		fail_msg("not \"%s\": %s", f->text, err.text);
	glass_db_forget(db);
}

static void test_faults(void **state)
{
	char path[512], name[32];

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		const struct fault *f = &faults[i];
		struct column_values window;
		struct xap_bytes value;
		struct column *c;
		struct glass_db *db;

		snprintf(name, sizeof(name), "fault-%zu", i);
		db = write_fault(temp_path(&dir, name, path), f);
		c = column_values(db, 5);
		/* Again, since the failure is not kept. */
		for (int again = 0; again < 2; again++)
			check_status(db, f, column_values_at(c, 0, &window));
		if (!f->key)
			check_status(db, f, column_value(c, 100, &value));
		column_free(c);
		glass_db_close(db);
	}
}

/* Everything is looked at, and may be used. */
static bool survives(const char *path, const void *ctx, uint64_t *state)
{
	const uint32_t *docid = ctx;
	struct glass_db *db;
	struct column *lengths, *values;
	struct trawl_error err;
	volatile uint64_t sum = 0;
	enum trawl_status st;

	rig_ok(glass_db_open(path, &db, &err), &err);
	lengths = column_lengths(db);
	values = column_values(db, slots[chance(state, COUNT(slots))]);
	for (unsigned i = 0; i < 20; i++) {
		uint32_t d = docid[chance(state, FEW)];
		uint32_t base = d / COLUMN_WINDOW * COLUMN_WINDOW;
		const uint32_t *length = column_lengths_at(lengths, base);
		struct column_values window;
		struct xap_bytes value;

		if (length)
			sum += length[d - base];
		if (column_values_at(values, base, &window))
			sum += window.head[d - base] + window.has[0];
		if (column_value(values, d, &value))
			for (size_t k = 0; k < value.len; k++)
				sum += (unsigned char)value.data[k];
	}
	column_free(lengths);
	column_free(values);
	st = glass_db_status(db, &err);
	assert_true(st == TRAWL_OK || st == TRAWL_CORRUPT);
	glass_db_close(db);
	return st == TRAWL_OK;
}

static void test_flips(void **state)
{
	struct list_rig r = rig;
	uint32_t docid[FEW];
	char path[512];

	(void)state;
	list_docids(docid, FEW, 1, 3);
	r.docid = docid;
	r.n = FEW;
	list_rig_write(temp_path(&dir, "flips", path), &r);
	assert_true(list_damage(path, FLIPS, survives, docid) > FLIPS / 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(windows), TEST(changed), TEST(none),
		TEST(faults),  TEST(flips),
	};

	memset(long_value, 'v', sizeof(long_value));
	return cmocka_run_group_tests_name("column", tests, NULL, NULL);
}
