/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_judge.h"

#include <math.h>
#include <string.h>

/*
 * The settings were chosen on one half of the persons of bench/news/names.c,
 * and on what is found in bbc_news; doc/news.md has the figures on the other
 * half.  English here is the part of a name's neighbours that are given names
 * of English, 0 to 1.
 */
#define TOGETHER	     0.15 /* of the rarer one's uses: they are two */
#define MOSTLY_ENGLISH	     0.5
#define HARDLY_ENGLISH	     0.15
#define NOT_VERY_ENGLISH     0.3
#define OFTEN_TRANSLITERATED 0.2
#define EVER_TRANSLITERATED  0.15

/* by_neighbours() */
#define SHARED	       0.4 /* of the rarer one's neighbours so many are the other's */
#define SHARED_FAR     0.3 /* of transliterated names */
#define SHARED_NEAR    0.2 /* of those that are nearly the same by the rules */
#define SHARED_MOSTLY  0.7
#define COST	       0.05
#define ENGLISH	       2.0
#define TRANSLITERATED 0.3
#define FAR	       0.3
#define FEW	       0.25
#define EVIDENCE       (-0.2)

#define BY_KNOWN 0.5

/* by_context() */
#define CONTEXT		   0.2
#define CONTEXT_A_COST	   0.0125
#define CONTEXT_FAR	   0.1
#define CONTEXT_NOT_SHARED 0.2
#define CONTEXT_USUAL	   0.03 /* at twice as many uses, so much more */

enum {
	RARE_USES = 3,
	FEW_NEIGHBOURS = 3,
	SHORT_NAME = 5,
	USUAL_NAME = 6,
	LONG_NAME = 7,
	LONGER_NAME = 8, /* not to be alike by chance */
	PATRONYMIC = 10,
	AKIN_COST = 8, /* one vowel, or letters that write one sound */
	PATRONYMIC_COST = 21,
	APART_COST = 24 /* when company does not speak for them */
};

static double at_most(double x, double most)
{
	return x < most ? x : most;
}

static bool is_rare(const struct name_member *a, const struct name_member *b)
{
	return a->capital < RARE_USES || b->capital < RARE_USES;
}

static unsigned shorter(const struct name_member *a,
			const struct name_member *b)
{
	return a->key.nfold < b->key.nfold ? a->key.nfold : b->key.nfold;
}

/* Both come from Arabic or Cyrillic. */
static bool is_transliterated(const struct name_member *a,
			      const struct name_member *b,
			      const struct name_ties *t)
{
	if (a->origin == ORIGIN_ENGLISH || b->origin == ORIGIN_ENGLISH)
		return false;
	if (a->origin == ORIGIN_TRANSLITERATED &&
	    b->origin == ORIGIN_TRANSLITERATED)
		return !t->neighbours || t->english <= MOSTLY_ENGLISH;
	return t->transliterated >= OFTEN_TRANSLITERATED &&
	       t->english <= HARDLY_ENGLISH;
}

/* How much more alike their context is than that of any two names that are as
 * frequent. */
static double context_excess(const struct name_ties *t)
{
	const double usual = CONTEXT_USUAL * log2(t->uses + 2.0);

	return fmax(-0.5, at_most(t->context_cosine / usual - 1, 1.5));
}

static double shared_needed(const struct name_member *a,
			    const struct name_member *b,
			    const struct name_pair *p,
			    const struct name_ties *t)
{
	if (!is_transliterated(a, b, t))
		return SHARED;
	return p->cost <= AKIN_COST ? SHARED_NEAR : SHARED_FAR;
}

/*
 * For: that the two share a neighbour who has few others, that they share
 * most, that their context is alike.  Against: how far apart they are, and
 * that they stand with given names of English, whose bearers are many.
 */
static double by_neighbours(const struct name_member *a,
			    const struct name_member *b,
			    const struct name_pair *p,
			    const struct name_ties *t)
{
	double sum =
		log10(t->share * 100) + (t->overlap - 0.5) + context_excess(t);

	sum -= p->cost * COST * at_most((double)USUAL_NAME / shorter(a, b), 1);
	sum -= ENGLISH * t->english;
	if (is_transliterated(a, b, t))
		sum += TRANSLITERATED;
	if (p->far)
		sum -= FAR;
	if (t->neighbours < FEW_NEIGHBOURS)
		sum -= FEW * (FEW_NEIGHBOURS - t->neighbours);
	return sum > EVIDENCE ? at_most(0.6 + 0.2 * sum, 0.98) : 0;
}

