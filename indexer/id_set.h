/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * id_set.h - ids that were met, by 64 bits of hash: 16 bytes or so an id
 *
 * Two of a hundred million ids are taken for one with a chance of 1 in 3,700.
 */
#ifndef INDEXER_ID_SET_H
#define INDEXER_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_set {
	uint64_t *slots; /* 0: free */
	size_t n, alloc; /* alloc: a power of two, or 0 */
};

/* False: it was there. */
bool id_set_add(struct id_set *set, const char *id);
void id_set_release(struct id_set *set);

#endif
