/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_edit.h"

#include <string.h>

enum {
	COST_CONSONANT = 24,
	COST_CONSONANT_LEFT_OUT = 22,
	COST_VOWEL = 16,
	COST_VOWEL_LEFT_OUT = 14,
	COST_FIRST_VOWEL_LEFT_OUT = 20,
	COST_VOWEL_AKIN = 7, /* the least that a vowel costs to change */
	COST_GLIDE = 6,	     /* i beside a vowel, e that lengthens one */
	COST_H = 7,
	COST_SWAP = 12,
	BITS = 32
};

static const char vowels[5] = { 'a', 'e', 'i', 'o', 'u' };

/* Sounds of two letters have the bits of what no folded name has. */
#define BIT(c)                                                                 \
	((c) == SOUND_CH   ? 'q' & 31                                          \
	 : (c) == SOUND_SH ? 'w' & 31                                          \
	 : (c) == SOUND_ZH ? 'x' & 31                                          \
			   : (c)&31)

#define AKIN(a, b, cost) [BIT(a)][BIT(b)] = (cost), [BIT(b)][BIT(a)] = (cost)

/* By their bits, letters that write one sound, or sounds that one letter may
 * write; 0: they are not akin. */
static const unsigned char akin[BITS][BITS] = {
	AKIN('o', 'u', 8),	     AKIN('e', 'i', 8),
	AKIN('a', 'e', 8),	     AKIN('a', 'o', 10),
	AKIN('a', 'i', 17),	     AKIN('g', 'k', 8),
	AKIN('g', 'h', 8),	     AKIN('k', 'h', 8),
	AKIN('d', 't', 8),	     AKIN('s', 'z', 9),
	AKIN(SOUND_TS, 's', 7),	     AKIN(SOUND_TS, 'z', 8),
	AKIN(SOUND_TS, SOUND_CH, 7), AKIN(SOUND_TS, 't', 10),
	AKIN(SOUND_SH, 's', 8),	     AKIN(SOUND_SH, SOUND_CH, 8),
	AKIN(SOUND_ZH, 'j', 4),	     AKIN(SOUND_ZH, 'z', 8),
	AKIN(SOUND_ZH, 'g', 10),     AKIN('j', 'g', 8),
	AKIN('j', 'i', 7),	     AKIN('f', 'v', 8),
	AKIN('b', 'p', 10),	     AKIN('b', 'v', 10),
	AKIN('u', 'v', 8),	     AKIN(SOUND_CH, 'k', 10),
	AKIN('m', 'n', 18),	     AKIN(SOUND_SH, SOUND_ZH, 8),
	AKIN(SOUND_CH, 'j', 10),     AKIN('h', 'v', 14),
	AKIN(SOUND_CH, 's', 12),     AKIN('l', 'r', 22),
	AKIN('o', 'v', 16),	     AKIN('f', 'p', 10),
};

/* By their bits. */
static bool are_vowels(unsigned a, unsigned b)
{
	return name_is_vowel((char)('a' - 1 + a)) &&
	       name_is_vowel((char)('a' - 1 + b));
}

/* a, b: bits */
static unsigned change(unsigned a, unsigned b)
{
	if (a == b)
		return 0;
	if (akin[a][b])
		return akin[a][b];
	return are_vowels(a, b) ? COST_VOWEL : COST_CONSONANT;
}

