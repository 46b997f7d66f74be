/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_edit.h - how far apart two spellings are
 *
 * An edit distance with weights (Christen 2006, Freeman et al. 2006): letters
 * that write one sound cost little to change, h and a vowel little to leave
 * out, two consonants that are not akin more than a letter.
 */
#ifndef LIB_NEWS_NAME_EDIT_H
#define LIB_NEWS_NAME_EDIT_H

#include "name_fold.h"

#include <stdint.h>

enum {
	NAME_COST_UNIT = 20, /* what one letter costs that is another */
	NAME_COST_MAX = 255
};

/* A name as it is compared with many. */
struct name_letters {
	const char *s; /* its folded form */
	unsigned char n;
	uint32_t has;			 /* a bit for each consonant */
	unsigned char vowel[5];		 /* how many of each */
	unsigned char bit[NAME_LETTERS]; /* of each letter, in has */
	unsigned char out[NAME_LETTERS]; /* what each costs to leave out */
	/* by bit: to change a consonant that is not there to what is */
	unsigned char nearest[32];
};

/* key must outlive it. */
void name_letters(struct name_letters *l, const struct name_key *key);
/* Between the folded forms; more than limit: NAME_COST_MAX. */
unsigned name_cost(const struct name_letters *a, const struct name_letters *b,
		   unsigned limit);

#endif
