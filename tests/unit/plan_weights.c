/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/plan_weights.c: what a query's words weigh beside their idf */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "small_plan.h"

#include <math.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	N = 8
};

static const char *const texts[N] = {
	"climate climate climate summit",
	"climate the of",
	"summit the",
	"election elected the",
	"elections",
	"the of",
	"the colour",
	"color the color",
};

static int set_up(void **state)
{
	struct small_plan *f = small_plan_new(texts, N);
	const struct variants_input list = { .with_list = true };

	small_ok(variants_new(&list, &f->variants, &f->err), &f->err);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	small_plan_free(*state);
	return 0;
}

static double idf(double documents)
{
	return log(1 + (N - documents + 0.5) / (documents + 0.5));
}

static double burst(double all, double documents)
{
	return pow((all + 1) / documents, 0.4);
}

static void same(const char *query, const char *what, double got, double want)
{
	if (fabs(got - want) > 1e-12)
		fail_msg("%s: %s is %.15g, not %.15g", query, what, got, want);
}

/* The nth of the words as they were read. */
static const struct plan_word *find(const struct plan *p, const char *word,
				    size_t nth)
{
	for (size_t i = 0; i < p->nwords; i++)
		if (!strcmp(p->words[i].word, word) && !nth--)
			return &p->words[i];
	fail_msg("no %s", word);
	return NULL;
}

/* ------------------------------------------------------------------ words -- */

static void test_one_word(void **state)
{
	static const struct {
		const char *query, *word;
		double factor, documents, all;
	} cases[] = {
		{ "climate", "climate", 1, 2, 4 },
		{ "Climates", "climates", 1, 2, 4 },
		{ "summit", "summit", 1, 2, 2 },
		{ "election", "election", 1, 2, 3 },
		{ "climate^3", "climate", 3, 2, 4 },
		{ "(summit climate^2)^3", "climate", 6, 2, 4 },
		{ "climate climate", "climate", M_SQRT2, 2, 4 },
		{ "climate summit climate climates", "climate",
		  1.7320508075688772, 2, 4 },
		{ "the", "the", 0.3, 6, 6 },
		{ "the climate", "the", 0.3, 6, 6 },
		{ "+the climate", "the", 0.3, 6, 6 },
		{ "the the of climate", "the", 0.3 * M_SQRT2, 6, 6 },
		{ "=climate", "climate", 1, 2, 4 },
		/* A pattern's words come as often as they are in documents. */
		{ "=the", "the", 0.3, 6, 6 },
	};
	struct small_plan *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct plan_word *w;

		small_ok(small_plan_make(f, cases[i].query), &f->err);
		w = find(&f->plan, cases[i].word, 0);
		assert_non_null(w->scale);
		assert_false(w->again);
		same(cases[i].query, "weight", w->weight,
		     cases[i].factor * burst(cases[i].all, cases[i].documents));
		same(cases[i].query, "idf", w->idf, idf(cases[i].documents));
		same(cases[i].query, "factor",
		     w->scale->factor * (w->repeats + 1), w->weight);
	}
}

static void test_a_word_in_no_document(void **state)
{
	struct small_plan *f = *state;
	const struct plan_word *w;

	small_ok(small_plan_make(f, "volcano climate"), &f->err);
	w = find(&f->plan, "volcano", 0);
	same("volcano", "weight", w->weight, 1);
	same("volcano", "idf", w->idf, idf(0));
	same("volcano", "T", f->plan.most, idf(0) + burst(4, 2) * idf(2));
}

/* Each occurrence has its part, so that all have the whole. */
static void test_repeated_words(void **state)
{
	struct small_plan *f = *state;
	const struct plan_word *first;

	small_ok(small_plan_make(f, "climate summit climate climates"),
		 &f->err);
	assert_int_equal(f->plan.nwords, 4);
	first = find(&f->plan, "climate", 0);
	assert_int_equal(first->repeats, 2);
	assert_true(find(&f->plan, "climate", 1)->again);
	assert_ptr_equal(find(&f->plan, "climate", 1)->first, first);
	assert_true(find(&f->plan, "climates", 0)->again);
	same("again", "factor", find(&f->plan, "climates", 0)->scale->factor,
	     sqrt(3) * burst(4, 2) / 3);
	same("again", "T", f->plan.most,
	     sqrt(3) * burst(4, 2) * idf(2) + burst(2, 2) * idf(2));
	/* As it is and by its stem are two. */
	small_ok(small_plan_make(f, "climate =climate"), &f->err);
	assert_false(find(&f->plan, "climate", 1)->again);
	same("two", "T", f->plan.most, 2 * burst(4, 2) * idf(2));
}

