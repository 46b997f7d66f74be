/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "story_select.h"

#include <string.h>

enum {
	DIGIT_BITS = 8,
	DIGITS = 1 << DIGIT_BITS,
	FEW = 12 /* that an insertion sort has in order sooner */
};

static size_t digit(uint64_t value, unsigned shift)
{
	return value >> shift & (DIGITS - 1);
}

/* The digit of the *k-th greatest; *k becomes its place among those that have
 * that digit. */
static size_t find_digit(const uint64_t *v, size_t n, unsigned shift, size_t *k)
{
	uint32_t count[DIGITS] = { 0 };
	size_t d = DIGITS - 1;

	for (size_t i = 0; i < n; i++)
		count[digit(v[i], shift)]++;
	for (; *k > count[d]; d--)
		*k -= count[d];
	return d;
}

/* Down to the bits in which they differ: the rest tells nothing. */
static unsigned first_shift(const uint64_t *v, size_t n)
{
	uint64_t any = 0, all = UINT64_MAX;
	unsigned top;

	for (size_t i = 0; i < n; i++) {
		any |= v[i];
		all &= v[i];
	}
	top = 64 - (unsigned)__builtin_clzll((any ^ all) | 1);
	return top > DIGIT_BITS ? top - DIGIT_BITS : 0;
}

static uint64_t select_few(uint64_t *v, size_t n, size_t k)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t value = v[i];
		size_t at = i;

		for (; at && v[at - 1] < value; at--)
			v[at] = v[at - 1];
		v[at] = value;
	}
	return v[k - 1];
}

/* Digit by digit from the most significant on: no order of the values makes it
 * slow, as it would a quickselect. */
uint64_t select_greatest(uint64_t *v, size_t n, size_t k)
{
	while (n > FEW) {
		unsigned shift = first_shift(v, n);
		size_t d = find_digit(v, n, shift, &k), kept = 0;

		for (size_t i = 0; i < n; i++) {
			if (digit(v[i], shift) == d)
				v[kept++] = v[i];
		}
		n = kept;
	}
	return select_few(v, n, k);
}
