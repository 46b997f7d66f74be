/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tally.h"

#include "seed.h"

#include <xxhash.h>

enum {
	FIRST_ALLOC = 64 /* a power of two */
};

static uint32_t *find_slot(const struct tally *t, uint64_t hash,
			   const char *text, size_t len)
{
	const size_t mask = 2 * t->alloc - 1;
	size_t i = (size_t)hash & mask;

	for (; t->slot[i]; i = (i + 1) & mask) {
		const struct tally_entry *e = &t->entry[t->slot[i] - 1];

		if (e->hash == hash && e->len == len &&
		    !memcmp(e->text, text, len))
			break;
	}
	return &t->slot[i];
}

static bool grow(struct tally *t)
{
	size_t alloc = t->alloc ? 2 * t->alloc : FIRST_ALLOC;
	struct tally_entry *entry =
		arena_zalloc(t->arena, alloc, sizeof(*entry));
	uint32_t *slot = arena_zalloc(t->arena, 2 * alloc, sizeof(*slot));

	if (!entry || !slot)
		return false;
	if (!t->alloc)
		t->seed = random_seed();
	if (t->n)
		memcpy(entry, t->entry, t->n * sizeof(*entry));
	t->entry = entry;
	t->slot = slot;
	t->alloc = alloc;
	for (size_t i = 0; i < t->n; i++)
		*find_slot(t, entry[i].hash, entry[i].text, entry[i].len) =
			(uint32_t)i + 1;
	return true;
}

const struct tally_entry *tally_add(struct tally *t, const char *text,
				    size_t len)
{
	uint64_t hash;
	uint32_t *slot;
	char *copy;

	if (t->n == t->alloc && !grow(t))
		return NULL;
	hash = XXH3_64bits_withSeed(text, len, t->seed);
	slot = find_slot(t, hash, text, len);
	if (*slot) {
		t->entry[*slot - 1].count++;
		return &t->entry[*slot - 1];
	}
	t->full |= t->n == t->max;
	copy = t->full ? NULL : arena_strndup(t->arena, text, len);
	if (!copy)
		return NULL;
	t->entry[t->n] = (struct tally_entry){
		.text = copy,
		.len = (uint32_t)len,
		.number = (uint32_t)t->n,
		.hash = hash,
		.count = 1,
	};
	*slot = (uint32_t)++t->n;
	return &t->entry[t->n - 1];
}

static int by_text(const void *pa, const void *pb)
{
	const struct tally_entry *a = pa, *b = pb;
	uint32_t n = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->text, b->text, n);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int by_count(const void *pa, const void *pb)
{
	const struct tally_entry *a = pa, *b = pb;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return by_text(a, b);
}

void tally_sort_by_count(struct tally *t)
{
	if (t->n)
		qsort(t->entry, t->n, sizeof(*t->entry), by_count);
}

void tally_sort_by_text(struct tally *t)
{
	if (t->n)
		qsort(t->entry, t->n, sizeof(*t->entry), by_text);
}
