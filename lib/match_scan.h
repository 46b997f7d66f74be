/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_scan.h - which weights of a window are not below a bound; which sums
 * are not 0
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

#ifdef __SSE2__
/* All ones in each of four sums that is 0. */
static inline __m128i match_none(const uint32_t *sum)
{
	return _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)sum),
			       _mm_setzero_si128());
}
#endif

/* Which of 64 sums are not 0, as bits. */
static inline uint64_t match_scan_sums(const uint32_t *sum)
{
	uint64_t word = 0;

#ifdef __SSE2__
	for (int i = 48; i >= 0; i -= 16) {
		const __m128i low = _mm_packs_epi32(match_none(sum + i),
						    match_none(sum + i + 4));
		const __m128i high = _mm_packs_epi32(match_none(sum + i + 8),
						     match_none(sum + i + 12));
		const int none = _mm_movemask_epi8(_mm_packs_epi16(low, high));

		word = word << 16 | (~(unsigned)none & 0xFFFF);
	}
#else
	for (int i = 63; i >= 0; i--)
		word = word << 1 | (sum[i] != 0);
#endif
	return word;
}

#endif
