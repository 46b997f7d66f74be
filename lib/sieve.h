/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sieve.h - can a word of a text be one of a few?  Told from its first bytes
 *
 * What is wanted are folded words, beginnings of them, and stems.  A folded
 * word begins with the ASCII letters and digits that the text's word begins
 * with, lowered; a stem does too, but for a few bytes at its end (how many is
 * stemmer_tail()'s to say) and for y, which becomes i.  So most words of a page
 * are told apart by eight bytes, unfolded, unstemmed and not looked up.  What
 * passes may still be another word; what does not is none that is wanted.
 */
#ifndef LIB_SIEVE_H
#define LIB_SIEVE_H

#include "ascii64.h"

#include <stdbool.h>

enum {
	SIEVE_WORDS = 64
};

#define SIEVE_UNKNOWN SIZE_MAX /* the length of a folded word */

enum sieve_of {
	SIEVE_WORD,
	SIEVE_PREFIX,
	SIEVE_STEM
};

struct sieve {
	uint64_t first[256]; /* by first byte: a set of the words below */
	char letter[ASCII64_LETTERS]; /* of first, those that have any */
	size_t nletters; /* more than there is room for: all may have */
	size_t n;
	struct {
		uint64_t mask, value;
		size_t least, most; /* bytes of the folded word */
	} word[SIEVE_WORDS];
};

void sieve_init(struct sieve *s);
/* At most SIEVE_WORDS.  tail: of a stem, SIZE_MAX when nothing is known. */
void sieve_add(struct sieve *s, enum sieve_of of, const char *text, size_t len,
	       size_t tail);

/*
 * May the word be wanted?  Its first known > 0 bytes are ASCII letters and
 * digits: head has them (eight at most), in any case and with anything behind;
 * len: of the folded word.
 */
static inline bool sieve_passes(const struct sieve *s, uint64_t head,
				size_t known, size_t len)
{
	uint64_t set;

	head = ascii8_lower(ascii8_prefix(head, known));
	set = s->first[head & 0xFF];
	for (; set; set &= set - 1) {
		const size_t i = (size_t)__builtin_ctzll(set);
		uint64_t differ = (head ^ s->word[i].value) & s->word[i].mask;

		if (!ascii8_prefix(differ, known) &&
		    (len == SIEVE_UNKNOWN ||
		     (len >= s->word[i].least && len <= s->word[i].most)))
			return true;
	}
	return false;
}

#endif
