/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_fold.h - what the spellings of a name have in common
 *
 * Names reach a newspaper through tables and through habit.  Cyrillic ones by
 * ISO 9, BGN/PCGN, passports' tables or the French and German ways, so that
 * -ий is -ij, -iy, -yy, -ii, -y and -i; Arabic ones without their short vowels
 * and by the ear of whoever writes, so that ق is q, k, c and g.  The rules are
 * those that these have in common:
 *
 *   ISO 9:1995, Transliteration of Cyrillic characters into Latin characters;
 *   BGN/PCGN romanization systems for Russian, Ukrainian, Belarusian, Arabic;
 *   A. Freeman, S. Condon, C. Ackerman: Cross Linguistic Name Matching in
 *     English and Arabic, HLT-NAACL 2006, 471-478 (classes of letters);
 *   B. Pouliquen, R. Steinberger, C. Ignat, I. Temnikova, A. Widiger, W.
 *     Zaghouani, J. Zizka: Multilingual person name recognition and
 *     transliteration, CORELA 2005 (a normal form, vowels left out, to find
 *     what is then compared letter by letter);
 *   P. Christen: A Comparison of Personal Name Matching: Techniques and
 *     Practical Issues, ANU TR-CS-06-02, 2006 (phonetic keys only to find
 *     pairs, never to decide).
 */
#ifndef LIB_NEWS_NAME_FOLD_H
#define LIB_NEWS_NAME_FOLD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	NAME_BYTES = 40,   /* a longer word is no name */
	NAME_LETTERS = 40, /* x becomes two, but others become fewer */
	/* Sounds written with two letters or more, as one in a folded name. */
	SOUND_CH = 'C',
	SOUND_SH = 'S',
	SOUND_ZH = 'Z',
	SOUND_TS = 'c'
};

struct name_key {
	/* ASCII letters; accents, apostrophes and hyphens gone */
	char bare[NAME_LETTERS + 1];
	/* one letter a sound: a-z and the enum above */
	char fold[NAME_LETTERS + 1];
	/* consonants in classes; a leading vowel is 'a' */
	char skeleton[NAME_LETTERS + 1];
	unsigned char nbare, nfold, nskeleton;
};

/* word: as the analyzer folds.  False: not in Latin letters, or too long. */
bool name_fold(const char *word, size_t len, struct name_key *out);
bool name_is_vowel(char c);

#endif
