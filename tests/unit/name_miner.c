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
		{ "hassan", "hasani", true }, /* by their folded forms */
		{ "vasili", "vassilis", true },
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
	assert_int_equal(name_miner_new("/tmp", MEMORY, &out->m, NULL),
			 TRAWL_OK);
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
		{ "Pichayos", "Pichayot" }, /* three consonants, one another */
		{ "Sa'd", "Saad" },
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

struct told {
	const char *first, *last, *of; /* of: what else is said */
};

/* Each is told of five times, in documents of their own. */
static void mine_told(struct mined *out, const struct told *t, size_t n)
{
	enum {
		TIMES_TOLD = 5
	};
	const char *text[64];
	struct buf line;

	assert_true(n * TIMES_TOLD <= COUNT(text));
	for (size_t i = 0; i < n * TIMES_TOLD; i++) {
		const struct told *one = &t[i % n];

		buf_init(&line, TEXT_MAX);
		buf_addf(&line, "they saw %s %s, whose %s.\n", one->first,
			 one->last, one->of);
		text[i] = buf_detach(&line);
	}
	mine(out, text, n * TIMES_TOLD, 0);
	for (size_t i = 0; i < n * TIMES_TOLD; i++)
		free((void *)(uintptr_t)text[i]);
}

/* Of long names that are the same by the rules, what is true of one is true of
 * the other. */
static void test_classes_join(void **state)
{
	static const struct told row[] = {
		{ "Stepan", "Mikalaevich", "daughter plays chess" },
		{ "Stepan", "Nikolaevich", "daughter plays chess" },
		{ "Ortwin", "Nikolayevich", "farm sells cheese" },
		{ "Gerlinde", "Mikalayevich", "boats leave harbour" },
	};
	struct mined m;

	(void)state;
	mine_told(&m, row, COUNT(row));
	assert_true(is_joined(&m, "mikalaevich", "nikolaevich"));
	assert_true(is_joined(&m, "mikalayevich", "nikolayevich"));
	name_miner_free(m.m);
}

/* Two men of one kin, who have a neighbour in one of several spellings, do not
 * make Hassan and Hussein one name. */
static void test_classes_stay_apart(void **state)
{
	static const struct told row[] = {
		{ "Sabawi", "Hassan", "son went fishing" },
		{ "Sabawi", "Husayn", "son went fishing" },
		{ "Ortwin", "Hasan", "farm sells cheese" },
		{ "Ortwin", "Hassan", "farm sells cheese" },
		{ "Gerlinde", "Hussayn", "boats leave harbour" },
		{ "Gerlinde", "Husayn", "boats leave harbour" },
	};
	struct mined m;

	(void)state;
	mine_told(&m, row, COUNT(row));
	assert_true(is_joined(&m, "hassan", "hasan"));
	assert_true(is_joined(&m, "husayn", "hussayn"));
	assert_false(is_joined(&m, "hassan", "husayn"));
	assert_false(is_joined(&m, "hasan", "hussayn"));
	name_miner_free(m.m);
}

/* What is nearly a given name from Arabic is that; not what stands with names
 * of English. */
