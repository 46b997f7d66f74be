/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * number_key.h - numbers as documents and queries write them, and as values
 *
 * The key is what Xapian calls sortable_serialise(): bytewise order is the
 * order of the numbers, and Xapian's own tools read it.  Its bits, from the
 * most significant of the first byte on, for a number m * 2^(e + 8) with
 * 0.5 <= |m| < 1:
 *   1     1 when the number is positive
 *   1     that bit when e is not negative, else its complement
 *   1     that bit when |e| takes 11 bits, its complement when 3 (|e| < 8)
 *   3/11  |e|, complemented when the signs of m and e differ
 *   26    m * 2^27 of a positive number, its first bit (always 1) left out;
 *         minus |m| * 2^26 of a negative one (plus 1 when bits follow)
 *   32    the bits after those; minus them when negative
 * without the zero bytes at the end.  Zero is 80, infinity FF nine times,
 * minus infinity nothing.
 */
#ifndef LIB_NUMBER_KEY_H
#define LIB_NUMBER_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum {
	NUMBER_KEY_MAX = 9,
	NUMBER_TEXT_MAX = 400 /* bytes of a number as written */
};

/* A decimal number as JSON has it, a + before it and leading zeros allowed,
 * whatever the locale.  Not infinite, not NaN. */
bool number_parse(const char *s, size_t len, double *out);

/* Returns the key's length; value is not NaN. */
size_t number_key(double value, unsigned char out[NUMBER_KEY_MAX]);

#endif
