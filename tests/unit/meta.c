/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/meta.c: what an index remembers of itself */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "meta.h"
#include "temp_dir.h"
#include "utf8.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

/* ---------------------------------------------------------------- states -- */

static void test_states(void **state)
{
	static const struct state cases[] = {
		{ 0, 0, { 0 } },
		{ 1, -1, { 1, 2, 3, 0xFE, 0xFF } },
		{ UINT64_MAX, INT64_MAX, { 0xFF } },
		{ 12345, INT64_MIN, { 0x10 } },
	};
	char text[STATE_TEXT_MAX];
	struct state back;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		state_print(&cases[i], text);
		memset(&back, 0x55, sizeof(back));
		assert_true(state_parse(text, strlen(text), &back));
		assert_true(back.size == cases[i].size);
		assert_true(back.mtime_ns == cases[i].mtime_ns);
		assert_memory_equal(back.hash, cases[i].hash, 16);
	}
	state_print(&cases[1], text);
	assert_string_equal(text, "1 -1 010203feff0000000000000000000000");
}

static void test_damaged_states(void **state)
{
	static const char hash[] = "00112233445566778899aabbccddeeff";
	static const char *const cases[] = {
		"",
		"1",
		"1 2",
		"1 2 ",
		"1 2 00112233445566778899aabbccddeef",
		"1 2 00112233445566778899aabbccddeeff0",
		"1 2 00112233445566778899aabbccddeefg",
		"1 2 00112233445566778899AABBCCDDEEFF",
		"1 2 00112233445566778899aabbccddeeff ",
		"1  2 00112233445566778899aabbccddeeff",
		" 1 2 00112233445566778899aabbccddeeff",
		"-1 2 00112233445566778899aabbccddeeff",
		"1 --2 00112233445566778899aabbccddeeff",
		"1 9223372036854775808 00112233445566778899aabbccddeeff",
		"18446744073709551616 2 00112233445566778899aabbccddeeff",
	};
	struct state s;
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (state_parse(cases[i], strlen(cases[i]), &s))
			fail_msg("\"%s\" was read", cases[i]);
	snprintf(text, sizeof(text), "1 2 %s", hash);
	assert_true(state_parse(text, strlen(text), &s));
	text[1] = '\0';
	assert_false(state_parse(text, 36, &s));
}

/* ------------------------------------------------------------ long terms -- */

static size_t add(struct buf *out, const char *prefix, const char *s,
		  size_t len)
{
	buf_reset(out);
	add_long_term(out, prefix, s, len);
	assert_false(out->failed);
	return out->len;
}

static void test_terms_at_the_limit(void **state)
{
	struct buf out = BUF_INIT(XAP_TERM_MAX);
	char s[400];

	(void)state;
	memset(s, 'a', sizeof(s));
	assert_int_equal(add(&out, "Q", s, 243), 244);
	assert_int_equal(add(&out, "Q", s, 244), 245);
	assert_memory_equal(out.data + 1, s, 244);
	assert_int_equal(add(&out, "Q", s, 245), 245);
	assert_memory_equal(out.data + 1, s, 212);
	assert_true(memcmp(out.data + 1, s, 213) != 0);
	assert_int_equal(strspn(out.data + 213, "0123456789abcdef"), 32);
	buf_release(&out);
}

static void test_long_terms_differ(void **state)
{
	struct buf a = BUF_INIT(XAP_TERM_MAX), b = BUF_INIT(XAP_TERM_MAX);
	char s[400];

	(void)state;
	memset(s, 'a', sizeof(s));
	for (size_t i = 0; i < sizeof(s); i += 57) {
		add(&a, "XROOT:", s, sizeof(s));
		s[i]++;
		add(&b, "XROOT:", s, sizeof(s));
		assert_int_equal(a.len, b.len);
		assert_true(memcmp(a.data, b.data, a.len) != 0);
		add(&a, "XROOT:", s, sizeof(s));
		assert_memory_equal(a.data, b.data, a.len);
	}
	buf_release(&a);
	buf_release(&b);
}

/* Cut at a character, whatever the prefix moves it to. */
static void test_characters_stay_whole(void **state)
{
	static const char *const prefixes[] = { "",    "Q",    "H",
						"XA:", "XAB:", "XABC:" };
	struct buf out = BUF_INIT(XAP_TERM_MAX);
	char s[400];

	(void)state;
	for (size_t i = 0; i < sizeof(s); i += 4)
		memcpy(s + i, "\xF0\x9F\x8C\x8D", 4);
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		size_t len = add(&out, prefixes[i], s, sizeof(s));

		assert_in_range(len, XAP_TERM_MAX - 3, XAP_TERM_MAX);
		assert_int_equal(utf8_valid(out.data, len), len);
	}
	buf_release(&out);
}

/* To Xapian a NUL in a term is two bytes. */
static void test_nuls_count_twice(void **state)
{
	struct buf out = BUF_INIT(XAP_TERM_MAX);
	char s[200] = { 0 };

	(void)state;
	assert_int_equal(add(&out, "K", s, 122), 123);
	assert_int_equal(add(&out, "K", s, 123), 1 + 106 + 32);
	buf_release(&out);
}

/* -------------------------------------------------------------- metadata -- */

