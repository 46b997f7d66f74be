/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "background_table.h"
#include "story_term.h"

#include <math.h>

/*
 * log2((N + 1) / (df + 1)) is kept in steps of 1 / BACKGROUND_STEP.  Terms are
 * hashes, so that a bucket of the first bits has some sixteen.
 */
float background_idf(uint32_t term)
{
	uint32_t key = term >> BACKGROUND_BITS << BACKGROUND_BITS;
	size_t bucket = term >> (32 - BACKGROUND_BUCKET_BITS);
	const uint32_t *at = background_table + background_first[bucket];
	const uint32_t *end = background_table + background_first[bucket + 1];

	while (at < end && *at < key)
		at++;
	if (at == end || *at >> BACKGROUND_BITS != term >> BACKGROUND_BITS)
		return background_rarest;
	return (float)(*at - key) * (float)(M_LN2 / BACKGROUND_STEP);
}
