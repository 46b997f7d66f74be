/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * background_table.h - how rare English words are: see bench/news/background.c
 */
#ifndef LIB_NEWS_BACKGROUND_TABLE_H
#define LIB_NEWS_BACKGROUND_TABLE_H

#include <stdint.h>

enum {
	BACKGROUND_BITS = 8, /* lowest of an entry: rarity; the rest: the
				highest of the term */
	BACKGROUND_STEP = 16,
	BACKGROUND_BUCKET_BITS = 12 /* highest of a term */
};

/* Ascending. */
extern const uint32_t background_table[];
/* Where a bucket's entries begin; one more for the end. */
extern const uint16_t background_first[];
/* ln((N + 1) / (df + 1)) of a term that is not in the table */
extern const float background_rarest;

#endif
