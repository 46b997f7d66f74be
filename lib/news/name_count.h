/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_count.h - which words are written with a capital in mid-sentence
 *
 * How often a word stands there with a capital and how often without is kept
 * in counters that words share (a count-min sketch, Cormode & Muthukrishnan
 * 2005), so that no lower-case word needs an entry of its own.  All counters of
 * a word are in one line of 64 bytes: one look at memory a word.  Of uses without
 * a capital a word has three counters, each in other company, and takes the
 * least; so a count is never too low.
 *
 * The spelling is kept of words that have stood with a capital `least` times.
 * least is 1 until their table is full; then it is doubled and the table
 * thinned, until it fits: what is lost are the rarest.  Since counters only
 * add, which words are left does not depend on the order of the documents (but
 * for a rare one that owes its place to uses of another word: one in some
 * hundred).
 */
#ifndef LIB_NEWS_NAME_COUNT_H
#define LIB_NEWS_NAME_COUNT_H

#include "news_words.h"

struct name_count;

struct counted_name {
	uint64_t hash;
	const char *word; /* folded, with its NUL; lives until the next count */
	uint32_t len;
	uint32_t capital, lower; /* uses; NAME_COUNT_MAX and more are that */
};

enum {
	NAME_COUNT_MAX = 65535
};

/* memory: bytes, about; NULL without. */
struct name_count *name_count_new(size_t memory);
void name_count_free(struct name_count *c);
bool name_count_add(struct name_count *c, const struct news_words *w,
		    const char *text);
/* Words of all documents. */
uint64_t name_count_words(const struct name_count *c);
uint32_t name_count_least(const struct name_count *c);
/* By the low half of its hash. */
uint32_t name_count_capital(const struct name_count *c, uint32_t hash);
uint32_t name_count_lower(const struct name_count *c, uint32_t hash);
/* Both; of another kind are not counted: first words of sentences, numbers. */
uint32_t name_count_uses(const struct name_count *c, uint32_t hash);
/* May w be (part of) a name where it stands? */
bool name_count_is_capital(const struct news_word *w);
/* The spellings that are kept, in any order; *at begins with 0. */
bool name_count_next(const struct name_count *c, size_t *at,
		     struct counted_name *out);

#endif
