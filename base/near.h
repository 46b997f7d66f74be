/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * near.h - "did you mean": names that differ by a slip or two
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

enum {
	NEAR_MAX = 32 /* bytes; a longer name is near none */
};

/*
 * How many letters to put in, leave out, change or swap with the next until a
 * is b (Damerau 1964; none is touched twice).  In any case; ASCII.  UINT_MAX
 * when either is over NEAR_MAX.
 */
unsigned near_distance(const char *a, size_t na, const char *b, size_t nb);

#endif
