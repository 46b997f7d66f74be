/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_scan.h - which weights of a window are not below a bound; which sums
 * are not
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
/* All ones in each of four sums that is below a bound; both without their top
 * bit, as numbers are compared that have a sign. */
static inline __m128i match_below(const uint32_t *sum, __m128i bound)
{
	const __m128i top = _mm_set1_epi32(INT32_MIN);

	return _mm_cmpgt_epi32(
		bound,
		_mm_xor_si128(_mm_loadu_si128((const __m128i *)sum), top));
}
#endif

/* Which of 64 sums are not below least, as bits. */
static inline uint64_t match_scan_sums(const uint32_t *sum, uint32_t least)
{
	uint64_t word = 0;

#ifdef __SSE2__
	const __m128i bound = _mm_set1_epi32((int)(least ^ 0x80000000));

	for (int i = 48; i >= 0; i -= 16) {
		const __m128i low =
			_mm_packs_epi32(match_below(sum + i, bound),
					match_below(sum + i + 4, bound));
		const __m128i high =
			_mm_packs_epi32(match_below(sum + i + 8, bound),
					match_below(sum + i + 12, bound));
		const int below = _mm_movemask_epi8(_mm_packs_epi16(low, high));

		word = word << 16 | (~(unsigned)below & 0xFFFF);
	}
#else
	for (int i = 63; i >= 0; i--)
		word = word << 1 | (sum[i] >= least);
#endif
	return word;
}

#endif
