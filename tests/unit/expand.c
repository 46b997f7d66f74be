/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/expand.c: distances, prefixes, near words against a plain search */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expand.h"
#include "small_db.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	VOCABULARY = 3000,
	LETTERS = 3, /* few, so that many words are near one another */
	ALL = 2 * VOCABULARY
};

struct fixture {
	struct small_db *small;
	struct arena arena;
	char word[VOCABULARY][40];
	uint32_t documents[VOCABULARY];
	size_t n;
};

/* ------------------------------------------------------------- distance -- */

static void test_distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned limit, want;
	} cases[] = {
		{ "", "", 2, 0 },
		{ "a", "", 2, 1 },
		{ "", "abc", 2, 3 },
		{ "zelensky", "zelensky", 2, 0 },
		{ "zelensky", "zelenskyy", 2, 1 },
		{ "zelensky", "zelenskiy", 2, 1 },
		{ "zelensky", "zelenskiyy", 2, 2 },
		{ "election", "elction", 2, 1 },
		{ "election", "eelction", 2, 1 }, /* le: swapped */
		{ "election", "eletcoin", 2, 2 },
		{ "ca", "abc", 2, 3 }, /* a swap is not edited again */
		{ "ab", "ba", 1, 1 },
		{ "ab", "ba", 0, 1 },
		{ "same", "some", 0, 1 },
		{ "same", "same", 0, 0 },
		{ "kitten", "sitting", 2, 3 },
		{ "\xC3\xA9t\xC3\xA9", "ete", 2, 2 }, /* in characters */
		{ "\xC3\xA9t", "t\xC3\xA9", 1, 1 },
		{ "abcdefgh", "xyz", 2, 3 },
		{ "same", "same", 3, 4 }, /* above EXPAND_EDITS_MAX */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *a = cases[i].a, *b = cases[i].b;
		unsigned limit = cases[i].limit;
		unsigned there =
			edit_distance(a, strlen(a), b, strlen(b), limit);
		unsigned back =
			edit_distance(b, strlen(b), a, strlen(a), limit);

		if (there != cases[i].want || back != there)
			fail_msg("%s %s: %u and %u, not %u", a, b, there, back,
				 cases[i].want);
	}
}

static void test_overlong_words_have_no_distance(void **state)
{
	char a[XAP_TERM_MAX + 2];

	(void)state;
	memset(a, 'a', sizeof(a));
	assert_int_equal(edit_distance(a, XAP_TERM_MAX, a, XAP_TERM_MAX, 2), 0);
	assert_int_equal(edit_distance(a, XAP_TERM_MAX + 1, a, XAP_TERM_MAX, 2),
			 3);
}

/* -------------------------------------------------------------- fixture -- */

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void append(char *word, const char *letter)
{
	memcpy(word + strlen(word), letter, strlen(letter) + 1);
}

/* a, b and a letter of two bytes; beside them real words. */
static void invent(struct fixture *f)
{
	static const char *const letter[LETTERS] = { "a", "b", "\xC3\xB1" };
	static const char *const real[] = { "zelensky",	 "zelenskyy",
					    "zelenskiy", "zebra",
					    "election",	 "elections",
					    "elected",	 "1916" };
	uint32_t seed = 7;

	for (; f->n < COUNT(real); f->n++)
		snprintf(f->word[f->n], sizeof(*f->word), "%s", real[f->n]);
	while (f->n < VOCABULARY) {
		char *w = f->word[f->n];
		size_t i = 0;

		*w = '\0';
		for (uint32_t k = 1 + draw(&seed, 9); k; k--)
			append(w, letter[draw(&seed, LETTERS)]);
		while (strcmp(f->word[i], w) != 0)
			i++;
		f->n += i == f->n;
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char id[16];

	assert_non_null(f);
	arena_init(&f->arena, 64 << 20);
	f->small = small_db_new();
	invent(f);
	/* Word i is in the documents whose number divides i. */
	for (size_t d = 1; d <= 7; d++) {
		for (size_t i = 0; i < f->n; i++)
			if (i % d == 0) {
				small_term(f->small, "", f->word[i],
					   strlen(f->word[i]), 1, 0);
				f->documents[i]++;
			}
		small_term(f->small, "Z", "zelenski", 8, 1, 0);
		small_term(f->small, "S", "zelenskyj", 9, 1, 0);
		small_term(f->small, "XPLACE:", "zelensk", 7, 1, 0);
		snprintf(id, sizeof(id), "%zu", d);
		small_put(f->small, id);
	}
	small_db_open(f->small);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->arena);
	small_db_free(f->small);
	free(f);
	return 0;
}

