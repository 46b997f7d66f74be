/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_lists.h - words that rules about names must know
 *
 * Of our own making, of what everybody knows.
 */
#ifndef LIB_NEWS_NAME_LISTS_H
#define LIB_NEWS_NAME_LISTS_H

#include <stdbool.h>
#include <stddef.h>

/* A country, a people, a state, a faith, a month, a day, an office. */
bool name_is_fixed(const char *bare);
/* A given name of English, as established in its spelling as others. */
bool name_is_given(const char *bare);
/* al, bin, van: a part of a name that says nothing about it. */
bool name_is_particle(const char *bare);
/* One of those that only Arabic names have. */
bool name_is_arabic_particle(const char *bare);
/* Given names that come from Arabic or Cyrillic script, in some of their
 * spellings, by number; NULL past the last. */
const char *name_transliterated(size_t i);

#endif
