/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seen.h - what a run has met: document numbers, and names by their hashes
 */
#ifndef LIB_SEEN_H
#define LIB_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of document numbers: one bit each. */
struct docid_set {
	uint64_t *word;
	size_t nwords;
};

void docid_set_release(struct docid_set *s);
/* Room for docid, so that adding it cannot fail; false: out of memory. */
bool docid_set_reserve(struct docid_set *s, uint32_t docid);
void docid_set_add(struct docid_set *s, uint32_t docid);
bool docid_set_has(const struct docid_set *s, uint32_t docid);

/*
 * A set of 64-bit hashes of names, seeded.  One that is not in it was never
 * added; one that is may be another's of the same hash: once in 2^64 / names.
 */
struct name_set {
	uint64_t *slot; /* 0: free */
	size_t nslots, n;
	uint64_t seed;
};

void name_set_release(struct name_set *s);
/* Room for one more, as above. */
bool name_set_reserve(struct name_set *s);
void name_set_add(struct name_set *s, const char *name, size_t len);
bool name_set_has(const struct name_set *s, const char *name, size_t len);

#endif