/* "word/documents word/documents" */
static void assert_words(const struct expansion *e, size_t n, const char *want)
{
	char got[4096] = "";

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(got);

		snprintf(got + len, sizeof(got) - len, "%s%.*s/%u",
			 i ? " " : "", (int)e[i].len, e[i].word,
			 e[i].documents);
	}
	assert_string_equal(got, want);
}

/* --------------------------------------------------------------- prefix -- */

static void test_prefixes(void **state)
{
	static const struct {
		const char *field, *text;
		size_t max;
		const char *want;
		bool partial;
	} cases[] = {
		{ "", "elect", 9, "elected/4 election/3 elections/2", false },
		{ "", "elect", 2, "elected/4 election/3", true },
		{ "", "election", 9, "election/3 elections/2", false },
		{ "", "zelensk", 9, "zelensky/7 zelenskiy/2 zelenskyy/1",
		  false },
		{ "S", "zel", 9, "zelenskyj/7", false },
		{ "XPLACE:", "zel", 9, "zelensk/7", false },
		{ "", "xyz", 9, "", false },
		{ "", "", 9, "", false },
		{ "", "Zel", 9, "", false },
		{ "", "elect", 0, "", true },
	};
	struct fixture *f = *state;
	struct trawl_error err;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct expand rq = { .terms = { f->small->db, NULL },
					   .term_prefix = cases[i].field,
					   .text = cases[i].text,
					   .len = strlen(cases[i].text),
					   .max = cases[i].max };
		struct expansions e;

		small_ok(expand_prefix(&rq, &f->arena, &e, &err), &err);
		assert_words(e.word, e.n, cases[i].want);
		assert_int_equal(e.partial, cases[i].partial);
		assert_false(e.late);
	}
}

/* The first ranked ones as they are of all, the others by their bytes. */
static void check_ranked(const struct expansions *all,
			 const struct expansions *e, size_t ranked)
{
	size_t found = 0;

	assert_int_equal(e->n, all->n);
	for (size_t i = 0; i < e->n; i++) {
		if (i < ranked)
			assert_string_equal(e->word[i].word, all->word[i].word);
		else if (i > ranked)
			assert_true(strcmp(e->word[i - 1].word,
					   e->word[i].word) < 0);
		for (size_t k = 0; k < all->n; k++)
			found += !strcmp(e->word[i].word, all->word[k].word) &&
				 e->word[i].documents == all->word[k].documents;
	}
	assert_int_equal(found, e->n);
}

static void test_prefixes_ranked_in_part(void **state)
{
	static const char *const text[] = { "e", "z", "1", "a", "b" };
	struct fixture *f = *state;
	struct trawl_error err;
	size_t most = 0;

	for (size_t i = 0; i < COUNT(text) * 9; i++) {
		struct expand rq = { .terms = { f->small->db, NULL },
				     .term_prefix = "",
				     .text = text[i / 9],
				     .len = 1,
				     .max = i % 9 < 8 ? 1 + i % 9 * 3 : 1000 };
		struct expansions all, e;

		small_ok(expand_prefix(&rq, &f->arena, &all, &err), &err);
		for (rq.ranked = 1; rq.ranked <= 12; rq.ranked++) {
			small_ok(expand_prefix(&rq, &f->arena, &e, &err), &err);
			check_ranked(&all, &e, rq.ranked);
		}
		most = all.n > most ? all.n : most;
	}
	assert_true(most > 50);
}

