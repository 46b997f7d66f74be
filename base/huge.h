/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * huge.h - memory for large tables that are looked up at random
 *
 * On pages of 4 KiB nearly each look-up in a table of some MiB waits for the
 * processor to find out where its page is, and a prefetch waits as well.  So
 * such tables ask for pages of 2 MiB, which the system may or may not have.
 */
#ifndef BASE_HUGE_H
#define BASE_HUGE_H

#include <stddef.h>

/* Aligned to 64 bytes, not cleared, for free(). */
void *huge_alloc(size_t size);
/* The same, all 0. */
void *huge_zalloc(size_t size);
/* p, of old bytes, to be of size bytes, which is more; NULL: p is as it was. */
void *huge_grow(void *p, size_t old, size_t size);

#endif
