/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guess_list.h - guesses about an article's fields compete
 *
 * Two of one value are one, and stronger: c1 + (1 - c1) * c2 / 2.
 */
#ifndef LIB_NEWS_GUESS_LIST_H
#define LIB_NEWS_GUESS_LIST_H

#include "arena.h"
#include "trawl.h"

enum {
	GUESSES_MAX = 64,	/* more are left out */
	GUESS_VALUE_MAX = 1000, /* bytes; a longer one is no guess */
	GUESS_REASON_MAX = 200
};

struct guess_list {
	struct arena *arena;
	struct trawl_guess at[GUESSES_MAX];
	size_t n;
};

void guess_list_init(struct guess_list *l, struct arena *arena);
/* Blanks in value are made one, controls go; reason: static, or of the arena. */
void guess_add(struct guess_list *l, const char *field, const char *value,
	       size_t len, double confidence, const char *reason);
/* A guess from outside: what is no field of an article, or no date, is left
 * out. */
void guess_offer(struct guess_list *l, const struct trawl_guess *g);
/* The first of a field's whose value is the same, or NULL. */
struct trawl_guess *guess_like(struct guess_list *l, const char *field,
			       const char *value);
/*
 * Merge, order (field by field, the likeliest first, of equals the one that was
 * added first), mark what is taken; at most max, how many.
 */
size_t guess_decide(struct guess_list *l, struct trawl_guess *out, size_t max);

#endif