static void test_prefix_of_an_overlong_text(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err;
	char text[XAP_TERM_MAX + 1];
	const struct expand rq = { .terms = { f->small->db, NULL },
				   .term_prefix = "",
				   .text = text,
				   .len = sizeof(text),
				   .max = 9 };
	struct expansions e;

	memset(text, 'e', sizeof(text));
	small_ok(expand_prefix(&rq, &f->arena, &e, &err), &err);
	assert_int_equal(e.n, 0);
}

/* ---------------------------------------------------------------- fuzzy -- */

static void test_near_words(void **state)
{
	static const struct {
		const char *field, *text;
		unsigned edits, same;
		const char *want;
	} cases[] = {
		{ "", "zelensky", 1, 1, "zelensky/7 zelenskiy/2 zelenskyy/1" },
		{ "", "selensky", 1, 0, "zelensky/7" },
		{ "", "selensky", 1, 1, "" },
		{ "", "ezlensky", 1, 0, "zelensky/7" },
		{ "", "zelinskiyy", 2, 1, "zelenskiy/2 zelenskyy/1" },
		{ "", "zelensky", 0, 0, "zelensky/7" },
		{ "S", "zelensky", 1, 1, "zelenskyj/7" },
		{ "S", "zelensky", 1, 0, "zelenskyj/7" },
		{ "XPLACE:", "zelensky", 2, 0, "zelensk/7" },
		{ "", "1915", 1, 0, "1916/2" },
		{ "", "Zelensky", 2, 1, "" },
		{ "", "", 2, 0, "" },
	};
	struct fixture *f = *state;
	struct trawl_error err;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct expand rq = { .terms = { f->small->db, NULL },
					   .term_prefix = cases[i].field,
					   .text = cases[i].text,
					   .len = strlen(cases[i].text),
					   .edits = cases[i].edits,
					   .same_start = cases[i].same,
					   .max = 9 };
		struct expansions e;

		small_ok(expand_fuzzy(&rq, &f->arena, &e, &err), &err);
		assert_words(e.word, e.n, cases[i].want);
		assert_false(e.partial);
	}
}

/* As the header says, without any skill. */
static size_t look_at_all(const struct fixture *f, const char *text,
			  unsigned edits, size_t same, struct expansion *out)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const char *w = f->word[i];
		unsigned d =
			edit_distance(text, strlen(text), w, strlen(w), edits);

		if (d <= edits && !strncmp(text, w, same))
			out[n++] =
				(struct expansion){ .word = w,
						    .len = (uint32_t)strlen(w),
						    .documents =
							    f->documents[i],
						    .edits = d };
	}
	return n;
}

static bool holds(const struct expansion *e, size_t n,
		  const struct expansion *one)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].len == one->len && e[i].edits == one->edits &&
		    e[i].documents == one->documents &&
		    !memcmp(e[i].word, one->word, one->len))
			return true;
	return false;
}

static bool in_order(const struct expansion *a, const struct expansion *b)
{
	if (a->edits != b->edits)
		return a->edits < b->edits;
	if (a->documents != b->documents)
		return a->documents > b->documents;
	return strcmp(a->word, b->word) < 0;
}

static void compare(struct fixture *f, const char *text, unsigned edits,
		    unsigned same)
{
	static struct expansion want[VOCABULARY];
	const struct expand rq = { .terms = { f->small->db, NULL },
				   .term_prefix = "",
				   .text = text,
				   .len = strlen(text),
				   .edits = edits,
				   .same_start = same,
				   .max = ALL };
	struct trawl_error err;
	struct expansions e;
	size_t nwant, bytes = 0;

	for (unsigned i = 0; i < same && text[bytes]; i++)
		bytes += (unsigned char)text[bytes] < 0x80 ? 1 : 2;
	nwant = look_at_all(f, text, edits, bytes, want);
	arena_reset(&f->arena);
	small_ok(expand_fuzzy(&rq, &f->arena, &e, &err), &err);
	if (e.n != nwant)
		fail_msg("%s~%u: %zu words, not %zu", text, edits, e.n, nwant);
	for (size_t i = 0; i < e.n; i++) {
		assert_true(holds(want, nwant, &e.word[i]));
		assert_true(!i || in_order(&e.word[i - 1], &e.word[i]));
	}
}

