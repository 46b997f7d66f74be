/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/name_*: which spellings are one name, and which never are */
#include "name_count.h"
#include "name_edit.h"
#include "name_lists.h"
#include "name_miner.h"
#include "name_refuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	MEMORY = 8 << 20,
	NOTES_MAX = 1 << 24,
	TEXT_MAX = 1 << 16
};

/* ------------------------------------------------------------- folding -- */

static void fold(const char *word, struct name_key *out)
{
	assert_true(name_fold(word, strlen(word), out));
}

static void test_fold(void **state)
{
	static const struct {
		const char *word, *fold, *skeleton;
	} row[] = {
		{ "zelensky", "zelenski", "slnsk" },
		{ "zelenskyy", "zelenski", "slnsk" },
		{ "zelenskiy", "zelenski", "slnsk" },
		{ "zelenskij", "zelenski", "slnsk" },
		{ "zelenskyi", "zelenski", "slnsk" },
		{ "khrushchev", "kruSCev", "krssv" },
		{ "qadhafi", "kadafi", "ktv" },
		{ "gaddafi", "gadafi", "ktv" },
		{ "schröder", NULL, NULL },
		{ "schroder", "Sroder", "srtr" },
		{ "alexei", "aleksi", "alks" },
		{ "aleksey", "aleksi", "alks" },
		{ "aleksej", "aleksi", "alks" },
		{ "o'neill", "oneil", "anl" },
		{ "łukasz", "lukasz", "lkss" },
		{ "sławomir", "slavomir", "slvmr" },
		{ "yushchenko", "iuSCenko", "assnk" },
		{ "gorbachyov", "gorbaCiov", "krpsv" },
		{ "smirnoff", "smirnov", "smrnv" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct name_key key;
		const bool ok =
			name_fold(row[i].word, strlen(row[i].word), &key);

		assert_int_equal(ok, row[i].fold != NULL);
		if (!ok)
			continue;
		assert_string_equal(key.fold, row[i].fold);
		assert_string_equal(key.skeleton, row[i].skeleton);
		assert_int_equal(key.nfold, strlen(key.fold));
	}
}

static void test_fold_refuses(void **state)
{
	char longest[NAME_BYTES + 2];
	struct name_key key;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_true(name_fold("ab", 2, &key));
	assert_false(name_fold("", 0, &key));
	assert_false(name_fold("a", 1, &key));
	assert_false(name_fold("a1b", 3, &key));
	assert_false(name_fold("\xff\xfe", 2, &key));
	assert_false(name_fold("зеленский", strlen("зеленский"), &key));
	assert_false(name_fold(longest, NAME_BYTES + 1, &key));
	/* x is two letters: no more than there is room for */
	assert_true(name_fold(longest, NAME_BYTES, &key));
	assert_true(key.nfold <= NAME_LETTERS);
	for (size_t i = 0; i < NAME_BYTES; i += 2)
		memcpy(longest + i, "\xc3\xa6", 2); /* two letters each */
	assert_true(name_fold(longest, NAME_BYTES, &key));
	assert_int_equal(key.nbare, NAME_LETTERS);
}

static unsigned cost(const char *a, const char *b, unsigned limit)
{
	struct name_letters la, lb;
	struct name_key ka, kb;
	unsigned there;

	fold(a, &ka);
	fold(b, &kb);
	name_letters(&la, &ka);
	name_letters(&lb, &kb);
	there = name_cost(&la, &lb, limit);
	assert_int_equal(there, name_cost(&lb, &la, limit));
	return there;
}

static void test_cost(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned least, most;
	} row[] = {
		{ "zelensky", "zelenskiy", 0, 0 },
		{ "hasan", "hassan", 0, 0 },
		{ "mohamed", "muhammad", 10, 20 },
		{ "omar", "umar", 4, 10 },
		{ "hryhory", "grigory", 8, 24 },
		{ "ivanka", "ivnaka", 10, 14 },
		{ "jordan", "gordan", 4, 10 },
		{ "bates", "gates", 20, 30 },
		{ "miller", "muller", 12, 20 },
		{ "putin", "blair", 60, NAME_COST_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		const unsigned c = cost(row[i].a, row[i].b, 200);

		assert_in_range(c, row[i].least, row[i].most);
		assert_int_equal(cost(row[i].a, row[i].b, c), c);
		if (c)
			assert_int_equal(cost(row[i].a, row[i].b, c - 1),
					 NAME_COST_MAX);
	}
}

static void test_refuse(void **state)
{
	static const struct {
		const char *a, *b;
		bool refused;
	} row[] = {
		{ "iraq", "iraqi", true },
		{ "angola", "anguilla", true },
		{ "niger", "nigeria", true },
		{ "austin", "austen", true },
		{ "eric", "erik", true },
		{ "philip", "phillip", true },
		{ "clinton", "clintons", true },
		{ "ivanov", "ivanova", true },
		{ "kandahar", "kandahari", true },
		{ "dostoevsky", "dostoevskaya", true },
		{ "march", "marsh", true },
		{ "dmitri", "dmitrii", false },
		{ "zelensky", "zelenskyy", false },
		{ "gaddafi", "qadhafi", false },
		{ "lukashenko", "lukashenka", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct name_key a, b;

		fold(row[i].a, &a);
		fold(row[i].b, &b);
		assert_int_equal(name_refuse(&a, &b), row[i].refused);
		assert_int_equal(name_refuse(&b, &a), row[i].refused);
	}
}

static void test_lists_are_names(void **state)
{
	struct name_key key;
	const char *name;
	size_t n = 0;

	(void)state;
	for (; (name = name_transliterated(n)); n++)
		fold(name, &key);
	assert_true(n > 100);
	/* bsearch() finds the first, the last and what is between */
	assert_true(name_is_given("aaron") && name_is_given("zoe"));
	assert_true(name_is_given("john") && !name_is_given("zelensky"));
	assert_true(name_is_fixed("afghan") && name_is_fixed("zimbabwe"));
	assert_true(name_is_particle("abd") && name_is_particle("von"));
	assert_true(name_is_arabic_particle("ibn"));
	assert_false(name_is_arabic_particle("van"));
}

/* -------------------------------------------------------------- mining -- */

struct mined {
	struct name_miner *m;
	const struct name_group *group;
	size_t n;
};

static void count(struct name_miner *m, const char *text, size_t len)
{
	struct news_words w = { 0 };

	assert_true(news_words_read(&w, text, len, NULL, 0));
	assert_int_equal(name_miner_count(m, &w, text, NULL), TRAWL_OK);
	news_words_release(&w);
}

static void meet(struct name_miner *m, const char *text, size_t len)
{
	struct news_words w = { 0 };
	struct buf notes;

	buf_init(&notes, NOTES_MAX);
	assert_true(news_words_read(&w, text, len, NULL, 0));
	assert_true(name_notes_make(m, &w, text, &notes));
	assert_int_equal(name_miner_meet(m, notes.data, notes.len, NULL),
			 TRAWL_OK);
	news_words_release(&w);
	buf_release(&notes);
}

/* Documents first..n - 1, then 0..first - 1: any order must do. */
static void mine(struct mined *out, const char *const *text, size_t n,
		 size_t first)
{
	*out = (struct mined){ 0 };
	assert_int_equal(name_miner_new(MEMORY, &out->m, NULL), TRAWL_OK);
	for (size_t i = 0; i < n; i++)
		count(out->m, text[(first + i) % n],
		      strlen(text[(first + i) % n]));
	assert_int_equal(name_miner_candidates(out->m, NULL), TRAWL_OK);
	for (size_t i = 0; i < n; i++)
		meet(out->m, text[(first + i) % n],
		     strlen(text[(first + i) % n]));
	assert_int_equal(name_miner_finish(out->m, &out->group, &out->n, NULL),
			 TRAWL_OK);
}

static bool is_in(const struct name_group *g, const char *word)
{
	for (size_t i = 0; i < g->n; i++)
		if (!strcmp(g->spelling[i].word, word))
			return true;
	return false;
}

static bool is_joined(const struct mined *m, const char *a, const char *b)
{
	for (size_t i = 0; i < m->n; i++)
		if (is_in(&m->group[i], a) && is_in(&m->group[i], b))
			return true;
	return false;
}

static const char *const president[] = {
	"The call with Ukrainian President Volodymyr Zelenskyy was good. Then "
	"Zelenskyy wrote about the war, and aides of Zelenskyy agreed.",
	"Reporters in Kyiv asked President Volodymyr Zelensky about the call. "
	"An aide of Zelensky said that Zelensky would wait for the war's end.",
	"In the morning President Volodymyr Zelenskyy spoke of peace; the war, "
	"Mr Zelenskyy said, was long.",
	"The candidate held a call with Ukrainian President Volodymyr "
	"Zelenskiy on Wednesday.",
	"To the press President Volodymyr Zelensky repeated his plan, and the "
	"party of Zelensky cheered.",
};

static void test_one_president(void **state)
{
	struct mined m;

	(void)state;
	mine(&m, president, COUNT(president), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.group->n, 3);
	assert_string_equal(m.group->spelling[0].word, "zelensky");
	assert_string_equal(m.group->spelling[1].word, "zelenskyy");
	assert_string_equal(m.group->spelling[2].word, "zelenskiy");
	assert_int_equal(m.group->spelling[0].documents, 2);
	assert_int_equal(m.group->spelling[2].documents, 1);
	assert_true(m.group->confidence > 0.5 && m.group->confidence < 1);
	assert_non_null(strstr(m.group->reason, "volodymyr"));
	assert_null(strchr(m.group->reason, '\n'));
	name_miner_free(m.m);
}

static void test_any_order(void **state)
{
	struct mined a, b;

	(void)state;
	mine(&a, president, COUNT(president), 0);
	for (size_t first = 1; first < COUNT(president); first++) {
		mine(&b, president, COUNT(president), first);
		assert_int_equal(a.n, b.n);
		assert_int_equal(a.group->n, b.group->n);
		assert_string_equal(a.group->reason, b.group->reason);
		assert_true(a.group->confidence == b.group->confidence);
		for (size_t i = 0; i < a.group->n; i++)
			assert_string_equal(a.group->spelling[i].word,
					    b.group->spelling[i].word);
		name_miner_free(b.m);
	}
	name_miner_free(a.m);
}

/* One text, in which a and b stand in the same company, many times. */
static char *in_company(const char *neighbour, const char *const pair[][2],
			size_t n)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	for (size_t times = 0; times < 5; times++)
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < 2; k++)
				buf_addf(&text,
					 "they met %s %s in the evening, and "
					 "of %s nothing was heard.\n",
					 neighbour, pair[i][k], pair[i][k]);
	assert_false(text.failed);
	return buf_detach(&text);
}

