/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * idf.h - how much it says that a document has a word which n of all have
 *
 * ln(1 + (N - n + 0.5) / (n + 0.5)): Robertson and Walker 1994, and never
 * below 0.
 */
#ifndef LIB_IDF_H
#define LIB_IDF_H

#include <math.h>

static inline double idf_of(double all, double n)
{
	return log1p((all - n + 0.5) / (n + 0.5));
}

#endif