static void test_spellings_are_one_word(void **state)
{
	struct small_plan *f = *state;
	const double documents = N - N * pow(1 - 1.0 / N, 2);
	const struct plan_word *w;

	small_ok(small_plan_make(f, "colour"), &f->err);
	w = find(&f->plan, "colour", 0);
	assert_int_equal(w->nstems, 2);
	assert_int_equal(f->plan.nwords, 1);
	same("colour", "weight", w->weight, burst(3, documents));
	same("colour", "idf", w->idf, idf(documents));
	same("colour", "T", f->plan.most, w->weight * w->idf);
	/* And whichever of them comes next is another word of the query. */
	small_ok(small_plan_make(f, "colour colours"), &f->err);
	assert_int_equal(find(&f->plan, "colour", 0)->repeats, 1);
}

/* Of three words in a document each. */
static void test_a_pattern_is_one_word(void **state)
{
	struct small_plan *f = *state;
	const double documents = N - N * pow(1 - 1.0 / N, 3);
	const struct plan_word *w;

	small_ok(small_plan_make(f, "elect*"), &f->err);
	assert_int_equal(f->plan.nwords, 1);
	w = &f->plan.words[0];
	assert_int_equal(w->nexpanded, 3);
	same("elect*", "weight", w->weight, 1);
	same("elect*", "idf", w->idf, idf(documents));
	small_ok(small_plan_make(f, "elect*^2 elect*"), &f->err);
	same("elect*", "weight", f->plan.words[0].weight, 1.5 * M_SQRT2);
	small_ok(small_plan_make(f, "elect* elect*^2"), &f->err);
	same("elect*", "weight", f->plan.words[0].weight, 1.5 * M_SQRT2);
	small_ok(small_plan_make(f, "sumit~1"), &f->err);
	same("sumit~1", "idf", f->plan.words[0].idf, idf(2));
}

/* -------------------------------------------------------------- other words -- */

static void test_what_has_no_weight_of_its_own(void **state)
{
	static const char *const queries[] = {
		"\"climate summit\"", "title:climate",	"climate NEAR/3 summit",
		"-climate",	      "source:climate",
	};
	struct small_plan *f = *state;

	for (size_t i = 0; i < COUNT(queries); i++) {
		small_ok(small_plan_make(f, queries[i]), &f->err);
		for (size_t k = 0; k < f->plan.nwords; k++)
			if (f->plan.words[k].scale)
				fail_msg("%s: %s", queries[i],
					 f->plan.words[k].word);
	}
}

static void test_the_most_there_can_be(void **state)
{
	const double climate = burst(4, 2) * idf(2),
		     summit = idf(2) * burst(2, 2);
	const double the = 0.3 * burst(6, 6) * idf(6);
	const struct {
		const char *query;
		double most;
	} cases[] = {
		{ "climate", climate },
		{ "climate summit", climate + summit },
		{ "climate -summit", climate },
		{ "the climate", climate + the },
		{ "the \"climate summit\"", the + 2 * idf(2) },
		{ "\"climate summit\" climate", climate + 2 * idf(2) },
		{ "title:climate", idf(0) },
		{ "source:reuters climate", climate },
		{ "date:2024 climate", climate },
		{ "", 0 },
		{ "-climate", 0 },
		{ "source:reuters", 0 },
	};
	struct small_plan *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		small_ok(small_plan_make(f, cases[i].query), &f->err);
		same(cases[i].query, "T", f->plan.most, cases[i].most);
	}
}

/* -------------------------------------------------------------- stopwords -- */

/* Trees without their numbers. */
static void check_shape(struct small_plan *f, const char *query,
			const char *want, const char *ignored)
{
	struct buf got = BUF_INIT(4096), shape = BUF_INIT(4096);
	const char *s;

	small_ok(small_plan_make(f, query), &f->err);
	print_tree(&got, f->plan.root);
	for (s = got.data; *s; s++)
		if (!strncmp(s, "(SCALE ", 7))
			s += 6 + strcspn(s + 7, " ");
		else
			buf_addc(&shape, *s);
	/* What is left of a SCALE is its end. */
	if (strcmp(shape.data, want) != 0)
		fail_msg("%s:\n  %s, not\n  %s", query, shape.data, want);
	if (strcmp(f->plan.ignored ? f->plan.ignored : "", ignored) != 0)
		fail_msg("%s: ignored %s", query, f->plan.ignored);
	buf_release(&got);
	buf_release(&shape);
}