static void assert_apart(const char *text, const char *const pair[][2],
			 size_t n)
{
	struct mined m;

	mine(&m, &text, 1, 0);
	for (size_t i = 0; i < n; i++)
		assert_false(is_joined(&m, pair[i][0], pair[i][1]));
	name_miner_free(m.m);
}

/* Written small as often as large, words are no names. */
static void test_words_stay_apart(void **state)
{
	static const char *const pair[][2] = {
		{ "House", "Horse" },	 { "Want", "Went" },
		{ "Price", "Prize" },	 { "Police", "Policy" },
		{ "Though", "Through" }, { "Month", "Mouth" },
		{ "Where", "There" },	 { "Nature", "Mature" },
		{ "Quite", "Quiet" },	 { "Costs", "Coasts" },
	};
	struct buf both;
	char *text;

	(void)state;
	buf_init(&both, TEXT_MAX);
	text = in_company("Wolfram", pair, COUNT(pair));
	buf_adds(&both, text);
	for (char *c = text; *c; c++)
		*c |= *c >= 'A' && *c <= 'Z' ? 0x20 : 0;
	buf_adds(&both, text);
	assert_apart(both.data, pair, COUNT(pair));
	buf_release(&both);
	free(text);
}

static void test_names_stay_apart(void **state)
{
	static const char *const pair[][2] = {
		{ "Iraq", "Iraqi" },	     { "Angola", "Anguilla" },
		{ "Austin", "Austen" },	     { "Niger", "Nigeria" },
		{ "Kandahar", "Kandahari" }, { "Eric", "Erik" },
		{ "Clinton", "Clintons" },   { "Petrov", "Petrova" },
	};
	char *text = in_company("Wolfram", pair, COUNT(pair));

	(void)state;
	assert_apart(text, pair, COUNT(pair));
	free(text);
}

