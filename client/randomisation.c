/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "randomisation.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Sums that differ by less were rounded otherwise. */
static const double EPSILON = 1e-9;

/* SplitMix64: Steele, Lea & Flood 2014, Fast splittable pseudorandom number
 * generators, OOPSLA. */
static uint64_t next_bits(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Those that are not 0 to the front: a sign makes nothing of 0. */
static size_t drop_ties(double *d, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (fabs(d[i]) > EPSILON)
			d[kept++] = d[i];
	return kept;
}

/* At most 64 of them, each with the sign of its bit. */
static double signed_sum(const double *d, size_t n, uint64_t bits)
{
	static const double sign[2] = { 1, -1 };
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += sign[bits >> i & 1] * d[i];
	return sum;
}

static double drawn_sum(const double *d, size_t n, uint64_t *state)
{
	double sum = 0;

	for (size_t i = 0; i < n; i += 64)
		sum += signed_sum(d + i, n - i < 64 ? n - i : 64,
				  next_bits(state));
	return sum;
}

double randomisation_test(double *d, size_t n)
{
	size_t kept = drop_ties(d, n), rounds, reached = 0;
	bool exact = kept <= RANDOMISATION_EXACT_MAX;
	double observed = 0;
	uint64_t state = 0;

	for (size_t i = 0; i < kept; i++)
		observed += d[i];
	observed = fabs(observed) - EPSILON;
	rounds = exact ? (size_t)1 << kept : RANDOMISATION_ROUNDS;
	for (size_t i = 0; i < rounds; i++) {
		double sum = exact ? signed_sum(d, kept, i)
				   : drawn_sum(d, kept, &state);

		reached += fabs(sum) >= observed;
	}
	return exact ? (double)reached / (double)rounds
		     : (double)(reached + 1) / (double)(rounds + 1);
}
