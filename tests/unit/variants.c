/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/variants.c: decisions, groups in effect; spelling_list.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "variants.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct variants *made(const char *mined, const char *user, bool list)
{
	const struct variants_input in = { .mined = mined,
					   .mined_len = strlen(mined),
					   .user = user,
					   .user_len = strlen(user),
					   .with_list = list };
	struct variants *v = NULL;

	assert_int_equal(variants_new(&in, &v, NULL), TRAWL_OK);
	return v;
}

/* Groups as "user a b; mined c d; -mined e f" */
static void print(const struct variants *v, struct buf *out)
{
	static const char *const source[] = { "user", "mined", "list" };
	const struct variant_group *g;

	for (size_t i = 0; (g = variants_at(v, i)); i++) {
		buf_addf(out, "%s%s%s", i ? "; " : "", g->rejected ? "-" : "",
			 source[g->source]);
		for (size_t k = 0; k < g->n; k++)
			buf_addf(out, " %s", g->word[k].word);
	}
}

static void assert_groups(const char *mined, const char *user, const char *want)
{
	struct buf got = BUF_INIT(65536);
	struct variants *v = made(mined, user, false);

	print(v, &got);
	if (strcmp(got.data, want) != 0)
		fail_msg("%s%s:\n  %s, not\n  %s", mined, user, got.data, want);
	buf_release(&got);
	variants_free(v);
}

#define Z3 "mined 0.87 zelensky:120 zelenskyy:80 zelenskiy:33 | why\n"