/* The same company joins what may be joined. */
static void test_company_joins(void **state)
{
	static const char *const pair[][2] = {
		{ "Lukashenko", "Lukashenka" },
		{ "Gadhafi", "Qaddafi" },
	};
	struct mined m;

	(void)state;
	for (size_t i = 0; i < COUNT(pair); i++) {
		char *text = in_company("Wolfram", &pair[i], 1);
		char low[2][32];

		for (size_t k = 0; k < 2; k++) {
			snprintf(low[k], sizeof(low[k]), "%s", pair[i][k]);
			low[k][0] |= 0x20;
		}
		/* a paragraph is a document, so that they are not together */
		const char *part[16];
		size_t n = 0;
		char *line, *rest = text;

		while ((line = strsep(&rest, "\n")) && *line)
			part[n++] = line;
		mine(&m, part, n, 0);
		assert_true(is_joined(&m, low[0], low[1]));
		name_miner_free(m.m);
		free(text);
	}
}

/* Names that stand together are two. */
static void test_together_are_two(void **state)
{
	static const char *const text[] = {
		"they met Wolfram Lukashenko and Wolfram Lukashenka in Minsk.",
		"of Wolfram Lukashenka and Wolfram Lukashenko he knew nothing.",
		"so did Wolfram Lukashenko, as Wolfram Lukashenka did before.",
	};
	struct mined m;

	(void)state;
	mine(&m, text, COUNT(text), 0);
	assert_false(is_joined(&m, "lukashenko", "lukashenka"));
	name_miner_free(m.m);
}

