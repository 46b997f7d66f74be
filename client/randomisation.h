/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * randomisation.h - may a difference between two rankings be chance?
 *
 * Fisher's paired randomisation test, two-sided, of the mean difference, as
 * Smucker, Allan & Carterette 2007 (A comparison of statistical significance
 * tests for information retrieval evaluation, CIKM) recommend: if the rankings
 * were equally good, each query's difference could as well have the other
 * sign; p is the share of the ways to give signs in which the mean is at
 * least as far from 0.  All ways are tried up to 16 differences that are not
 * 0; above that 100,000 are drawn, always the same ones, and the observed one
 * is counted with them.
 */
#ifndef CLIENT_RANDOMISATION_H
#define CLIENT_RANDOMISATION_H

#include <stddef.h>

enum {
	RANDOMISATION_EXACT_MAX = 16,
	RANDOMISATION_ROUNDS = 100000
};

/* p of n differences; they are reordered. */
double randomisation_test(double *difference, size_t n);

#endif
