/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number_key.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t skip_digits(const char *s, size_t len, size_t at)
{
	while (at < len && s[at] >= '0' && s[at] <= '9')
		at++;
	return at;
}

/* [+-] digits [. digits] [e [+-] digits] */
static bool is_decimal(const char *s, size_t len)
{
	size_t i = len && (s[0] == '-' || s[0] == '+');
	size_t from = i;

	i = skip_digits(s, len, i);
	if (i == from)
		return false;
	if (i < len && s[i] == '.') {
		from = ++i;
		i = skip_digits(s, len, i);
		if (i == from)
			return false;
	}
	if (i < len && (s[i] == 'e' || s[i] == 'E')) {
		i++;
		if (i < len && (s[i] == '-' || s[i] == '+'))
			i++;
		from = i;
		i = skip_digits(s, len, i);
		if (i == from)
			return false;
	}
	return i == len;
}

bool number_parse(const char *s, size_t len, double *out)
{
	char text[NUMBER_TEXT_MAX + 1];
	double value;

	if (len > NUMBER_TEXT_MAX || !is_decimal(s, len))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';

	/* All categories "C": glibc's own static object, nothing to free. */
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	if (!c)
		return false;
	value = strtod_l(text, NULL, c);
	freelocale(c);
	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}

/* The sign, the exponent's sign, length and bits; how many bits they are. */
static unsigned head_bits(bool negative, int exponent, uint64_t *out)
{
	bool inward = exponent < 0;
	uint64_t e = (uint64_t)abs(exponent);
	unsigned n = e < 8 ? 3 : 11;
	bool sign = !negative;
	bool exponent_sign = sign != inward;
	bool length = exponent_sign == (n == 11);

	if (negative != inward)
		e = ~e & ((1u << n) - 1);
	*out = (uint64_t)sign << (n + 2) | (uint64_t)exponent_sign << (n + 1) |
	       (uint64_t)length << n | e;
	return n + 3;
}

/* Put the n low bits of value behind the bits that out has. */
static void append_bits(unsigned char *out, unsigned *used, uint64_t value,
			unsigned n)
{
	while (n--) {
		if (value >> n & 1)
			out[*used / 8] |= (unsigned char)(0x80 >> *used % 8);
		++*used;
	}
}

/*
 * As Xapian does it: each half on its own, and where a true complement would
 * take 1 from the upper half, 1 is added.  So negative numbers closer than 1
 * in 2^25 may change places, but every Xapian reads back what was meant.
 */
static uint64_t negate(uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	uint64_t high = -(bits >> 32) + (low != 0);

	return high << 32 | (uint32_t)-low;
}

size_t number_key(double value, unsigned char out[NUMBER_KEY_MAX])
{
	int exponent;
	double mantissa = frexp(value, &exponent);
	unsigned used = 0;
	uint64_t head;
	size_t len = NUMBER_KEY_MAX;

	if (value < -DBL_MAX)
		return 0;
	memset(out, value > DBL_MAX ? 0xFF : 0, NUMBER_KEY_MAX);
	if (value > DBL_MAX)
		return NUMBER_KEY_MAX;
	if (value == 0.0) {
		out[0] = 0x80;
		return 1;
	}

	bool negative = mantissa < 0;
	unsigned nhead = head_bits(negative, exponent - 8, &head);
	/* 58 bits: 26 and 32; a positive number's leading 1 falls off. */
	uint64_t bits = (uint64_t)ldexp(fabs(mantissa), negative ? 58 : 59);

	append_bits(out, &used, head, nhead);
	append_bits(out, &used, negative ? negate(bits) : bits, 58);
	while (len && !out[len - 1])
		len--;
	return len;
}
