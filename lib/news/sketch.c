/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sketch.c - the shingles of a text, sampled by value
 */
#include "copies.h"

#include <stdlib.h>
#include <string.h>

/* Odd; of no meaning. */
#define BASE   UINT64_C(0x9E3779B97F4A7C15)
#define SAMPLE UINT64_C(0x9FB21C651E98DF25)

enum {
	FEW = 16,
	MANY = 1024,
	DIGITS = 256 /* of a hash's highest bits */
};

/* Every bit of x comes into every bit (the finalizer of MurmurHash3). */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xFF51AFD7ED558CCD);
	x ^= x >> 33;
	x *= UINT64_C(0xC4CEB9FE1A85EC53);
	return x ^ x >> 33;
}

static uint64_t base_to_the(unsigned n)
{
	uint64_t power = 1;

	while (n--)
		power *= BASE;
	return power;
}

/* By insertion. */
static void sort_few(uint64_t *hash, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const uint64_t moved = hash[i];
		size_t at = i;

		for (; at && hash[at - 1] > moved; at--)
			hash[at] = hash[at - 1];
		hash[at] = moved;
	}
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static unsigned digit(uint64_t hash)
{
	return (unsigned)(hash >> 56);
}

/* By their highest bits, which few of them share, then by insertion. */
static void sort_spread(uint64_t *hash, size_t n)
{
	uint64_t room[MANY];
	uint32_t begin[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		begin[digit(hash[i]) + 1]++;
	for (size_t i = 1; i < DIGITS; i++)
		begin[i] += begin[i - 1];
	for (size_t i = 0; i < n; i++)
		room[begin[digit(hash[i])]++] = hash[i];
	memcpy(hash, room, n * sizeof(*hash));
	sort_few(hash, n);
}

static void sort(uint64_t *hash, size_t n)
{
	if (n <= FEW)
		sort_few(hash, n);
	else if (n <= MANY)
		sort_spread(hash, n);
	else
		qsort(hash, n, sizeof(*hash), by_value);
}

static uint32_t sort_once(uint64_t *hash, size_t n)
{
	size_t kept = 0;

	sort(hash, n);
	for (size_t i = 0; i < n; i++)
		if (!kept || hash[i] != hash[kept - 1])
			hash[kept++] = hash[i];
	return (uint32_t)kept;
}

/* One in SHINGLE_SAMPLE, whatever text it is in. */
static bool is_sampled(uint64_t sum)
{
	return sum * SAMPLE < UINT64_MAX / SHINGLE_SAMPLE;
}

static void add_shingle(uint64_t sum, bool whole, struct buf *room)
{
	uint64_t hash = mix(sum);

	hash = whole ? hash | SHINGLE_WHOLE : hash & ~SHINGLE_WHOLE;
	buf_add(room, &hash, sizeof(hash));
}

/* A shingle's hash is a polynomial of its words' (Rabin and Karp 1987). */
static void add_shingles(const struct news_words *w, bool whole,
			 struct buf *room)
{
	enum {
		OTHERS = SHINGLE_WORDS - 1
	};
	const uint64_t oldest = base_to_the(OTHERS);
	uint64_t sum = 0;

	for (size_t i = 0; i < OTHERS; i++)
		sum = sum * BASE + w->at[i].hash;
	for (size_t i = OTHERS; i < w->n; i++) {
		sum = sum * BASE + w->at[i].hash;
		if (whole || is_sampled(sum))
			add_shingle(sum, whole, room);
		sum -= w->at[i - OTHERS].hash * oldest;
	}
}

static uint64_t exact_hash(const struct news_words *w)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < w->n; i++)
		hash = (hash ^ w->at[i].hash) * BASE + 1;
	hash = w->n ? mix(hash ^ w->n) : 0;
	return hash || !w->n ? hash : 1;
}

bool sketch_make(const struct news_words *w, struct buf *room,
		 struct sketch *out)
{
	*out = (struct sketch){ .exact = exact_hash(w) };
	if (w->n >= SHINGLE_WORDS)
		out->shingles = (uint32_t)(w->n - SHINGLE_WORDS + 1);
	buf_reset(room);
	if (out->shingles >= SHINGLES_FLOOR)
		add_shingles(w, false, room);
	if (out->shingles && out->shingles < SHINGLES_SHORT)
		add_shingles(w, true, room);
	if (room->failed)
		return false;
	if (!room->len)
		return true;
	/* It comes from malloc(). */
	out->hash = (const uint64_t *)(const void *)room->data;
	out->n = sort_once((uint64_t *)(void *)room->data,
			   room->len / sizeof(*out->hash));
	return true;
}
