/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ranks.h"

#include <math.h>

struct point {
	double rank, frequency;
};

/* Ranks 1, 10, 100, 1,000 and 10,000 are as measured; between them the curve
 * of English, which is not quite straight. */
static const struct point curve[] = {
	{ 1, 0.0566 },	   { 2, 0.0270 },     { 6, 0.0200 },
	{ 7, 0.0110 },	   { 10, 0.0090 },    { 100, 0.0011 },
	{ 1000, 0.00013 }, { 3200, 3.05e-5 }, { 10000, 5.7e-6 },
};

enum {
	NPOINTS = sizeof(curve) / sizeof(*curve)
};

static const double tail_exponent = 2.04;

static double frequency(double rank)
{
	const struct point *p = curve;

	if (rank >= curve[NPOINTS - 1].rank)
		return curve[NPOINTS - 1].frequency *
		       pow(rank / curve[NPOINTS - 1].rank, -tail_exponent);
	while (p[1].rank <= rank)
		p++;
	return p->frequency *
	       pow(rank / p->rank, log(p[1].frequency / p->frequency) /
					   log(p[1].rank / p->rank));
}

uint64_t ranks_tail(struct random *r)
{
	const double rank =
		RANKS_HEAD * pow(random_unit(r), -1 / (tail_exponent - 1));

	return rank < (double)RANK_MAX ? (uint64_t)rank : RANK_MAX - 1;
}

/* Shares of the columns, 1 the mean of all. */
static void measure(double *share)
{
	double sum;

	share[0] = frequency(RANKS_HEAD) * RANKS_HEAD / (tail_exponent - 1);
	sum = share[0];
	for (uint32_t i = 1; i < RANKS_HEAD; i++)
		sum += share[i] = frequency(i);
	for (uint32_t i = 0; i < RANKS_HEAD; i++)
		share[i] *= RANKS_HEAD / sum;
}

/* What a poor column lacks comes from a rich one, which may so become poor. */
static void fill(struct ranks *t, double *share, uint32_t *queue)
{
	uint32_t poor = 0, rich = RANKS_HEAD;

	for (uint32_t i = 0; i < RANKS_HEAD; i++)
		queue[share[i] < 1 ? poor++ : --rich] = i;
	while (poor > 0 && rich < RANKS_HEAD) {
		const uint32_t p = queue[--poor], q = queue[rich];

		t->column[p].threshold = (uint32_t)(share[p] * 0x1p24);
		t->column[p].other = q;
		share[q] -= 1 - share[p];
		if (share[q] < 1) {
			rich++;
			queue[poor++] = q;
		}
	}
	while (rich < RANKS_HEAD)
		t->column[queue[rich++]].threshold = 1 << 24;
	while (poor > 0)
		t->column[queue[--poor]].threshold = 1 << 24;
}

struct ranks *ranks_new(void)
{
	struct ranks *t = calloc(1, sizeof(*t));
	double *share = calloc(RANKS_HEAD, sizeof(*share));
	uint32_t *queue = calloc(RANKS_HEAD, sizeof(*queue));

	if (t && share && queue) {
		measure(share);
		fill(t, share, queue);
	} else {
		free(t);
		t = NULL;
	}
	free(share);
	free(queue);
	return t;
}
