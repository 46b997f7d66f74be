/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * word_cache.h - what a word of a text becomes, remembered
 *
 * Keyed by the bytes of the text with A-Z lowered, so that a text's "Word"
 * and "word" share an entry.  Entries live until word_cache_reset().
 *
 * Hashing is seeded: no text can be made to collide.
 */
#ifndef LIB_WORD_CACHE_H
#define LIB_WORD_CACHE_H

#include "arena.h"

#include <stdint.h>

enum {
	WORD_CACHE_KEEP = 64 << 20,  /* bytes to keep between documents */
	WORD_CACHE_SLOTS = 1 << 19,  /* once full, words are not remembered */
	WORD_CACHE_TEXT = 512 << 20, /* bytes of all strings */
	WORD_NO_NUMBER = 0xFFFFFFFF
};

/* What a word becomes. */
struct word {
	const char *word, *stem; /* NUL-terminated; may be the same */
	uint8_t word_len, stem_len;
	bool stopword;
	/* 0, 1, 2 ... of those that are remembered; or WORD_NO_NUMBER */
	uint32_t number;
};

/* A cache line, so that a look-up waits for memory once. */
struct word_slot {
	_Alignas(64) uint64_t head; /* bytes 0-7 of the key, 0 beyond it */
	uint64_t tail;		    /* bytes 8-15, likewise */
	struct word w;		    /* w.word is NULL when the slot is free */
	const char *key;	    /* of more than 16 bytes, or NULL */
	uint32_t hash;
	uint16_t key_len;
};

struct word_cache {
	struct arena arena;
	struct word_slot *slot;
	size_t slots; /* a power of two */
	size_t used;
	unsigned generation; /* how often it was emptied */
	uint64_t seed[2];
};

struct word_key {
	const char *raw;
	size_t len;
	uint64_t head, tail;
	uint64_t hash;
};

bool word_cache_init(struct word_cache *c);
void word_cache_release(struct word_cache *c);
/* Empty it when it holds more than WORD_CACHE_KEEP.  The first words of many texts
 * are the frequent ones: they stay until as many strings were kept of words that
 * found it full. */
void word_cache_trim(struct word_cache *c);

/* Make the key of raw, len bytes of the room that may be read, without NUL,
 * and have memory bring its slot. */
void word_cache_key(const struct word_cache *c, const char *raw, size_t len,
		    size_t room, struct word_key *key);
/* NULL when it is not there.  What it points to moves with the next
 * word_cache_add(); its strings stay. */
const struct word *word_cache_find(const struct word_cache *c,
				   const struct word_key *key);
/*
 * Copy w and what it points to, for as long as the entries live, and number it;
 * false when out of memory.
 */
bool word_cache_add(struct word_cache *c, const struct word_key *key,
		    struct word *w);

#endif
