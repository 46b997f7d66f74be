/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ascii64.h - 64 bytes of text as sets of bits, the first byte the lowest
 */
#ifndef LIB_ASCII64_H
#define LIB_ASCII64_H

#include "ascii8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	ASCII64_BYTES = 64,
	ASCII64_LETTERS = 8 /* looked for at once */
};

struct ascii64 {
	uint64_t alnum;	 /* ASCII letters and digits */
	uint64_t wide;	 /* 0x80 and above */
	uint64_t joiner; /* ' . , */
	uint64_t feed;	 /* line feeds */
	uint64_t letter; /* what is looked for, and some signs */
};

/* In both: letter has n of them, letters lowered. */
#ifdef __SSE2__
static inline uint64_t ascii64_bits(__m128i v)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(v);
}

/* Bytes from first to first + n - 1. */
static inline __m128i ascii64_range(__m128i v, char first, char n)
{
	__m128i from = _mm_sub_epi8(v, _mm_set1_epi8(first));

	return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((char)(n - 1))),
			      from);
}

static inline void ascii64_add(struct ascii64 *out, const char *s, unsigned at,
			       const char *letter, size_t n)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
	const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
	const __m128i alnum = _mm_or_si128(ascii64_range(low, 'a', 26),
					   ascii64_range(v, '0', 10));
	const __m128i stop =
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')),
			     _mm_cmpeq_epi8(v, _mm_set1_epi8(',')));
	__m128i found = _mm_setzero_si128();

	for (size_t i = 0; i < n; i++)
		found = _mm_or_si128(
			found, _mm_cmpeq_epi8(low, _mm_set1_epi8(letter[i])));
	out->alnum |= ascii64_bits(alnum) << at;
	out->wide |= ascii64_bits(v) << at;
	out->joiner |= ascii64_bits(_mm_or_si128(
			       stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('\''))))
		       << at;
	out->feed |= ascii64_bits(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))) << at;
	out->letter |= ascii64_bits(found) << at;
}

enum {
	ASCII64_STEP = 16
};
#else
/* The top bits as eight bits. */
static inline uint64_t ascii64_bits(uint64_t tops)
{
	return (tops >> 7 & ASCII8_ONES) * UINT64_C(0x0102040810204080) >> 56;
}

static inline uint64_t ascii64_is(uint64_t v, char c)
{
	return ascii64_bits(ascii8_between(v & ~ASCII8_TOPS, (unsigned char)c,
					   (unsigned char)c) &
			    ~v);
}

static inline void ascii64_add(struct ascii64 *out, const char *s, unsigned at,
			       const char *letter, size_t n)
{
	const uint64_t v = ascii8_load(s), low = v | ASCII8_ONES * 0x20;
	uint64_t found = 0;

	for (size_t i = 0; i < n; i++)
		found |= ascii64_is(low, letter[i]);
	out->alnum |= (ascii64_bits(ascii8_not_alnum(v)) ^ 0xFF) << at;
	out->wide |= ascii64_bits(v & ASCII8_TOPS) << at;
	out->joiner |=
		(ascii64_is(v, '\'') | ascii64_is(v, '.') | ascii64_is(v, ','))
		<< at;
	out->feed |= ascii64_is(v, '\n') << at;
	out->letter |= found << at;
}

enum {
	ASCII64_STEP = 8
};
#endif

static inline void ascii64_load(struct ascii64 *out, const char *s,
				const char *letter, size_t n)
{
	*out = (struct ascii64){ 0 };
	for (unsigned at = 0; at < ASCII64_BYTES; at += ASCII64_STEP)
		ascii64_add(out, s + at, at, letter, n);
}

/* The bits below n, which is at most 64. */
static inline uint64_t ascii64_below(unsigned n)
{
	return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

#endif
