/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * written_parts.h - what written dates and times are read with
 */
#ifndef LIB_NEWS_WRITTEN_PARTS_H
#define LIB_NEWS_WRITTEN_PARTS_H

#include "date_names.h"
#include "written_date.h"

/* A place in a text; it moves when what was asked for is there. */
struct scan {
	const char *s;
	size_t n, at;
};

static inline bool is_decimal(char c)
{
	return c >= '0' && c <= '9';
}

/* A few blanks; a line feed is none. */
void scan_blanks(struct scan *c);
/* One byte of any. */
bool scan_any(struct scan *c, const char *any);
bool scan_bytes(struct scan *c, const char *bytes);
/* A dash or a dot that parts: – — • · */
bool scan_dash(struct scan *c);
bool scan_digit(const struct scan *c);
bool scan_letter(const struct scan *c);
/* Digits of a number of at most max digits; 0: none, or it is longer. */
unsigned scan_number(struct scan *c, unsigned max, unsigned *value);
/* Is what was read only the beginning of a number: 5.5, 10,000, 20%? */
bool scan_is_in_number(const struct scan *c);
bool scan_whole_word(struct scan *c, const char *word);
/* A whole word, in either case, marks off. */
static inline bool scan_word_is(struct scan *c, const char *word)
{
	const char first = c->at < c->n ? c->s[c->at] : '\0';

	return ((first | 0x20) == *word || (unsigned char)first >= 0x80) &&
	       scan_whole_word(c, word);
}

/* A month's or a weekday's name, with the full stop of a short one; or NULL. */
const struct date_name *scan_name(struct scan *c, enum date_name_kind kind);

/* The word before at, blanks, a full stop and a comma between; *end - what is
 * returned is 0 when there is none. */
size_t word_before(const char *s, size_t at, size_t *end);
/* Is a number at that byte no part of another, an address or a price? */
bool may_begin_number(const char *s, size_t at);
/* Do its neighbours make a year of a number at byte at? */
bool says_year(const char *s, size_t len, size_t at);

/* May a month by that name, at byte at, do without a day or a year? */
bool month_may_stand(const struct scan *c, size_t at,
		     const struct date_name *name);
/* written_date_at() but for a year alone; of what begins with a weekday; and of
 * a year alone. */
bool written_form_at(const char *s, size_t len, size_t at,
		     enum date_order order, struct written_date *out);
bool written_weekday_at(const char *s, size_t len, size_t at,
			enum date_order order, struct written_date *out);
bool written_year_at(const char *s, size_t len, size_t at,
		     struct written_date *out);

/* The next byte from i on at which a date may begin; len: none. */
size_t next_start(const char *s, size_t len, size_t i);
/* The next number of four digits that begins with 1 or 2; len: none. */
size_t next_year(const char *s, size_t len, size_t i);
/* Of what next_start() finds: may it be a month or a weekday by that letter? */
bool may_be_name(char c);
/* Behind the number or the word at i. */
size_t skip_start(const char *s, size_t len, size_t i);

#endif