struct box {
	struct temp_dir dir;
	char path[512];
	struct xap_writer *w;
};

static void box_open(struct box *b)
{
	struct trawl_error err;

	temp_dir_make(&b->dir);
	ok(xap_writer_open(temp_path(&b->dir, "db", b->path), XAP_CREATE, true,
			   &b->w, &err),
	   &err);
}

static void box_close(struct box *b)
{
	xap_writer_free(b->w);
	temp_dir_remove(&b->dir);
}

static void set(struct box *b, const char *key, const char *value)
{
	struct trawl_error err;

	ok(xap_writer_set_metadata(b->w, key, strlen(key), value, strlen(value),
				   &err),
	   &err);
}

static void write_meta(struct box *b, const struct meta *m)
{
	struct meta_entries entries;
	struct trawl_error err;

	meta_entries(m, &entries);
	for (size_t i = 0; i < entries.n; i++)
		ok(xap_writer_set_metadata(
			   b->w, entries.key[i].data, entries.key[i].len,
			   entries.value[i].data, entries.value[i].len, &err),
		   &err);
}

static void test_written_and_read(void **state)
{
	static const char *const texts[] = { NULL, "",
					     "[place]\ntype = keyword\n" };
	struct trawl_error err;
	struct meta m, back;
	struct box b;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		box_open(&b);
		ok(meta_init(&m, i ? "de" : NULL, texts[i], "none", &err),
		   &err);
		write_meta(&b, &m);
		ok(meta_read(xap_writer_db(b.w), &back, &err), &err);
		assert_int_equal(back.format, META_FORMAT);
		assert_string_equal(back.language, i ? "german" : "english");
		assert_string_equal(back.fingerprint, m.fingerprint);
		assert_int_equal(strlen(back.fingerprint),
				 strlen(back.language) + 17);
		assert_int_equal(back.schema.nfields, m.schema.nfields);
		if (i == 2)
			assert_string_equal(back.schema_text, texts[i]);
		else
			assert_null(back.schema_text);
		ok(meta_check_analyzer(&back, &err), &err);
		meta_release(&m);
		meta_release(&back);
		box_close(&b);
	}
}

static void test_bad_options(void **state)
{
	struct trawl_error err;
	struct meta m;

	(void)state;
	assert_int_equal(meta_init(&m, "klingon", NULL, NULL, &err),
			 TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "klingon"));
	assert_int_equal(meta_init(&m, NULL, "[x]\n", NULL, &err),
			 TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "line 1"));
	meta_release(NULL);
}

static void test_not_ours(void **state)
{
	static const struct {
		const char *key, *value, *want;
		enum trawl_status st;
	} cases[] = {
		{ "trawl.format", "", "trawl.format", TRAWL_CORRUPT },
		{ "trawl.format", "x", "trawl.format", TRAWL_CORRUPT },
		{ "trawl.format", "2", "format 2", TRAWL_MISMATCH },
		{ "trawl.language", "", "trawl.language", TRAWL_CORRUPT },
		{ "trawl.language", "123456789012345678901234567890123",
		  "trawl.language", TRAWL_CORRUPT },
		{ "trawl.fingerprint", "", "trawl.fingerprint", TRAWL_CORRUPT },
		{ "trawl.schema", "[x]\n", "line 1", TRAWL_CORRUPT },
	};
	struct trawl_error err;
	struct meta m, back;
	struct box b;

	(void)state;
	ok(meta_init(&m, NULL, NULL, "none", &err), &err);
	box_open(&b);
	for (size_t i = 0; i < COUNT(cases); i++) {
		write_meta(&b, &m);
		set(&b, cases[i].key, cases[i].value);
		assert_int_equal(meta_read(xap_writer_db(b.w), &back, &err),
				 cases[i].st);
		if (!strstr(err.text, cases[i].want))
			fail_msg("%s: not \"%s\"", err.text, cases[i].want);
	}
	box_close(&b);
	meta_release(&m);
}

static void test_another_analyzer(void **state)
{
	struct trawl_error err;
	struct meta m;
	char ours[64];

	(void)state;
	ok(meta_init(&m, NULL, NULL, "none", &err), &err);
	memcpy(ours, m.fingerprint, sizeof(ours));
	m.fingerprint[10] ^= 1;
	assert_int_equal(meta_check_analyzer(&m, &err), TRAWL_MISMATCH);
	assert_non_null(strstr(err.text, ours));
	assert_non_null(strstr(err.text, m.fingerprint));
	assert_non_null(
		strstr(err.text, "trawl-index dump INDEX | trawl-index build"));

	/* A language that this libstemmer has not. */
	memcpy(m.language, "klingon", 8);
	assert_int_equal(meta_check_analyzer(&m, &err), TRAWL_MISMATCH);
	assert_non_null(strstr(err.text, "klingon unknown"));
	meta_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_damaged_states),
		cmocka_unit_test(test_terms_at_the_limit),
		cmocka_unit_test(test_long_terms_differ),
		cmocka_unit_test(test_characters_stay_whole),
		cmocka_unit_test(test_nuls_count_twice),
		cmocka_unit_test(test_written_and_read),
		cmocka_unit_test(test_bad_options),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_another_analyzer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
