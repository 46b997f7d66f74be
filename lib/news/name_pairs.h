/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_pairs.h - the words that may be names, and which two may be one
 *
 * Names are looked for under their consonant skeleton: pairs that are close.
 * And under keys that forgive more (a consonant left out, classes made wider):
 * pairs that are far, which need more company to be believed.
 */
#ifndef LIB_NEWS_NAME_PAIRS_H
#define LIB_NEWS_NAME_PAIRS_H

#include "name_count.h"
#include "name_fold.h"

enum {
	NO_MEMBER = 0xFFFFFFFF,
	NAME_CANDIDATES_MAX = 1 << 16,
	NAME_PAIRS_MAX = 1 << 19
};

/* What spellings may be expected of a name. */
enum name_origin {
	ORIGIN_UNKNOWN,
	ORIGIN_ENGLISH,	      /* a given name of it: as its bearer spells it */
	ORIGIN_TRANSLITERATED /* from Arabic or Cyrillic: as others spell it */
};

/* A word that may be a name; as name_count keeps it. */
struct name_word {
	uint64_t hash;
	const char *word;
	uint32_t capital; /* uses with a capital in mid-sentence */
	uint32_t kin; /* 29 bits; the same for spellings of one name, mostly */
	enum name_origin origin;
	uint32_t member; /* its number among those with a pair, or NO_MEMBER */
};

/* One that has a pair.  word lives as long as the name_count. */
struct name_member {
	const char *word;
	uint64_t hash;
	uint32_t capital;
	struct name_key key;
	enum name_origin origin;
};

struct name_pair {
	uint32_t a, b; /* members, a < b */
	uint8_t cost;
	bool far; /* of different skeletons */
};

/* Of a table of words; word: its index + 1, or 0. */
struct name_slot {
	uint32_t tag, word;
};

struct name_pairs {
	struct name_word *word; /* by hash */
	size_t nwords;
	struct name_slot *slot;
	size_t nslots;		    /* a power of two */
	struct name_member *member; /* by hash */
	size_t nmembers;
	struct name_pair *pair; /* by a, then b */
	size_t npairs;
	uint64_t *transliterated; /* hashes of folded names, sorted */
	size_t ntransliterated;
};

bool name_pairs_make(struct name_pairs *p, const struct name_count *c);
void name_pairs_release(struct name_pairs *p);
/* To be found soon: get its slot from memory, then, a little later, it. */
void name_pairs_fetch_slot(const struct name_pairs *p, uint64_t hash);
void name_pairs_fetch(const struct name_pairs *p, uint64_t hash);
/* NULL: no name. */
const struct name_word *name_pairs_find(const struct name_pairs *p,
					uint64_t hash);

#endif
