/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * date_names.h - months and weekdays in fourteen languages
 */
#ifndef LIB_NEWS_DATE_NAMES_H
#define LIB_NEWS_DATE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DATE_WORD_MAX = 32 /* bytes; a longer word is no name */
};

enum date_name_kind {
	DATE_NAME_MONTH,
	DATE_NAME_DAY
};

/* How much a name says by itself. */
enum date_name_force {
	NAME_FULL, /* a month wherever a number stands beside it */
	NAME_WORD, /* another word, too: with a day and a year, or a capital */
	NAME_ABBR, /* English and short: the same */
	NAME_WEAK  /* with a day and a year only */
};

struct date_name {
	char word[DATE_WORD_MAX]; /* folded */
	uint8_t kind, number, force;
};

/* Bytes of the word (letters) at s; 0: there is none, or it is too long. */
size_t date_word_length(const char *s, size_t n);
/* Lower case, Latin letters without marks; bytes of out, 0: too long. */
size_t date_word_fold(const char *s, size_t len, char out[DATE_WORD_MAX]);
/* False: no name begins with these two bytes. */
bool date_name_may_begin(const char *s);
/* NULL: no name of a month or a weekday. */
const struct date_name *date_name_find(const char *s, size_t len);

#endif
