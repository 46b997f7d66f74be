/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_scan.h - which weights of a window are not below a bound
 */
#ifndef LIB_MATCH_SCAN_H
#define LIB_MATCH_SCAN_H

#include "column.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* 64 weights, as bits. */
static inline uint64_t match_scan_word(const double *weight, double least)
{
	uint64_t word = 0;

#ifdef __SSE2__
	const __m128d bound = _mm_set1_pd(least);

	for (int i = 62; i >= 0; i -= 2)
		word = word << 2 | (unsigned)_mm_movemask_pd(_mm_cmpge_pd(
					   _mm_loadu_pd(weight + i), bound));
#else
	for (int i = 63; i >= 0; i--)
		word = word << 1 | (weight[i] >= least);
#endif
	return word;
}

static inline void match_scan(const double *weight, double least,
			      uint64_t *bits)
{
	for (int w = 0; w < COLUMN_WORDS; w++)
		bits[w] = match_scan_word(weight + 64 * w, least);
}

#endif