/* Of the letter at i; what stands beside it matters. */
static unsigned leave_out(const char *s, size_t i)
{
	const char before = i ? s[i - 1] : '\0', after = s[i + 1];

	if (s[i] == 'h')
		return COST_H;
	if (!name_is_vowel(s[i]))
		return COST_CONSONANT_LEFT_OUT;
	if (!i)
		return COST_FIRST_VOWEL_LEFT_OUT;
	if (s[i] == 'i' && (name_is_vowel(before) || name_is_vowel(after)))
		return COST_GLIDE;
	if (s[i] == 'e' && name_is_vowel(before))
		return COST_GLIDE;
	return COST_VOWEL_LEFT_OUT;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* To change each consonant that is not in l to one of l, or to a vowel. */
static void find_nearest(struct name_letters *l)
{
	unsigned char less[BITS]; /* by one, so that none is the most */

	memset(less, COST_CONSONANT - 1, sizeof(less));
	for (size_t i = 0; i < l->n; i++) {
		const unsigned char *costs = akin[l->bit[i]];

		for (size_t b = 0; b < BITS; b++) {
			unsigned char cost = (unsigned char)(costs[b] - 1);

			less[b] = cost < less[b] ? cost : less[b];
		}
	}
	for (size_t b = 0; b < BITS; b++)
		l->nearest[b] = (unsigned char)(less[b] + 1);
}

void name_letters(struct name_letters *l, const struct name_key *key)
{
	*l = (struct name_letters){ .s = key->fold, .n = key->nfold };
	for (size_t i = 0; i < l->n; i++) {
		const char *vowel = memchr(vowels, l->s[i], sizeof(vowels));

		l->out[i] = (unsigned char)leave_out(l->s, i);
		l->bit[i] = BIT(l->s[i]);
		if (vowel)
			l->vowel[vowel - vowels]++;
		else
			l->has |= (uint32_t)1 << l->bit[i];
	}
	find_nearest(l);
}

/* One cell of the table; row[0] is the current line, row[2] two above. */
static unsigned cell(const struct name_letters *a, size_t i,
		     const struct name_letters *b, size_t j,
		     unsigned *const row[3])
{
	unsigned cost = row[1][j - 1] + change(a->bit[i - 1], b->bit[j - 1]);

	cost = least(cost, row[1][j] + a->out[i - 1]);
	cost = least(cost, row[0][j - 1] + b->out[j - 1]);
	if (i > 1 && j > 1 && a->s[i - 1] == b->s[j - 2] &&
	    a->s[i - 2] == b->s[j - 1])
		cost = least(cost, row[2][j - 2] + COST_SWAP);
	return cost;
}

/* The line of a's letter i; its least cell. */
static unsigned fill(const struct name_letters *a, size_t i,
		     const struct name_letters *b, unsigned *const row[3])
{
	unsigned lowest;

	row[0][0] = row[1][0] + a->out[i - 1];
	lowest = row[0][0];
	for (size_t j = 1; j <= b->n; j++) {
		row[0][j] = cell(a, i, b, j, row);
		lowest = least(lowest, row[0][j]);
	}
	return lowest;
}

static unsigned distance(const struct name_letters *a,
			 const struct name_letters *b, unsigned limit)
{
	unsigned rows[3][NAME_LETTERS + 1];
	unsigned *row[3] = { rows[0], rows[1], rows[2] };
	unsigned lowest = 0;

	row[0][0] = 0;
	for (size_t j = 1; j <= b->n; j++)
		row[0][j] = row[0][j - 1] + b->out[j - 1];
	for (size_t i = 1; i <= a->n; i++) {
		unsigned *const oldest = row[2];
		const unsigned above = lowest;

		row[2] = row[1];
		row[1] = row[0];
		row[0] = oldest;
		lowest = fill(a, i, b, row);
		if (lowest > limit && above + COST_SWAP > limit)
			return NAME_COST_MAX;
	}
	return row[0][b->n] <= limit ? row[0][b->n] : NAME_COST_MAX;
}

/* A change of a vowel takes one from here and puts one there; to leave one out
 * costs no less than half of that. */
static unsigned least_for_vowels(const struct name_letters *a,
				 const struct name_letters *b)
{
	unsigned differ = 0;

	for (size_t i = 0; i < sizeof(a->vowel); i++)
		differ += a->vowel[i] > b->vowel[i] ? a->vowel[i] - b->vowel[i]
						    : b->vowel[i] - a->vowel[i];
	return differ * COST_VOWEL_AKIN / 2;
}

/* What a has and b has not must be left out, or be something that b has. */
static unsigned least_for_consonants(const struct name_letters *a,
				     const struct name_letters *b)
{
	const uint32_t lacks = a->has & ~b->has;
	unsigned sum = 0;

	for (size_t i = 0; lacks && i < a->n; i++) {
		if (lacks >> a->bit[i] & 1)
			sum += least(a->out[i], b->nearest[a->bit[i]]);
	}
	return sum;
}

/* No less than that, or nearly: most pairs are told apart without more. */
static bool is_over(const struct name_letters *a, const struct name_letters *b,
		    unsigned limit)
{
	const unsigned sure = least_for_vowels(a, b);

	return sure > limit || sure + least_for_consonants(a, b) > limit ||
	       sure + least_for_consonants(b, a) > limit;
}

unsigned name_cost(const struct name_letters *a, const struct name_letters *b,
		   unsigned limit)
{
	const unsigned longer = a->n > b->n ? a->n : b->n;
	const unsigned shorter = a->n > b->n ? b->n : a->n;

	if ((longer - shorter) * COST_GLIDE > limit || is_over(a, b, limit))
		return NAME_COST_MAX;
	return distance(a, b, limit);
}