/* Jumping over the vocabulary finds what looking at each word finds. */
static void test_no_near_word_is_jumped_over(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 99;

	for (size_t i = 0; i < 60; i++) {
		const char *text = f->word[draw(&seed, (uint32_t)f->n)];

		for (unsigned edits = 0; edits <= EXPAND_EDITS_MAX; edits++)
			for (unsigned same = 0; same < 3; same++)
				compare(f, text, edits, same);
	}
}

static void test_the_best_are_kept(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err;
	struct expand rq = { .terms = { f->small->db, NULL },
			     .term_prefix = "",
			     .text = "abab",
			     .len = 4,
			     .edits = 2,
			     .max = ALL };
	struct expansions all, few;

	small_ok(expand_fuzzy(&rq, &f->arena, &all, &err), &err);
	assert_false(all.partial);
	assert_true(all.n > 20);
	rq.max = 10;
	small_ok(expand_fuzzy(&rq, &f->arena, &few, &err), &err);
	assert_true(few.partial);
	assert_int_equal(few.n, 10);
	for (size_t i = 0; i < few.n; i++)
		assert_string_equal(few.word[i].word, all.word[i].word);
}

static void test_no_word_is_looked_at_after_the_deadline(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err;
	struct expand rq = { .terms = { f->small->db, NULL },
			     .term_prefix = "",
			     .text = "ab",
			     .len = 2,
			     .edits = 1,
			     .max = ALL };
	struct expansions prefixed, near, e;

	small_ok(expand_prefix(&rq, &f->arena, &prefixed, &err), &err);
	small_ok(expand_fuzzy(&rq, &f->arena, &near, &err), &err);
	assert_true(prefixed.n && near.n);
	rq.deadline = 1;
	small_ok(expand_prefix(&rq, &f->arena, &e, &err), &err);
	assert_true(e.late && !e.n && !e.partial);
	small_ok(expand_fuzzy(&rq, &f->arena, &e, &err), &err);
	assert_true(e.late && !e.n && !e.partial);
	rq.deadline = UINT64_MAX;
	small_ok(expand_prefix(&rq, &f->arena, &e, &err), &err);
	assert_true(!e.late && e.n == prefixed.n);
	small_ok(expand_fuzzy(&rq, &f->arena, &e, &err), &err);
	assert_true(!e.late && e.n == near.n);
}

static void test_memory_runs_out(void **state)
{
	struct fixture *f = *state;
	struct trawl_error err;
	const struct expand prefix = { .terms = { f->small->db, NULL },
				       .term_prefix = "",
				       .text = "elect",
				       .len = 5,
				       .max = 9 };
	const struct expand near = { .terms = { f->small->db, NULL },
				     .term_prefix = "",
				     .text = "elected",
				     .len = 7,
				     .edits = 2,
				     .same_start = 1,
				     .max = 9 };
	struct expansions e;
	struct arena tiny;

	arena_init(&tiny, 32);
	assert_int_equal(expand_prefix(&prefix, &tiny, &e, &err), TRAWL_NOMEM);
	arena_reset(&tiny);
	assert_int_equal(expand_fuzzy(&near, &tiny, &e, &err), TRAWL_NOMEM);
	arena_release(&tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_overlong_words_have_no_distance),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_prefixes_ranked_in_part),
		cmocka_unit_test(test_prefix_of_an_overlong_text),
		cmocka_unit_test(test_near_words),
		cmocka_unit_test(test_no_near_word_is_jumped_over),
		cmocka_unit_test(test_the_best_are_kept),
		cmocka_unit_test(test_no_word_is_looked_at_after_the_deadline),
		cmocka_unit_test(test_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