static void test_groups(void **state)
{
	static const char *const cases[][3] = {
		{ "", "", "" },
		{ Z3, "", "mined zelensky zelenskyy zelenskiy" },
		/* a word is in one group: the first's */
		{ "mined 0.9 a:3 b:2 | x\nmined 0.8 b:2 c:1 d:1 | y\n", "",
		  "mined a b; mined c d" },
		{ "mined 0.9 a:3 b:2 | x\nmined 0.8 b:2 c:1 | y\n", "",
		  "mined a b" },
		/* the user's lines unite, and take mined groups in */
		{ "", "= a b\n= c d\n", "user a b; user c d" },
		{ "", "= a b\n= c d\n= b c\n", "user a b c d" },
		{ Z3, "= zelensky selenskyj\n",
		  "user zelensky selenskyj zelenskyy zelenskiy" },
		{ Z3, "+ zelensky zelenskyy\n",
		  "user zelensky zelenskyy zelenskiy" },
		/* what may not be */
		{ "mined 0.9 iraq:3 iraqi:2 | x\n", "! iraq iraqi\n",
		  "-mined iraq iraqi; -user iraq iraqi" },
		{ Z3, "- zelensky zelenskiy\n", "mined zelensky zelenskyy" },
		{ Z3, "! zelensky zelenskyy zelenskiy\n",
		  "-mined zelensky zelenskyy zelenskiy; "
		  "-user zelensky zelenskyy zelenskiy" },
		{ Z3, "= zelensky selenskyj\n! selenskyj zelenskyy\n",
		  "user zelensky selenskyj zelenskiy; "
		  "-user selenskyj zelenskyy" },
		{ "", "- a b\n= b c\n", "user b c" },
		/* of two words the last line with both decides */
		{ "", "! a b\n= a b\n", "user a b" },
		{ "", "= a b\n! a b\n", "-user a b" },
		{ "", "= a b c\n! a b\n", "user a c; -user a b" },
		{ "mined 0.9 a:2 b:1 | x\n", "- a b\n+ a b\n", "user a b" },
		/* what the user joins is not undone by a rejection elsewhere */
		{ "mined 0.9 a:2 d:1 | x\n", "= a b\n- b d\n", "user a b" },
		/* lines that are none */
		{ "mined 2.0 a:1 b:1 | x\nmined x a:1 b:1 |\nfound a b\n\n"
		  "mined 0.5\nmined 0.5 a:1 | x\nmined 0.5 a:1 a:1 | x\n"
		  "mined 0.5 a:x b:99999999999 c:-1 d:1 | x",
		  "", "" },
		{ "mined 1 a b\n", "", "mined a b" },
		{ "", "# = a b\n=a b\n= a\n= a a\n\n? a b\n=\n= ", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_groups(cases[i][0], cases[i][1], cases[i][2]);
}

static void test_finding(void **state)
{
	struct variants *v = made(Z3 "mined 0.5 iraq:1 iraqi:1 | x\n",
				  "! iraq iraqi\n", true);
	const struct variant_group *g = variants_find(v, "zelenskiy", 9);
	char long_word[300];

	(void)state;
	assert_non_null(g);
	assert_int_equal(g->n, 3);
	assert_string_equal(g->word[0].word, "zelensky");
	assert_int_equal(g->word[0].len, 8);
	assert_int_equal(g->word[1].documents, 80);
	assert_int_equal((int)(g->confidence * 100 + 0.5), 87);
	assert_string_equal(g->reason, "why");
	assert_ptr_equal(variants_find(v, "zelensky's", 10), g);
	assert_ptr_equal(variants_find(v, "zelenskyy", 9), g);
	assert_null(variants_find(v, "zelenskyy", 7));
	assert_null(variants_find(v, "iraq", 4));
	assert_null(variants_find(v, "", 0));
	assert_null(variants_find(v, "'s", 2));
	assert_null(variants_find(NULL, "a", 1));
	memset(long_word, 'a', sizeof(long_word));
	assert_null(variants_find(v, long_word, sizeof(long_word)));
	variants_free(v);
	variants_free(NULL);
}

/* ---------------------------------------------------------------- list -- */

static const char *other(const struct variants *v, const char *word)
{
	const struct variant_group *g = variants_find(v, word, strlen(word));

	if (!g)
		return "";
	return g->word[!strcmp(g->word[0].word, word)].word;
}

static void test_list(void **state)
{
	static const char *const pairs[][2] = {
		{ "color", "colour" },
		{ "colored", "coloured" },
		{ "neighbors", "neighbours" },
		{ "favorite", "favourite" },
		{ "center", "centre" },
		{ "centered", "centred" },
		{ "theaters", "theatres" },
		{ "organize", "organise" },
		{ "organization", "organisation" },
		{ "privatizing", "privatising" },
		{ "analyzed", "analysed" },
		{ "dialogs", "dialogues" },
		{ "defense", "defence" },
		{ "licenses", "licences" },
		{ "traveled", "travelled" },
		{ "counselor", "counsellor" },
		{ "jewelry", "jewellery" },
		{ "enroll", "enrol" },
		{ "skillful", "skilful" },
		{ "fulfillment", "fulfilment" },
		{ "program", "programme" },
		{ "anemia", "anaemia" },
		{ "archeologist", "archaeologist" },
		{ "diarrhea", "diarrhoea" },
		{ "maneuvers", "manoeuvres" },
		{ "mold", "mould" },
		{ "plowed", "ploughed" },
		{ "sulfur", "sulphur" },
		{ "skeptical", "sceptical" },
		{ "gray", "grey" },
		{ "judgment", "judgement" },
		{ "aging", "ageing" },
		{ "ax", "axe" },
		{ "aluminum", "aluminium" },
		{ "czars", "tsars" },
	};
	/* the same in both, other words, and words that only look like it */
	static const char *const none[] = {
		"check",  "cheque", "tire",   "tyre",	    "curb",   "kerb",
		"draft",  "story",  "storey", "exercise",   "advise", "prize",
		"size",	  "rise",   "wise",   "hour",	    "four",   "tour",
		"doctor", "timber", "timbre", "massacre",   "meter-", "unable",
		"horse",  "house",  "sever",  "paralleled",
	};
	struct variants *v = made("", "", true);
	struct variants *without = made("", "", false);

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		assert_string_equal(other(v, pairs[i][0]), pairs[i][1]);
		assert_string_equal(other(v, pairs[i][1]), pairs[i][0]);
		assert_string_equal(other(without, pairs[i][0]), "");
	}
	for (size_t i = 0; i < COUNT(none); i++)
		assert_string_equal(other(v, none[i]), "");
	variants_free(v);
	variants_free(without);
}

static bool count_pair(void *ctx, const char *us, const char *uk)
{
	size_t *n = ctx;

	assert_string_not_equal(us, uk);
	for (const char *s = us; *s; s++)
		assert_true(*s >= 'a' && *s <= 'z');
	for (const char *s = uk; *s; s++)
		assert_true(*s >= 'a' && *s <= 'z');
	return ++*n != 3000;
}

/* No word of the list is in two pairs; and a visitor may stop. */
static void test_list_is_sound(void **state)
{
	const struct variant_group *g;
	struct variants *v = made("", "", true);
	size_t n = 0, groups = 0;

	(void)state;
	assert_false(spelling_list_each(count_pair, &n));
	assert_int_equal(n, 3000);
	for (; (g = variants_at(v, groups)); groups++) {
		assert_int_equal(g->n, 2);
		assert_int_equal(g->source, TRAWL_VARIANTS_LIST);
	}
	assert_true(groups > 3000);
	variants_free(v);
}

static void test_list_beside_others(void **state)
{
	struct variants *v = made("mined 0.9 labor:5 labour:4 labur:3 | x\n",
				  "= colour kulor\n! gray grey\n", true);

	(void)state;
	assert_int_equal(variants_find(v, "labor", 5)->n, 3);
	assert_int_equal(variants_find(v, "color", 5)->n, 3);
	assert_ptr_equal(variants_find(v, "color", 5),
			 variants_find(v, "kulor", 5));
	assert_null(variants_find(v, "gray", 4));
	variants_free(v);
}

/* --------------------------------------------------------------- lines -- */

static void decide(struct variant_lines *l, char kind, const char *a,
		   const char *b)
{
	const char *const word[] = { a, b };

	assert_true(variant_lines_decide(l, kind, word, 2));
}

static void assert_lines(const struct variant_lines *l, const char *want)
{
	struct buf got = BUF_INIT(4096);

	assert_true(variant_lines_print(l, &got));
	assert_string_equal(got.data, want);
	buf_release(&got);
}

static void test_decisions(void **state)
{
	const char *const three[] = { "a", "b", "c" }, *const one[] = { "b" };
	struct variant_lines l;
	size_t changed;

	(void)state;
	variant_lines_init(&l);
	assert_true(variant_lines_parse(&l, "= a  b\n! c d\njunk\n", 18));
	assert_lines(&l, "= a b\n! c d\n");
	decide(&l, '!', "b", "a");
	assert_lines(&l, "! c d\n! b a\n");
	assert_true(variant_lines_decide(&l, '=', three, 3));
	assert_lines(&l, "! c d\n= a b c\n");
	decide(&l, '-', "a", "b");
	assert_lines(&l, "! c d\n= a b c\n- a b\n");
	decide(&l, '=', "x", "x");
	assert_lines(&l, "! c d\n= a b c\n- a b\n");
	assert_true(variant_lines_forget(&l, one, 1, &changed));
	assert_int_equal(changed, 2);
	assert_lines(&l, "! c d\n= a c\n");
	assert_true(variant_lines_forget(&l, three, 3, &changed));
	assert_int_equal(changed, 2);
	assert_lines(&l, "");
	variant_lines_release(&l);
}

static void test_printing_mined(void **state)
{
	const struct name_spelling z[] = { { "zelensky", 120 },
					   { "zelenskyy", 80 } };
	const struct name_group groups[] = {
		{ z, 2, 0.866, "first name volodymyr 0.93,\ncontext 0.61" },
		{ z, 2, 1.5, NULL },
	};
	struct buf out = BUF_INIT(4096), tiny = BUF_INIT(10);
	struct variants *v;

	(void)state;
	assert_true(variants_print_mined(groups, 2, &out));
	assert_string_equal(out.data,
			    "mined 0.87 zelensky:120 zelenskyy:80 | "
			    "first name volodymyr 0.93, context 0.61\n"
			    "mined 1.00 zelensky:120 zelenskyy:80 | \n");
	v = made(out.data, "", false);
	assert_string_equal(variants_at(v, 0)->reason,
			    "first name volodymyr 0.93, context 0.61");
	assert_null(variants_at(v, 1));
	assert_false(variants_print_mined(groups, 2, &tiny));
	variants_free(v);
	buf_release(&out);
	buf_release(&tiny);
}

/* Large and hostile: linear, and no word is in two groups. */
static void test_many(void **state)
{
	struct buf text = BUF_INIT(64 << 20), user = BUF_INIT(1 << 20);
	struct variants *v;

	(void)state;
	for (unsigned i = 0; i < 50000; i++)
		buf_addf(&text, "mined 0.5 w%u:3 w%u:2 v%u:1 | x\n", i, i + 1,
			 i);
	buf_adds(&text, "mined 0.5");
	for (unsigned i = 0; i < 100000; i++)
		buf_addf(&text, " u%u:1", i);
	for (unsigned i = 0; i < 20000; i++)
		buf_addf(&user, "! w0 t%u\n= t%u t%u\n", i, i, i + 1);
	assert_false(text.failed || user.failed);
	v = made(text.data, user.data, true);
	assert_non_null(variants_find(v, "u63", 3));
	assert_null(variants_find(v, "u64", 3));
	assert_int_equal(variants_find(v, "t0", 2)->n, VARIANTS_WORDS_MAX);
	variants_free(v);
	buf_release(&text);
	buf_release(&user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_is_sound),
		cmocka_unit_test(test_list_beside_others),
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_printing_mined),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