/* ------------------------------------------------------------- hostile -- */

static void run_on(const char *text, size_t len)
{
	const struct name_group *group;
	struct name_miner *m;
	size_t n;

	assert_int_equal(name_miner_new(MEMORY, &m, NULL), TRAWL_OK);
	count(m, text, len);
	assert_int_equal(name_miner_candidates(m, NULL), TRAWL_OK);
	meet(m, text, len);
	assert_int_equal(name_miner_finish(m, &group, &n, NULL), TRAWL_OK);
	name_miner_free(m);
}

static void test_hostile_texts(void **state)
{
	static const char *const part[] = {
		"\0\0\0\0",
		"A",
		"Aa ",
		"x Zelensky",
		"\xff\xfe ",
		"x Zelensky Zelenskiy-",
		"a Al-Bin Al-Ab ",
		"x \xc3\x84nna ",
		"''''",
	};
	const size_t size = 1 << 18;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	run_on("", 0);
	for (size_t i = 0; i < COUNT(part); i++) {
		const size_t n = i ? strlen(part[i]) : 4;

		for (size_t k = 0; k < size; k++)
			text[k] = part[i][k % n];
		run_on(text, size);
	}
	free(text);
}

static void test_finish_before_the_end(void **state)
{
	const struct name_group *group;
	struct name_miner *m;
	struct news_words w = { 0 };
	struct buf notes;
	size_t n = 1;

	(void)state;
	assert_int_equal(name_miner_new(0, &m, NULL), TRAWL_OK);
	assert_false(name_miner_has_candidates(m));
	buf_init(&notes, NOTES_MAX);
	assert_true(name_notes_make(m, &w, "", &notes));
	assert_int_equal(notes.len, 0);
	assert_int_equal(name_miner_meet(m, "", 0, NULL), TRAWL_OK);
	assert_int_equal(name_miner_finish(m, &group, &n, NULL), TRAWL_OK);
	assert_int_equal(n, 0);
	name_miner_free(m);
	name_miner_free(NULL);
}

