/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "near.h"

#include <limits.h>
#include <stdbool.h>

static bool same_letter(char a, char b)
{
	return (a & ~0x20) == (b & ~0x20);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned near_distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned d[NEAR_MAX + 1][NEAR_MAX + 1];

	if (na > NEAR_MAX || nb > NEAR_MAX)
		return UINT_MAX;
	for (unsigned i = 0; i <= na; i++)
		for (unsigned j = 0; j <= nb; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}

			bool same = same_letter(a[i - 1], b[j - 1]);

			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
					d[i - 1][j - 1] + !same);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[na][nb];
}
