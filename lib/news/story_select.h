/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_select.h - the heaviest of many, in linear time
 */
#ifndef LIB_NEWS_STORY_SELECT_H
#define LIB_NEWS_STORY_SELECT_H

#include <stddef.h>
#include <stdint.h>

/* The k-th greatest of n values that all differ, 1 <= k <= n; v is changed, and
 * nothing of it is of use any more. */
uint64_t select_greatest(uint64_t *v, size_t n, size_t k);

#endif