/* Without neighbours, or with a context that is the same for both. */
static double by_context(const struct name_pair *p, const struct name_ties *t)
{
	double needed = CONTEXT + p->cost * CONTEXT_A_COST;

	if (p->far)
		needed += CONTEXT_FAR;
	if (t->neighbours >= FEW_NEIGHBOURS && t->overlap < 0.5)
		needed += CONTEXT_NOT_SHARED;
	if (t->context_cosine < needed)
		return 0;
	return at_most(0.5 + t->context_cosine, 0.95);
}

/* Long names that are the same by the rules are one, but for those that stand
 * with given names of English. */
static double by_length(const struct name_member *a,
			const struct name_member *b, const struct name_pair *p,
			const struct name_ties *t)
{
	if (p->cost || shorter(a, b) < LONGER_NAME || is_rare(a, b) ||
	    !t->neighbours || t->english > NOT_VERY_ENGLISH)
		return 0;
	return 0.6;
}

/*
 * What comes from Arabic or Cyrillic is spelled as the writer likes: two names
 * that are the same by the rules, and stand with such names, are one.  Names
 * of English are as often two (Mackey and Mackie), however alike.
 */
static double by_origin(const struct name_member *a,
			const struct name_member *b, const struct name_pair *p,
			const struct name_ties *t)
{
	const bool known = a->origin == ORIGIN_TRANSLITERATED &&
			   b->origin == ORIGIN_TRANSLITERATED;
	unsigned limit = 0;

	if (!is_transliterated(a, b, t) || is_rare(a, b))
		return 0;
	/* Salem is a town, too */
	if (p->cost && t->neighbours &&
	    t->transliterated_most < EVER_TRANSLITERATED)
		return 0;
	if (known && shorter(a, b) >= PATRONYMIC)
		limit = PATRONYMIC_COST;
	else if (known && shorter(a, b) > SHORT_NAME)
		limit = 2 * AKIN_COST;
	else if (known && t->neighbours >= FEW_NEIGHBOURS &&
		 t->overlap >= SHARED_MOSTLY)
		limit = 2 * AKIN_COST;
	else if (shorter(a, b) >= (known ? SHORT_NAME : LONG_NAME))
		limit = AKIN_COST;
	if (p->cost > limit || (p->far && limit < PATRONYMIC_COST))
		return 0;
	return p->cost ? 0.55 : 0.65;
}

/* A given name from Arabic or Cyrillic, and what is nearly that and stands with
 * no given names of English. */
static double by_known(const struct name_member *a, const struct name_member *b,
		       const struct name_pair *p, const struct name_ties *t)
{
	const bool one_known = (a->origin == ORIGIN_TRANSLITERATED &&
				b->origin == ORIGIN_UNKNOWN) ||
			       (b->origin == ORIGIN_TRANSLITERATED &&
				a->origin == ORIGIN_UNKNOWN);

	if (!one_known || is_rare(a, b) || shorter(a, b) < USUAL_NAME ||
	    p->cost > AKIN_COST || p->far || t->english > HARDLY_ENGLISH ||
	    t->transliterated_most < EVER_TRANSLITERATED)
		return 0;
	return BY_KNOWN;
}

double name_judge(const struct name_pairs *pairs, const struct name_pair *p,
		  const struct name_ties *t)
{
	const struct name_member *a = &pairs->member[p->a],
				 *b = &pairs->member[p->b];
	double sure = 0;

	if (!strcmp(a->key.bare, b->key.bare))
		return 0.99;
	if (t->near >= TOGETHER)
		return 0;
	if (t->share > 0 && t->overlap >= shared_needed(a, b, p, t))
		sure = by_neighbours(a, b, p, t);
	sure = fmax(sure, by_context(p, t));
	sure = fmax(sure, by_length(a, b, p, t));
	sure = fmax(sure, by_known(a, b, p, t));
	return fmax(sure, by_origin(a, b, p, t));
}

bool name_judge_apart(const struct name_pair *p, const struct name_ties *t,
		      double sure)
{
	return t->near >= TOGETHER || (!(sure > 0) && p->cost > APART_COST);
}
