/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "background_table.h"
#include "story_term.h"

#include <math.h>

enum {
	AT_ONCE = 8, /* more than most buckets have */
	RAREST = UINT16_MAX
};

/* Of eight entries the one of the term; 0: none.  No branch, as a processor
 * would guess it wrong. */
static uint32_t find_in(const uint32_t *at, uint32_t term)
{
	uint32_t found = 0;

	for (size_t i = 0; i < AT_ONCE; i++) {
		const uint32_t apart = (at[i] ^ term) >> BACKGROUND_BITS;

		found |= apart ? 0 : at[i];
	}
	return found;
}

/*
 * log2((N + 1) / (df + 1)) is kept in steps of 1 / BACKGROUND_STEP.  Terms are
 * hashes, so that a bucket of the first bits has some four.  What is read of the
 * next bucket, or the one before, has other first bits.
 */
uint16_t background_rarity(uint32_t term)
{
	const size_t bucket = term >> (32 - BACKGROUND_BUCKET_BITS);
	const size_t last =
		background_first[1 << BACKGROUND_BUCKET_BITS] - AT_ONCE;
	const size_t end = background_first[bucket + 1];

	for (size_t at = background_first[bucket]; at < end; at += AT_ONCE) {
		const uint32_t found = find_in(
			background_table + (at < last ? at : last), term);

		if (found)
			return found & ((1U << BACKGROUND_BITS) - 1);
	}
	return RAREST;
}

float background_idf_of(uint16_t rarity)
{
	if (rarity == RAREST)
		return background_rarest;
	return (float)rarity * (float)(M_LN2 / BACKGROUND_STEP);
}

float background_idf(uint32_t term)
{
	return background_idf_of(background_rarity(term));
}
