/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * furniture_table.h - what the lines of a page say that are no article's
 *
 * Phrases of our own collecting, in English, German, French, Spanish, Italian,
 * Dutch, Russian and Ukrainian.
 */
#ifndef LIB_NEWS_FURNITURE_TABLE_H
#define LIB_NEWS_FURNITURE_TABLE_H

#include "span.h"

enum {
	FURNITURE_PHRASE_MAX = 64
};

enum furniture_mode {
	PHRASE_LINE,	/* all of a line, anywhere */
	PHRASE_HEADING, /* the same; other headlines may stand below */
	PHRASE_EDGE,	/* all of a line, above or below the prose */
	PHRASE_WEAK,	/* the same, and only in company */
	PHRASE_START, /* what a line begins with; with a need: above or below */
	PHRASE_ANYWHERE /* the same, anywhere */
};

/* What else a line must hold that begins with a phrase. */
enum furniture_need {
	NEED_NOTHING,
	NEED_LETTER, /* newsletters and the like */
	NEED_DONATE,
	NEED_AGREE,  /* cookies, terms */
	NEED_SOCIAL, /* a network, an address */
	NEED_RIGHTS, /* of a copyright line */
	NEEDS
};

struct furniture_phrase {
	char text[FURNITURE_PHRASE_MAX];
	uint8_t kind;  /* enum furniture */
	uint8_t mode;  /* enum furniture_mode */
	uint8_t words; /* a line of more is something else */
	uint8_t need;  /* enum furniture_need */
};

extern const struct furniture_phrase furniture_phrases[];
extern const size_t furniture_phrases_n;

struct plain;

/* The phrase that a line is, or begins with, or NULL. */
const struct furniture_phrase *furniture_phrase_of(const struct plain *p);
/* The same of a line as it is written. */
const struct furniture_phrase *furniture_phrase_find(const char *s, size_t n);
/* False: what n bytes begin with, up to the first blank, is no phrase. */
bool furniture_phrase_word(const char *s, size_t n);

/* Words of each need, as all lists below but those of dates with a NULL after the last. */
extern const char *const *const furniture_needs[NEEDS];
/* What a line of a date must hold one of; what else it is made of;
 * in the order of their bytes. */
extern const char *const furniture_date_signs[];
extern const size_t furniture_date_signs_n;
extern const char *const furniture_date_words[];
extern const size_t furniture_date_words_n;
/* Agencies and words of a photograph's credit. */
extern const char *const furniture_credits[];
/* What authors are, and what their boxes say of them. */
extern const char *const furniture_roles[];
extern const char *const furniture_careers[];

#endif
