/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/matcher_terms.c against Xapian's term list: the same terms, as frequent,
 * from wherever a walk begins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "matcher.h"
#include "temp_dir.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define BYTES(s)                                                               \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}
#define BYTES1(s) ((struct xap_bytes)BYTES(s))

enum {
	DOCUMENTS = 6000,
	BEFORE_UNIQUE = 4, /* words, in order of bytes */
	SEEN_MAX = 1 << 20
};

/* In order of bytes; every document i has those whose step divides i. */
static const struct {
	struct xap_bytes term;
	uint32_t step;
} words[] = {
	{ BYTES("\0"), 500 },	      { BYTES("\0\0z"), 700 },
	{ BYTES("\0\xFFz"), 800 },    { BYTES("K"), 1 },
	{ BYTES("Sabc"), 3 },	      { BYTES("a"), 1 },
	{ BYTES("a\0"), 2 },	      { BYTES("a\0\0"), 1 },
	{ BYTES("a\0\x01"), 5 },      { BYTES("a\0\xFE"), 1 },
	{ BYTES("a\0\xFF"), 2 },      { BYTES("a\0\xFF\xFF"), 1000 },
	{ BYTES("a\x01"), 1 },	      { BYTES("ab"), 900 },
	{ BYTES("abc"), 1 },	      { BYTES("abd"), 40 },
	{ BYTES("b\xFF"), 1 },	      { BYTES("b\xFF\xFF"), 2 },
	{ BYTES("\xC3\xA9t"), 2999 }, { BYTES("\xFF"), 1 },
	{ BYTES("\xFF\xFE"), 6000 },
};

static const struct xap_bytes starts[] = {
	BYTES(""),	   BYTES("\0"),	  BYTES("\0\0"),    BYTES("\0\xC0"),
	BYTES("\0\xFF"),   BYTES("A"),	  BYTES("S"),	    BYTES("Sb"),
	BYTES("a"),	   BYTES("a\0"),  BYTES("a\0\xFE"), BYTES("a\0\xFF"),
	BYTES("a\0\xFFz"), BYTES("aa"),	  BYTES("ab"),	    BYTES("abc"),
	BYTES("abcd"),	   BYTES("b"),	  BYTES("b\xFF"),   BYTES("c"),
	BYTES("\xC3"),	   BYTES("\xFE"), BYTES("\xFF"),    BYTES("\xFF\xFE"),
	BYTES("\xFF\xFF"),
};

static struct fixture {
	struct temp_dir dir;
	struct xap_db *db;
	struct matcher *m;
	char overlong[2 * XAP_TERM_MAX];
} f;

static struct trawl_error err;

static void ok(enum trawl_status st)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err.text);
}

static void put(struct xap_writer *w, uint32_t i)
{
	struct xap_posting p[COUNT(words) + 1] = { 0 };
	const struct xap_value date = { 1, BYTES("20260101") };
	struct xap_document doc = { .postings = p,
				    .values = &date,
				    .nvalues = 1 };
	char unique[16];
	uint32_t docid;

	snprintf(unique, sizeof(unique), "Q%u", (unsigned)i);
	for (size_t k = 0; k < COUNT(words); k++) {
		if (k == BEFORE_UNIQUE)
			p[doc.npostings++].term =
				(struct xap_bytes){ unique, strlen(unique) };
		if (i % words[k].step == 0)
			p[doc.npostings++] =
				(struct xap_posting){ .term = words[k].term,
						      .wdf = 1 + i % 300 };
	}
	ok(xap_writer_put(w, unique, strlen(unique), &doc, &docid, &err));
}

static int make(void **state)
{
	struct xap_writer *w;
	struct xap_facts facts;
	char path[512];

	(void)state;
	temp_dir_make(&f.dir);
	temp_path(&f.dir, "db", path);
	memset(f.overlong, 'a', sizeof(f.overlong));
	ok(xap_writer_open(path, XAP_CREATE, true, &w, &err));
	ok(xap_writer_set_metadata(w, "a", 1, "b", 1, &err));
	for (uint32_t i = 1; i <= DOCUMENTS; i++)
		put(w, i);
	ok(xap_writer_commit(w, &err));
	xap_writer_free(w);
	ok(xap_db_open(path, &f.db, &err));
	ok(xap_db_facts(f.db, &facts, &err));
	ok(matcher_new(path, &facts, &f.m, &err));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	matcher_free(f.m);
	xap_db_free(f.db);
	temp_dir_remove(&f.dir);
	return 0;
}