/* Notes that are cut, or not notes, are left alone. */
static void test_notes_of_others(void **state)
{
	char junk[64];
	struct mined m;

	(void)state;
	mine(&m, president, COUNT(president), 0);
	memset(junk, 0xFF, sizeof(junk));
	for (size_t n = 0; n <= sizeof(junk); n++)
		assert_int_equal(name_miner_meet(m.m, junk, n, NULL), TRAWL_OK);
	memset(junk, 0, sizeof(junk));
	junk[12] = 3; /* context that is not there */
	assert_int_equal(name_miner_meet(m.m, junk, 20, NULL), TRAWL_OK);
	name_miner_free(m.m);
}

/* ------------------------------------------------------------ counting -- */

/* "a Bxxxx" with a number in letters, so that each is another name. */
static void put_name(char *out, size_t size, unsigned i)
{
	snprintf(out, size, "a B%c%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
		 'a' + i / 676 % 26, 'a' + i / 17576 % 26);
}

static void add_names(struct name_count *c, unsigned from, unsigned to,
		      int step)
{
	struct news_words w = { 0 };
	char text[16];

	for (unsigned i = from; i != to; i += (unsigned)step) {
		put_name(text, sizeof(text), i);
		assert_true(news_words_read(&w, text, strlen(text), NULL, 0));
		assert_true(name_count_add(c, &w, text));
	}
	news_words_release(&w);
}

/* How many there are, and how many of those that were added often. */
static size_t left(const struct name_count *c, size_t *often)
{
	struct counted_name n;
	size_t all = 0;

	*often = 0;
	for (size_t at = 0; name_count_next(c, &at, &n); all++)
		*often += n.capital >= 20;
	return all;
}

/* When the table is full the rarest go, whatever the order. */
static void test_full_table(void **state)
{
	enum {
		MANY = 60000,
		OFTEN = 300
	};
	struct name_count *a = name_count_new(1 << 20);
	struct name_count *b = name_count_new(1 << 20);
	size_t often_a, often_b;

	(void)state;
	assert_true(a && b);
	add_names(a, 0, MANY, 1);
	for (int i = 0; i < 20; i++)
		add_names(a, 0, OFTEN, 1);
	for (int i = 0; i < 20; i++)
		add_names(b, OFTEN - 1, (unsigned)-1, -1);
	add_names(b, MANY - 1, (unsigned)-1, -1);
	assert_true(name_count_least(a) > 1);
	assert_int_equal(name_count_least(a), name_count_least(b));
	assert_in_range(left(a, &often_a), OFTEN, MANY / 2);
	assert_in_range(left(b, &often_b), OFTEN, MANY / 2);
	/* counters are shared: some seem to stand so often that do not */
	assert_in_range(often_a, OFTEN, 2 * OFTEN);
	assert_in_range(often_b, OFTEN, 2 * OFTEN);
	name_count_free(a);
	name_count_free(b);
	name_count_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_fold_refuses),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_lists_are_names),
		cmocka_unit_test(test_one_president),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_words_stay_apart),
		cmocka_unit_test(test_names_stay_apart),
		cmocka_unit_test(test_company_joins),
		cmocka_unit_test(test_together_are_two),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_finish_before_the_end),
		cmocka_unit_test(test_notes_of_others),
		cmocka_unit_test(test_full_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