static void test_stopwords_weigh_and_select_nothing(void **state)
{
	static const char *const cases[][3] = {
		{ "the climate", "(AND_MAYBE  Zclimat)  Zthe))", "the" },
		{ "climate the of", "(AND_MAYBE  Zclimat) (OR  Zthe)  Zof)))",
		  "the,of" },
		{ "the the climate", "(AND_MAYBE  Zclimat) (OR  Zthe)  Zthe)))",
		  "the" },
		{ "the climate source:x",
		  "(FILTER (AND_MAYBE  Zclimat)  Zthe)) Hx)", "the" },
		{ "the climate -summit",
		  "(AND_MAYBE (AND_NOT  Zclimat) Zsummit)  Zthe))", "the" },
		{ "the of", "(OR  Zthe)  Zof))", "" },
		{ "+the climate", "(AND_MAYBE  Zthe)  Zclimat))", "" },
		{ "climate -the", "(AND_NOT  Zclimat) Zthe)", "" },
		{ "the \"climate summit\"",
		  "(AND_MAYBE (PHRASE/2 climate summit)  Zthe))", "the" },
		{ "the ---", " Zthe)", "" },
	};
	struct small_plan *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_shape(f, cases[i][0], cases[i][1], cases[i][2]);
	small_ok(small_plan_make(f, "the climate"), &f->err);
	assert_true(find(&f->plan, "the", 0)->optional);
	assert_false(find(&f->plan, "climate", 0)->optional);
	small_ok(small_plan_make(f, "the of"), &f->err);
	assert_false(find(&f->plan, "the", 0)->optional);
}

static void test_not_weighed(void **state)
{
	struct small_plan *f = *state;

	f->weigh = false;
	small_plan_tree(f, "the climate summit^2",
			"(OR Zclimat (SCALE 2 Zsummit))");
	assert_string_equal(f->plan.ignored, "the");
	assert_true(f->plan.most == 0);
	assert_null(find(&f->plan, "climate", 0)->scale);
	f->weigh = true;
}

/* ------------------------------------------------------------- positions -- */

static void check_apart(struct small_plan *f, const char *query, uint32_t want)
{
	uint32_t apart;

	small_ok(small_plan_make(f, query), &f->err);
	apart = find(&f->plan, "summit", 0)->position -
		find(&f->plan, "climate", 0)->position;
	if (apart != want)
		fail_msg("%s: %u apart, not %u", query, apart, want);
}

static void test_where_words_stand(void **state)
{
	struct small_plan *f = *state;

	check_apart(f, "climate summit", 1);
	check_apart(f, "climate the summit", 2);
	check_apart(f, "climate -x summit", 2);
	check_apart(f, "climate-summit", 1);
	check_apart(f, "climate and-of-the summit", 4);
	check_apart(f, "climate elect* summit", 2);
	check_apart(f, "climate AND summit", 1);
	check_apart(f, "=climate =summit", 1);
	/* A phrase keeps them apart. */
	small_ok(small_plan_make(f, "climate \"x y\" summit"), &f->err);
	assert_true(find(&f->plan, "summit", 0)->position >
		    find(&f->plan, "climate", 0)->position + 3);
}

/* ----------------------------------------------------------------- bounds -- */

static void test_as_many_words_as_may_be(void **state)
{
	struct small_plan *f = *state;
	char query[2000] = "climate";
	size_t n = 7;

	for (unsigned i = 1; i < 40; i++)
		n += (size_t)snprintf(query + n, sizeof(query) - n, " w%u", i);
	for (unsigned i = 40; i < TRAWL_WORDS_MAX; i++)
		n += (size_t)snprintf(query + n, sizeof(query) - n, " the");
	small_ok(small_plan_make(f, query), &f->err);
	assert_int_equal(f->plan.nwords, TRAWL_WORDS_MAX);
	same("the x 24", "weight", find(&f->plan, "the", 0)->weight,
	     0.3 * sqrt(24) * burst(6, 6));
}

static void test_no_documents(void **state)
{
	struct small_plan *f = *state;

	f->documents = 0;
	small_ok(small_plan_make(f, "the climate"), &f->err);
	assert_true(f->plan.most == 0);
	f->documents = N;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_word),
		cmocka_unit_test(test_a_word_in_no_document),
		cmocka_unit_test(test_repeated_words),
		cmocka_unit_test(test_spellings_are_one_word),
		cmocka_unit_test(test_a_pattern_is_one_word),
		cmocka_unit_test(test_what_has_no_weight_of_its_own),
		cmocka_unit_test(test_the_most_there_can_be),
		cmocka_unit_test(test_stopwords_weigh_and_select_nothing),
		cmocka_unit_test(test_not_weighed),
		cmocka_unit_test(test_where_words_stand),
		cmocka_unit_test(test_as_many_words_as_may_be),
		cmocka_unit_test(test_no_documents),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