static void test_nearly_known(void **state)
{
	static const struct told row[] = {
		{ "Ahmad", "Ismail", "son went fishing" },
		{ "Ortwin", "Ismael", "farm sells cheese" },
		{ "Ahmad", "Mujtaba", "uncle bakes bread" },
		{ "George", "Mojtaba", "boats leave harbour" },
	};
	struct mined m;

	(void)state;
	mine_told(&m, row, COUNT(row));
	assert_true(is_joined(&m, "ismail", "ismael"));
	assert_false(is_joined(&m, "mujtaba", "mojtaba"));
	name_miner_free(m.m);
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

	assert_int_equal(name_miner_new("/tmp", MEMORY, &m, NULL), TRAWL_OK);
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
	assert_int_equal(name_miner_new("/tmp", 0, &m, NULL), TRAWL_OK);
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

static struct name_count *new_count(size_t memory)
{
	struct name_count *c;

	assert_int_equal(name_count_new("/tmp", memory, &c, NULL), TRAWL_OK);
	return c;
}

static void add_text(struct name_count *c, const char *text)
{
	struct news_words w = { 0 };

	assert_true(news_words_read(&w, text, strlen(text), NULL, 0));
	assert_int_equal(name_count_add(c, &w, text, NULL), TRAWL_OK);
	news_words_release(&w);
}

static void add_name(struct name_count *c, unsigned i)
{
	char text[16];

	put_name(text, sizeof(text), i);
	add_text(c, text);
}

/* The same for the same words with the same counts, in any order. */
static uint64_t sum_of(const struct name_count *c, size_t *names)
{
	uint64_t sum = name_count_words(c) * 31 + name_count_least(c);
	struct counted_name n;

	*names = 0;
	for (size_t at = 0; name_count_next(c, &at, &n); ++*names) {
		uint64_t one = n.hash ^ (uint64_t)n.capital << 32 ^ n.lower;

		for (const char *p = n.word; *p; p++)
			one = one * 31 + (unsigned char)*p;
		assert_int_equal(n.len, strlen(n.word));
		sum += one * one;
	}
	return sum;
}

static uint32_t uses(const struct name_count *c, const char *word)
{
	return name_count_uses(c, (uint32_t)news_word_hash(word, strlen(word)));
}

static void test_count(void **state)
{
	struct name_count *c = new_count(1 << 20);
	struct counted_name n;
	size_t at = 0;

	(void)state;
	add_text(c, "Rain fell on Minsk. Minsk was wet, they said of Minsk; a "
		    "MINSK of 7 rains, and rain.");
	for (int i = 0; i < 100; i++)
		add_text(c, "so the");
	assert_int_equal(name_count_finish(c, NULL), TRAWL_OK);
	assert_true(name_count_next(c, &at, &n));
	assert_string_equal(n.word, "minsk");
	assert_int_equal(n.capital, 2);
	assert_int_equal(n.lower, 0);
	assert_false(name_count_next(c, &at, &n));
	assert_int_equal(uses(c, "minsk"), 2);
	assert_int_equal(uses(c, "rain"), 1);
	assert_int_equal(uses(c, "7"), 0);
	assert_int_equal(uses(c, "snow"), 0);
	assert_true(name_is_frequent(name_count_frequent(c),
				     news_word_hash("the", 3)));
	assert_false(name_is_frequent(name_count_frequent(c),
				      news_word_hash("minsk", 5)));
	name_count_free(c);
	name_count_free(NULL);
}

enum {
	MANY = 30000,
	OFTEN = 300,
	TIMES = 20,
	SMALL = 1 << 18 /* holds some 4,000 words */
};

static uint64_t count_alone(size_t memory, size_t *names, uint32_t *least)
{
	struct name_count *c = new_count(memory);
	uint64_t sum;

	for (unsigned i = 0; i < MANY; i++)
		add_name(c, i);
	for (unsigned i = 0; i < TIMES * OFTEN; i++)
		add_name(c, i % OFTEN);
	assert_int_equal(name_count_finish(c, NULL), TRAWL_OK);
	sum = sum_of(c, names);
	*least = name_count_least(c);
	assert_int_equal(uses(c, "baaaa"), TIMES + 1);
	name_count_free(c);
	return sum;
}

/* Dealt out to n counters, the last words first, of which some are full. */
static uint64_t count_together(size_t memory, unsigned n, size_t *names)
{
	struct name_count *c[4], *all = new_count(memory);
	uint64_t sum;

	for (unsigned i = 0; i < n; i++)
		c[i] = new_count(i % 2 ? SMALL : 1 << 24);
	for (unsigned i = TIMES * OFTEN; i--;)
		add_name(c[i % 7 % n], i % OFTEN);
	for (unsigned i = MANY; i--;)
		add_name(i % 5 ? c[i % n] : all, i);
	for (unsigned i = n; i--;)
		assert_int_equal(name_count_merge(all, c[i], NULL), TRAWL_OK);
	assert_int_equal(name_count_finish(all, NULL), TRAWL_OK);
	sum = sum_of(all, names);
	name_count_free(all);
	return sum;
}

/* What is counted does not depend on who counts it, nor on memory but for how
 * much of it is kept. */
static void test_merge(void **state)
{
	static const size_t memory[] = { SMALL, 1 << 24 };

	(void)state;
	for (size_t m = 0; m < COUNT(memory); m++) {
		size_t names, same;
		uint32_t least;
		const uint64_t sum = count_alone(memory[m], &names, &least);

		if (memory[m] == SMALL) {
			assert_int_equal(names, OFTEN);
			assert_in_range(least, 2, TIMES);
		} else {
			assert_int_equal(names, MANY);
			assert_int_equal(least, 1);
		}
		for (unsigned n = 1; n <= 4; n++) {
			assert_true(count_together(memory[m], n, &same) == sum);
			assert_int_equal(same, names);
		}
	}
}

/* A counter of the miner's, for a thread. */
static void test_miner_merges(void **state)
{
	const struct name_group *group;
	struct name_count *c;
	struct name_miner *m;
	size_t n;

	(void)state;
	assert_int_equal(name_miner_new("/tmp", MEMORY, &m, NULL), TRAWL_OK);
	assert_int_equal(name_miner_counter(m, SMALL, &c, NULL), TRAWL_OK);
	for (size_t i = 0; i < COUNT(president); i++)
		if (i % 2)
			add_text(c, president[i]);
		else
			count(m, president[i], strlen(president[i]));
	assert_int_equal(name_miner_merge(m, c, NULL), TRAWL_OK);
	assert_int_equal(name_miner_candidates(m, NULL), TRAWL_OK);
	for (size_t i = 0; i < COUNT(president); i++)
		meet(m, president[i], strlen(president[i]));
	assert_int_equal(name_miner_finish(m, &group, &n, NULL), TRAWL_OK);
	assert_int_equal(n, 1);
	assert_int_equal(group->n, 3);
	name_miner_free(m);
}

/* No place for files: said, and nothing leaks. */
static void test_no_folder(void **state)
{
	struct trawl_error err = { 0 };
	struct name_count *c;
	struct news_words w = { 0 };
	enum trawl_status st = TRAWL_OK;
	char text[16];

	(void)state;
	assert_int_equal(name_count_new("/tmp/no such folder", 0, &c, NULL),
			 TRAWL_OK);
	for (unsigned i = 0; !st && i < 1u << 20; i++) {
		put_name(text, sizeof(text), i % 456976);
		assert_true(news_words_read(&w, text, strlen(text), NULL, 0));
		st = name_count_add(c, &w, text, &err);
	}
	assert_int_equal(st, TRAWL_IO);
	assert_non_null(strstr(err.text, "no such folder"));
	name_count_free(c);
	news_words_release(&w);
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
		cmocka_unit_test(test_classes_join),
		cmocka_unit_test(test_classes_stay_apart),
		cmocka_unit_test(test_nearly_known),
		cmocka_unit_test(test_together_are_two),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_finish_before_the_end),
		cmocka_unit_test(test_notes_of_others),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_miner_merges),
		cmocka_unit_test(test_no_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
