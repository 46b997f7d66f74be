/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/lexicon.c: the same near words as the walk through the list of terms */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expand.h"
#include "lexicon.h"
#include "small_db.h"

enum {
	WORDS = 40000, /* more than two slices */
	EACH = 4000,   /* a document's */
	SLICES_MAX = 10,
	ROUNDS = 400,
	ALL = 2 * WORDS
};

struct fixture {
	struct small_db *small;
	struct arena arena;
	struct lexicon *lexicon;
};

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* Few letters, so that many words are near one another. */
static void invent(char word[64], uint32_t *seed)
{
	static const char *const latin[] = { "a", "b", "c", "d", "e", "1" };
	static const char *const other[] = { "a",	 "b",
					     "\xC3\xB1", "\xD0\xB0",
					     "\xD0\xB1", "\xF0\x90\xA8\x80" };
	const bool plain = draw(seed, 4);
	size_t len = 0;

	for (uint32_t n = 1 + draw(seed, 9); n; n--) {
		const char *s = (plain ? latin : other)[draw(seed, 6)];

		memcpy(word + len, s, strlen(s));
		len += strlen(s);
	}
	word[len] = '\0';
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char word[64], id[16];
	uint32_t seed = 3;

	assert_non_null(f);
	arena_init(&f->arena, 256 << 20);
	f->small = small_db_new();
	for (size_t n = 0; n < WORDS; n++) {
		invent(word, &seed);
		small_term(f->small, "", word, strlen(word), 1, 0);
		if (f->small->nterms < EACH)
			continue;
		/* not words of the text, before and after them */
		small_term(f->small, "Z", "abcde", 5, 1, 0);
		small_term(f->small, "XPLACE:", "abcde", 5, 1, 0);
		snprintf(id, sizeof(id), "%zu", n);
		small_put(f->small, id);
	}
	small_db_open(f->small);
	f->lexicon = lexicon_new();
	assert_non_null(f->lexicon);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	lexicon_free(f->lexicon);
	lexicon_free(NULL);
	arena_release(&f->arena);
	small_db_free(f->small);
	free(f);
	return 0;
}

static unsigned read_all(struct fixture *f)
{
	const struct term_source terms = { f->small->db, NULL };
	struct trawl_error err;
	bool ready = false;
	unsigned n = 0;

	while (!ready && n < SLICES_MAX) {
		small_ok(lexicon_read(f->lexicon, &terms, &ready, &err), &err);
		n++;
	}
	assert_true(ready);
	return n;
}

/* Once is nothing, then a slice each time; and the same after forgetting. */
static void test_reads_in_slices(void **state)
{
	struct fixture *f = *state;
	unsigned n = read_all(f);

	assert_true(n > 2);
	assert_int_equal(read_all(f), 1);
	lexicon_forget(f->lexicon);
	lexicon_forget(NULL);
	assert_int_equal(read_all(f), n);
}

static void look(struct fixture *f, const struct lexicon *lexicon,
		 const char *text, unsigned edits, unsigned same,
		 struct expansions *out)
{
	const struct expand rq = { .terms = { f->small->db, NULL },
				   .term_prefix = "",
				   .text = text,
				   .len = strlen(text),
				   .edits = edits,
				   .same_start = same,
				   .max = ALL,
				   .lexicon = lexicon };
	struct trawl_error err;

	small_ok(expand_fuzzy(&rq, &f->arena, out, &err), &err);
}

static size_t compare(struct fixture *f, const char *text, unsigned edits,
		      unsigned same)
{
	struct expansions walk, have;

	arena_reset(&f->arena);
	look(f, NULL, text, edits, same, &walk);
	look(f, f->lexicon, text, edits, same, &have);
	if (walk.n != have.n)
		fail_msg("%s: %zu, not %zu", text, have.n, walk.n);
	for (size_t i = 0; i < walk.n; i++) {
		const struct expansion *a = &walk.word[i], *b = &have.word[i];

		assert_int_equal(a->len, b->len);
		assert_memory_equal(a->word, b->word, a->len);
		assert_int_equal(a->edits, b->edits);
		assert_int_equal(a->documents, b->documents);
	}
	return walk.n;
}

static void test_same_as_a_walk(void **state)
{
	static const char *const special[] = { "",   "a",  "A",	 "\xD0\xB0",
					       "ab", "ba", "aa", "zzz" };
	struct fixture *f = *state;
	uint32_t seed = 99;
	size_t found = 0;
	char word[64];

	read_all(f);
	for (unsigned edits = 0; edits <= EXPAND_EDITS_MAX; edits++)
		for (unsigned same = 0; same <= 2; same++) {
			for (unsigned i = 0; i < ROUNDS / 9; i++) {
				invent(word, &seed);
				found += compare(f, word, edits, same);
			}
			for (unsigned i = 0; i < 8; i++)
				compare(f, special[i], edits, same);
		}
	assert_true(found > ROUNDS);
}

static bool stop(void *ctx, const char *word, size_t len, unsigned edits)
{
	(void)word;
	(void)len;
	(void)edits;
	++*(size_t *)ctx;
	return false;
}

static void test_stops(void **state)
{
	struct fixture *f = *state;
	size_t n = 0;

	read_all(f);
	lexicon_near(f->lexicon, "abc", 3, 0, 1, stop, &n);
	lexicon_near(f->lexicon, "abc", 3, 0, 2, stop, &n);
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_in_slices),
		cmocka_unit_test(test_same_as_a_walk),
		cmocka_unit_test(test_stops),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