struct seen {
	struct buf text;
	size_t n, most;
};

static bool see(void *ctx, const char *term, size_t len, uint32_t wdf,
		uint32_t termfreq)
{
	struct seen *s = ctx;

	for (size_t i = 0; i < len; i++)
		buf_addf(&s->text, "%02x", (unsigned char)term[i]);
	buf_addf(&s->text, "/%u/%u ", (unsigned)wdf, (unsigned)termfreq);
	return ++s->n < s->most;
}

static size_t same_walk(struct xap_bytes prefix, struct xap_bytes from,
			bool want_freq, size_t most)
{
	struct seen want = { BUF_INIT(SEEN_MAX), 0, most };
	struct seen got = { BUF_INIT(SEEN_MAX), 0, most };

	ok(xap_db_terms(f.db, prefix, from, want_freq, see, &want, &err));
	ok(matcher_terms(f.m, prefix, from, want_freq, see, &got, &err));
	assert_int_equal(got.n, want.n);
	if (got.n)
		assert_string_equal(got.text.data, want.text.data);
	buf_release(&want.text);
	buf_release(&got.text);
	return got.n;
}

static void test_walks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++)
		for (size_t k = 0; k < COUNT(starts); k++) {
			same_walk(starts[i], starts[k], true, 20);
			same_walk(starts[i], starts[k], false, 20);
		}
	assert_int_equal(same_walk(BYTES1(""), BYTES1(""), true, SIZE_MAX),
			 DOCUMENTS + COUNT(words));
	assert_int_equal(same_walk(BYTES1("a"), BYTES1("a\0"), true, 3), 3);
}

static void test_overlong(void **state)
{
	const struct xap_bytes longest = { f.overlong, XAP_TERM_MAX };
	const struct xap_bytes beyond = { f.overlong, sizeof(f.overlong) };
	const struct xap_bytes all = BYTES("");

	(void)state;
	/* From them on: "ab" and what follows. */
	assert_int_equal(same_walk(BYTES1("a"), longest, true, 9), 3);
	assert_int_equal(same_walk(all, beyond, true, 9), 8);
	assert_int_equal(same_walk(beyond, all, true, 9), 0);
}

static void same_freq(struct xap_bytes term, uint32_t termfreq)
{
	uint32_t want[2], got[2];

	ok(xap_db_term_freq(f.db, term.data, term.len, &want[0], &want[1],
			    &err));
	ok(matcher_term_freq(f.m, term.data, term.len, &got[0], &got[1], &err));
	assert_int_equal(want[0], termfreq);
	assert_int_equal(got[0], want[0]);
	assert_int_equal(got[1], want[1]);
}

static void test_frequencies(void **state)
{
	const struct xap_bytes none[] = { BYTES("aa"),	   BYTES("a\0\x02"),
					  BYTES("\0\xC0"), BYTES("\0\xE0"),
					  BYTES("Q0"),	   BYTES("zz") };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		same_freq(words[i].term, DOCUMENTS / words[i].step);
	for (size_t i = 0; i < COUNT(none); i++)
		same_freq(none[i], 0);
	same_freq((struct xap_bytes){ f.overlong, sizeof(f.overlong) }, 0);
	same_freq(BYTES1("Q77"), 1);
}

/* Metadata, values and lengths come first, and there is nothing else. */
static void test_no_terms(void **state)
{
	const struct xap_bytes all = BYTES("");
	struct seen got = { BUF_INIT(SEEN_MAX), 0, 9 };
	struct xap_writer *w;
	struct xap_facts facts;
	struct matcher *m;
	struct xap_db *db;
	char path[512];

	(void)state;
	temp_path(&f.dir, "empty", path);
	ok(xap_writer_open(path, XAP_CREATE, true, &w, &err));
	ok(xap_writer_set_metadata(w, "a", 1, "b", 1, &err));
	ok(xap_writer_commit(w, &err));
	xap_writer_free(w);
	ok(xap_db_open(path, &db, &err));
	ok(xap_db_facts(db, &facts, &err));
	ok(matcher_new(path, &facts, &m, &err));
	ok(matcher_terms(m, all, all, true, see, &got, &err));
	assert_int_equal(got.n, 0);
	matcher_free(m);
	xap_db_free(db);
	buf_release(&got.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_overlong),
		cmocka_unit_test(test_frequencies),
		cmocka_unit_test(test_no_terms),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
