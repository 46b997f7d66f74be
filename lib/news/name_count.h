/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_count.h - which words are written with a capital in mid-sentence
 *
 *	name_count_new() -> name_count_add() ... -> name_count_finish()
 *
 * How often each word stands there with a capital and how often without, and
 * the spelling of those that ever do with one.  Words that memory does not hold
 * are written to files without a name, sorted and added up in the end; so the
 * counts are exact, and the same in whatever order documents come and however
 * they are dealt out to counters that are merged.
 *
 * What is kept in the end are the most frequent: those with `least` uses, which
 * is 1 unless they are more than memory holds, then doubled until it does.
 */
#ifndef LIB_NEWS_NAME_COUNT_H
#define LIB_NEWS_NAME_COUNT_H

#include "news_words.h"
#include "trawl.h"

struct name_count;

struct counted_name {
	uint64_t hash;
	const char *word; /* folded, with its NUL; lives as long as its count */
	uint32_t len;
	uint32_t capital, lower; /* uses; NAME_COUNT_MAX and more are that */
};

enum {
	NAME_COUNT_MAX = 65535,
	NAME_FREQUENT_BITS = 17
};

/* dir: for the files; memory: bytes, about. */
enum trawl_status name_count_new(const char *dir, size_t memory,
				 struct name_count **out,
				 struct trawl_error *err);
void name_count_free(struct name_count *c);
enum trawl_status name_count_add(struct name_count *c,
				 const struct news_words *w, const char *text,
				 struct trawl_error *err);
/* As if to had counted what from did.  from is freed, whatever comes of it. */
enum trawl_status name_count_merge(struct name_count *to,
				   struct name_count *from,
				   struct trawl_error *err);
/* No more is counted; what follows may be asked. */
enum trawl_status name_count_finish(struct name_count *c,
				    struct trawl_error *err);

/* Words of all documents. */
uint64_t name_count_words(const struct name_count *c);
uint32_t name_count_least(const struct name_count *c);
/* By the low half of its hash, with a capital and without; of another kind are
 * not counted: first words of sentences, numbers. */
uint32_t name_count_uses(const struct name_count *c, uint32_t hash);
/* A bit for the words that are one in some hundreds of all, or more, and for
 * one in a hundred of those that are not. */
const uint8_t *name_count_frequent(const struct name_count *c);
static inline bool name_is_frequent(const uint8_t *bits, uint64_t hash)
{
	const uint64_t bit = hash & ((1 << NAME_FREQUENT_BITS) - 1);

	return bits[bit / 8] >> bit % 8 & 1;
}
/* May w be (part of) a name where it stands? */
bool name_count_is_capital(const struct news_word *w);
/* The spellings that are kept, in any order; *at begins with 0. */
bool name_count_next(const struct name_count *c, size_t *at,
		     struct counted_name *out);

#endif
